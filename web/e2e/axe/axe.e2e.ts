import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { serious } from "../support/axe.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

test.each([
  ["light", WIDE],
  ["dark", WIDE],
  ["light", NARROW],
  ["dark", NARROW],
] as const)("axe finds nothing serious, %s, %o", async (colorScheme, viewport) => {
  await inFolder(async (folder) => {
    const notes = join(folder, "notes.txt");
    await writeFile(notes, "no archive at all\n".repeat(100));
    await inBrowser(async ({ viewer }) => {
      const { page, element } = viewer;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect(await serious(viewer), "empty").toEqual([]);

      await viewer.pick(notes);
      await viewer.failure();
      expect(await serious(viewer), "failed").toEqual([]);

      await viewer.sample();
      await viewer.scanned();
      for (const image of [0, 1]) {
        if (viewport === NARROW) await element.locator("[data-tab=images]").click();
        await viewer.choose(image);
        for (const tab of await element.locator("[role=tab]").all()) {
          await tab.click();
          if ((await tab.getAttribute("data-tab")) === "files") await viewer.expandAll();
          for (const layer of await element.locator(".layer .twisty:visible").all()) {
            await layer.click();
          }
          const name = `image ${image}, ${(await tab.textContent()) ?? ""}`;
          expect(await serious(viewer), name).toEqual([]);
        }
      }
    });
  });
});
