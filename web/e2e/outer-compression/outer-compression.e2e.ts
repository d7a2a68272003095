import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";

import { expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import { fromRows, nativeTree } from "../support/truth.js";

/** Names in the storage that archives are unpacked to. */
const STORED = async (): Promise<string[]> => {
  const root = await navigator.storage.getDirectory();
  const names: string[] = [];
  for await (const folder of root.values()) {
    if (folder.kind !== "directory") continue;
    for await (const name of folder.keys()) names.push(name);
  }
  return names;
};

test.each([
  ["outer-gzip", "gzip"],
  ["outer-zstd", "zstd"],
])("%s is unpacked, read and cleaned up", async (name, compression) => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture(name));
    expect(await viewer.scanned()).toBe("done");
    const { archive, totals } = await viewer.report();
    expect(archive.outerCompression).toBe(compression);
    expect(archive.unpackedSize).toBeGreaterThan(archive.size);
    expect(totals.blobs).toMatchObject({ mismatch: 0, missing: 0, notChecked: 0 });
    await viewer.expandAll();
    expect(fromRows(await viewer.readRows())).toEqual(nativeTree(fixture(name), 0));
    expect(await viewer.page.evaluate(STORED)).toHaveLength(1);
    await viewer.close();
    await expect.poll(() => viewer.page.evaluate(STORED)).toEqual([]);
  });
});

test("what a page left behind is removed by the next", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture("outer-gzip"));
    expect(await viewer.scanned()).toBe("done");
    await viewer.page.reload();
    expect(await viewer.page.evaluate(STORED)).toHaveLength(1);
    await viewer.drop(fixture("hello-oci-archive"));
    expect(await viewer.scanned()).toBe("done");
    expect(await viewer.page.evaluate(STORED)).toEqual([]);
  });
});

test("unpacking tells how far it is and can be cancelled", async () => {
  await inFolder(async (folder) => {
    const plain = join(folder, "large.tar");
    const packed = join(folder, "large.tar.gz");
    await writeArchive(plain, [[["a", 200]]]);
    await pipeline(createReadStream(plain), createGzip({ level: 1 }), createWriteStream(packed));
    await inBrowser(async ({ viewer }) => {
      await viewer.drop(packed);
      await viewer.element.locator("progress[max]").waitFor();
      await viewer.cancel();
      await viewer.element.locator("[data-action=file]").waitFor();
      await expect.poll(() => viewer.page.evaluate(STORED)).toEqual([]);
    });
  });
});
