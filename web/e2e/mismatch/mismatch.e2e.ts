import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";

test.each([
  ["broken-diffid-mismatch", "verified", "mismatch"],
  ["broken-layer-size-wrong", "mismatch", "verified"],
  ["broken-layer-bitflip", "mismatch", "not-checked"],
])("%s shows what does not match", async (name, blob, diffId) => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture(name));
    expect(await viewer.scanned()).toBe("done");
    const layers = await viewer.layers();
    const wrong = layers.filter(
      ({ status, diffId }) => status !== "verified" || diffId !== "verified",
    );
    expect(wrong.map((layer) => [layer.status, layer.diffId])).toEqual([[blob, diffId]]);
    expect(wrong[0]?.text).toContain("mismatch");
    const { totals } = await viewer.report();
    expect(totals.blobs.mismatch + totals.diffIds.mismatch).toBe(1);
  });
});
