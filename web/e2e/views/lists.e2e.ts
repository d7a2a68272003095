import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

// What the sample's layers delete and replace, as its maker wrote it down: path, layer of the
// entry, why it does not show, and the layer that hid it.
const HIDDEN = [
  "etc/os-release 0 replaced 4",
  "etc/shadow 0 replaced 3",
  "home/menu/.token 2 whiteout 5",
  "tmp/build.log 3 whiteout 5",
  "usr/share/doc/libtea/copyright 1 parent-replaced 6",
  "usr/share/menu/hojicha.json 2 replaced 6",
  "var/cache/packages/kettle.tar 1 opaque-whiteout 5",
  "var/cache/packages/libtea.tar 1 opaque-whiteout 5",
  "var/cache/packages/spoon.tar 1 opaque-whiteout 5",
  "var/log/install.log 0 whiteout 5",
];

test("what was hidden but is still there is listed, and can be read", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    await viewer.scanned();
    await viewer.view("hidden");
    const marks = await viewer.marks("Hidden but still there");
    expect(marks.filter((mark) => HIDDEN.includes(mark))).toEqual(HIDDEN);

    await viewer.element.locator('[data-mark^="home/menu/.token "]').click();
    const inspector = viewer.element.locator("oci-lens-path");
    await inspector.getByText("not-a-real-secret").first().waitFor();
  });
});

test("waste is told by layer and by path, with both scores", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    await viewer.scanned();
    await viewer.view("waste");
    const paths = await viewer.marks("By path");
    // The largest first: 2,000 times the name of a package.
    expect(paths.slice(0, 3)).toEqual([
      "var/cache/packages/kettle.tar 12000",
      "var/cache/packages/libtea.tar 12000",
      "var/cache/packages/spoon.tar 10000",
    ]);
    const layers = await viewer.element
      .locator(".waste-layers [data-layer]")
      .evaluateAll((items) => items.map((item) => Number(item.getAttribute("data-wasted"))));
    expect(layers).toHaveLength(7);
    expect(layers[1]).toBe(12_000 + 12_000 + 10_000 + "Apache-2.0\n".length);
    for (const score of ["exact", "dive"]) {
      const value = await viewer.element
        .locator(`[data-score=${score}]`)
        .getAttribute("data-value");
      expect(Number(value)).toBeGreaterThan(0.2);
      expect(Number(value)).toBeLessThan(1);
    }
  });
});
