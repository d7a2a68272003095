import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

test("layers show who made them, what they weigh and what they changed", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    await viewer.scanned();
    const layers = await viewer.layers();
    expect(layers).toHaveLength(7);
    expect(layers[1]?.text).toContain("RUN install libtea");
    // Deleted: a token, a log, a build log, and three packages by an opaque folder.
    expect(layers[5]?.text).toContain("6 removed");
    // Steps that made no layer stand between those that did.
    const steps = await viewer.element.locator(".layer-step").allTextContents();
    expect(steps.map((step) => step.replace(/\s+/g, " ").trim())).toEqual([
      'CMD ["/bin/sh"] empty layer',
      "USER 1000:1000 empty layer",
      'ENTRYPOINT ["/usr/bin/menu"] empty layer',
    ]);
  });
});

test("one layer, a range, and all up to here are shown with what they changed", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element, page } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const pick = (layer: number) => element.locator(`.layer[data-layer="${layer}"] .pick`);
    const changed = async () => {
      await viewer.expandAll();
      const rows = await viewer.readRows();
      return rows.map(({ path }) => path);
    };
    await pick(3).click();
    expect(viewer.fragment).toContain("layers=3-3");
    expect(await changed()).toEqual(expect.arrayContaining(["etc/shadow", "tmp/build.log"]));
    await pick(4).click({ modifiers: ["Shift"] });
    expect(viewer.fragment).toContain("layers=3-4");
    await pick(2).focus();
    await page.keyboard.press("a");
    expect(viewer.fragment).toContain("layers=0-2");
    expect(await changed()).toContain("home/menu/.token");
    await element.locator(".layer-all [data-action=all-layers]").click();
    expect(viewer.fragment).not.toContain("layers=");
    expect(await changed()).not.toContain("home/menu/.token");
  });
});
