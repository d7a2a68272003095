import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";

test("a layer that is not in the archive is missing, and the others are shown", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture("broken-layer-missing"));
    expect(await viewer.scanned()).toBe("done");
    const statuses = (await viewer.layers()).map(({ status }) => status);
    expect(statuses.filter((status) => status === "missing")).toHaveLength(1);
    expect(new Set(statuses)).not.toContain("mismatch");
    expect((await viewer.totals())["blobs"]?.["missing"]).toBe(1);
    expect((await viewer.report()).images[0]?.presence).toBe("partial");
    // The missing one is the only one: an image without files would say no more than "no paths".
    await viewer.element.getByText("No paths: layers are missing or cannot be read.").waitFor();
  });
});
