import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import { fromRows, nativeTree } from "../support/truth.js";

const NAME = "hello-multiarch";

test("a folder with an OCI layout opens like the archive, dropped or picked", async () => {
  await inFolder(async (folder) => {
    execFileSync("tar", ["-xf", fixture(NAME), "-C", folder]);
    await inBrowser(async ({ viewer }) => {
      for (const open of [
        () => viewer.drop(folder),
        () =>
          viewer.drop(...["blobs", "index.json", "oci-layout"].map((name) => join(folder, name))),
        () => viewer.pickFolder(folder),
      ]) {
        await open();
        expect(await viewer.scanned()).toBe("done");
        const { archive, totals, images } = await viewer.report();
        expect([archive.formats, archive.container]).toEqual([["oci-layout"], "folder"]);
        expect(totals.blobs.mismatch).toBe(0);
        const present = images.find(({ presence }) => presence === "complete");
        await viewer.choose(present?.number ?? 0);
        await viewer.expandAll();
        expect(fromRows(await viewer.readRows())).toEqual(
          nativeTree(fixture(NAME), present?.number ?? 0),
        );
        await viewer.close();
      }
    });
  });
});
