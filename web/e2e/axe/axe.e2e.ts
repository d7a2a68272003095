import { writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { AxeResults } from "axe-core";
import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import type { Viewer } from "../support/viewer.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

/** What axe finds serious on the page as it is now. */
async function serious({ page }: Viewer): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

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
