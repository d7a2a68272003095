import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

test("the sample that ships with the page opens and verifies", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    expect(await viewer.scanned()).toBe("done");
    const { images, totals } = await viewer.report();
    expect(images.length).toBeGreaterThan(0);
    expect(totals.blobs).toMatchObject({ mismatch: 0, missing: 0, notChecked: 0 });
    expect(await viewer.expandAll()).toBeGreaterThan(3);
  });
});
