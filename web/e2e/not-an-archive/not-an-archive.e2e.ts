import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

const FILES: [name: string, bytes: Buffer][] = [
  ["notes.txt", Buffer.from("no archive at all\n".repeat(100))],
  ["picture.png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")],
  ["empty.tar", Buffer.alloc(0)],
  ["notes.txt.gz", gzipSync("no archive at all\n".repeat(100))],
];

test("what is no image archive says what it seems to be, and how to make one", async () => {
  await inFolder(async (folder) => {
    await inBrowser(async ({ viewer }) => {
      for (const [name, bytes] of FILES) {
        const path = join(folder, name);
        await writeFile(path, bytes);
        await viewer.drop(path);
        await viewer.element.getByText(name, { exact: true }).waitFor();
        const { code, text, hints } = await viewer.failure();
        expect(code, name).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(text, name).toContain("seems");
        expect(hints.join("\n"), name).toContain("docker save");
      }
      // The viewer is as good as new after it.
      await viewer.drop(fixture("hello-oci-archive"));
      expect(await viewer.scanned()).toBe("done");
    });
  });
});

test("what is cut off shows what could be read, or says so", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture("broken-outer-truncated"));
    await viewer.element.locator("[data-scan=done], [role=alert][data-code]").first().waitFor();
  });
});
