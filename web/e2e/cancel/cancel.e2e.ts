import { join } from "node:path";

import { expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

test("a scan that is cancelled half-way keeps what it has, and can go on", async () => {
  await inFolder(async (folder) => {
    const archive = join(folder, "large.tar");
    await writeArchive(archive, [[["small", 1]], [["large", 384]]]);
    await inBrowser(async ({ viewer, protocol }) => {
      await viewer.pick(archive);
      // Half-way: the small layer is verified, the large one is being read.
      await viewer.element.locator("li.layer[data-layer='0'][data-status=verified]").waitFor();
      await expect.poll(() => viewer.progress(), { interval: 5 }).toBeGreaterThan(0.5);
      await viewer.cancel();
      expect(await viewer.scanned(5000)).toBe("cancelled");
      const layers = await viewer.layers();
      expect(layers.map(({ status, diffId }) => [status, diffId])).toEqual([
        ["verified", "verified"],
        ["not-checked", "not-checked"],
      ]);
      const large = (await viewer.report()).images[0]?.layers[1];
      expect(large?.verification).toMatchObject({ status: "not-checked", reason: "cancelled" });
      expect((await viewer.readRows()).map(({ path }) => path)).toEqual(["small"]);
      await expect.poll(() => protocol.workers("oci-lens-scan")).toEqual([]);

      await viewer.resume();
      expect(await viewer.scanned()).toBe("done");
      expect((await viewer.layers()).map(({ status }) => status)).toEqual(["verified", "verified"]);
      expect((await viewer.readRows()).map(({ path }) => path)).toEqual(["large", "small"]);
    });
  });
});
