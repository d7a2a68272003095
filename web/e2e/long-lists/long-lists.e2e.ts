import { join } from "node:path";

import type { Locator } from "playwright-core";
import { expect, test } from "vitest";

import { CROWD, writeCrowded } from "../support/crowded.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import type { Viewer } from "../support/viewer.js";

/** Elements that a page may have, however much there is to be shown. */
const MANY = 6000;

/** All elements of the page, those in shadow roots, too. */
function elements({ page }: Viewer): Promise<number> {
  return page.evaluate(() => {
    const count = (root: ParentNode): number =>
      [...root.querySelectorAll("*")].reduce(
        (sum, element) => sum + 1 + (element.shadowRoot ? count(element.shadowRoot) : 0),
        0,
      );
    return count(document);
  });
}

/** Scrolls to the end of what an element lies in, as far as it goes. */
async function toEnd(list: Locator): Promise<void> {
  await list.evaluate(async (list) => {
    const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
    let scroller: Element = list;
    while (!/auto|scroll/.test(getComputedStyle(scroller).overflowY)) {
      const parent = scroller.parentNode;
      scroller = parent instanceof ShadowRoot ? parent.host : (parent as Element);
    }
    for (let turn = 0; turn < 20; turn += 1) {
      scroller.scrollTop = scroller.scrollHeight;
      await frame();
      await frame();
    }
  });
}

test("an archive with thousands of everything keeps the page small", async () => {
  await inFolder(async (folder) => {
    const archive = join(folder, "crowded.tar");
    await writeCrowded(archive);
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await viewer.pick(archive);
      expect(await viewer.scanned(300_000)).toBe("done");
      const { blobs } = await viewer.report();
      expect(blobs.length).toBeGreaterThan(10_000);

      const layers = element.locator("ol.layers");
      const layer = (number: number) => layers.locator(`[data-layer="${number}"]`);
      await layer(0).waitFor();
      expect(await layer(0).getAttribute("aria-setsize")).toBe(String(CROWD.layers));
      await toEnd(layers);
      const last = layer(CROWD.layers - 1);
      await last.waitFor();
      expect(await last.getAttribute("aria-posinset")).toBe(String(CROWD.layers));
      expect(await last.textContent()).toContain(`step ${CROWD.layers - 1}`);
      expect(await layers.locator("li.layer").count()).toBeLessThan(60);

      // What has the focus stays, however far the list is scrolled, and Tab goes on.
      await last.locator(".twisty").focus();
      await layers.evaluate((list) => {
        const scroller = list.closest(".scroll");
        if (scroller) scroller.scrollTop = 0;
      });
      await layer(0).waitFor();
      expect(await last.locator(".twisty").evaluate((twisty) => twisty.matches(":focus"))).toBe(
        true,
      );
      expect(await layers.locator("li.layer").count()).toBeLessThan(60);
      await layer(0).locator(".twisty").focus();
      // Faster than the page is drawn.
      await Promise.all(Array.from({ length: 120 }, () => page.keyboard.press("Tab")));
      const reached = await layers
        .locator("li.layer:focus-within")
        .getAttribute("data-layer", { timeout: 5000 });
      expect(Number(reached)).toBeGreaterThan(20);

      const images = element.locator("ul.images");
      await toEnd(images);
      await images.locator(`[data-image="${CROWD.images}"]`).waitFor();
      expect(await elements(viewer)).toBeLessThan(MANY);

      const ends: [view: string, list: string, item: string][] = [
        ["findings", ".findings-panel .findings", ".finding"],
        ["overview", "oci-lens-overview tbody", "tr"],
        ["waste", ".waste-layers", "li"],
        ["dockerfile", "oci-lens-dockerfile ol", "li"],
        ["raw", ".documents ul", "li"],
      ];
      for (const [view, list, item] of ends) {
        await viewer.view(view);
        const all = element.locator(list).first();
        await all.locator(item).first().waitFor();
        await toEnd(all);
        expect(await all.locator(item).count(), view).toBeLessThan(120);
        expect(await elements(viewer), view).toBeLessThan(MANY);
      }
      await viewer.view("findings");
      await toEnd(element.locator(".findings-panel .findings"));
      const finding = element.locator(".findings-panel .finding").last();
      const total = Number(await finding.getAttribute("aria-setsize"));
      expect(total).toBeGreaterThan(CROWD.layers);
      expect(await finding.getAttribute("aria-posinset")).toBe(String(total));

      // Paper has no scrolling: there, all is drawn.
      await page.emulateMedia({ media: "print" });
      const paper = element.locator("oci-lens-print");
      await expect.poll(() => paper.locator(".layer").count()).toBe(CROWD.layers);
      await paper.getByText(`key.${CROWD.annotations - 1}`).waitFor();
      await paper.getByText(`image:${CROWD.images - 1}`).waitFor();
    });
  });
}, 600_000);
