import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

const FILES: [name: string, bytes: Buffer, seems: string][] = [
  ["notes.txt", Buffer.from("no archive at all\n".repeat(100)), "seems to be plain text"],
  ["picture.png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), "a PNG picture"],
  ["empty.tar", Buffer.alloc(0), "an empty file"],
  ["notes.txt.gz", gzipSync("no archive at all\n".repeat(100)), "seems to be plain text"],
];

test("what is no image archive says what it seems to be, and how to make one", async () => {
  await inFolder(async (folder) => {
    await inBrowser(async ({ viewer }) => {
      for (const [name, bytes, seems] of FILES) {
        const path = join(folder, name);
        await writeFile(path, bytes);
        await viewer.drop(path);
        await viewer.element.getByText(name, { exact: true }).waitFor();
        const { code, text, hints } = await viewer.failure();
        expect(code, name).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(text, name).toContain(seems);
        expect(hints.join("\n"), name).toContain("docker save");
      }
      // The viewer is as good as new after it.
      await viewer.drop(fixture("hello-oci-archive"));
      expect(await viewer.scanned()).toBe("done");
    });
  });
});

test("what is cut off before its index says where", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture("broken-outer-truncated"));
    const { code, text } = await viewer.failure();
    expect(code).toBe("tar-truncated");
    expect(text).toContain("cut off inside the header at byte 3584");
  });
});
