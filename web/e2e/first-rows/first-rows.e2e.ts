import { join } from "node:path";

import { expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import type { Target } from "../support/protocol.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

test("rows of a layer are there as soon as it is scanned, while another is held back", async () => {
  await inFolder(async (folder) => {
    const archive = join(folder, "large.tar");
    // The layer above the large one is small: its worker is free long before the other's.
    await writeArchive(archive, [[["first", 1]], [["large", 512]], [["last", 1]]]);
    await inBrowser(async ({ viewer, protocol }) => {
      const { element } = viewer;
      const paths = async () => (await viewer.readRows()).map(({ path }) => path);
      const changed = () =>
        element
          .locator("[role=row][data-path]:not([data-change=unchanged])")
          .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-path")));
      await viewer.drop(archive);
      const status = (layer: number) =>
        element.locator(`li.layer[data-layer="${layer}"]`).getAttribute("data-status");
      for (const layer of [0, 2]) {
        await element.locator(`li.layer[data-layer="${layer}"][data-status=verified]`).waitFor();
      }
      // All that still works is at the large layer; held, it comes no further.
      const held = protocol.workers("oci-lens-scan");
      for (const { session } of held) {
        await protocol.send("Debugger.enable", {}, session);
        await protocol.send("Debugger.pause", {}, session);
      }
      expect(held.length).toBeGreaterThan(0);
      expect(await status(1)).toBe("not-checked");
      expect(await element.locator("[data-scan=running]").count()).toBe(1);

      // All layers: those up to the one that is missing. Alone, each that is read.
      await expect.poll(paths).toEqual(["first"]);
      expect(await element.locator("[data-pending]").count()).toBe(0);
      await element.locator('.layer[data-layer="0"] .pick').click();
      await expect.poll(paths).toEqual(["first"]);
      await element.locator('.layer[data-layer="2"] .pick').click();
      await expect.poll(changed).toEqual(["last"]);
      expect(await element.locator("[data-pending]").getAttribute("data-pending")).toBe("1");
      await element.locator('.layer[data-layer="1"] .pick').click();
      await expect.poll(changed).toEqual([]);
      expect(await element.locator("[data-scan=running]").count()).toBe(1);

      // A layer that is looked at stays where it is when the one below has come.
      await element.locator('.layer[data-layer="2"] .pick').click();
      await expect.poll(changed).toEqual(["last"]);
      for (const { session } of held satisfies Target[]) {
        // A worker with nothing to do never came to a stop.
        await protocol.send("Debugger.resume", {}, session).catch(() => undefined);
      }
      expect(await viewer.scanned()).toBe("done");
      await expect.poll(changed).toEqual(["last"]);
      await element.locator("[data-pending]").waitFor({ state: "detached" });
      await element.locator(".layer-all [data-action=all-layers]").click();
      await expect.poll(paths).toEqual(["first", "large", "last"]);
    });
  });
});
