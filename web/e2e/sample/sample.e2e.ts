import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

// Made so that each of the words can be seen at work.
test("the sample that ships with the page opens: one layer does not match, one is missing", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    expect(await viewer.scanned()).toBe("done");
    const { images, totals } = await viewer.report();
    expect(images.length).toBeGreaterThan(0);
    expect(totals.blobs).toMatchObject({ mismatch: 1, missing: 1, notChecked: 0 });
    expect(await viewer.expandAll()).toBeGreaterThan(3);
  });
});
