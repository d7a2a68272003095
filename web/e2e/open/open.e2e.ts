import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { testOnReal } from "../support/real.js";
import { inBrowser } from "../support/session.js";
import { join } from "node:path";

test("a picked archive is named, verified and shown", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.pick(fixture("hello-oci-archive"));
    await viewer.opened();
    expect(await viewer.scanned()).toBe("done");
    expect(await viewer.totals()).toEqual({
      blobs: { verified: 3, mismatch: 0, missing: 0, "not-checked": 0 },
      "diff-ids": { verified: 1, mismatch: 0, missing: 0, "not-checked": 0 },
    });
    const { archive, images } = await viewer.report();
    expect([archive.formats, archive.container, images.length]).toEqual([["oci-layout"], "tar", 1]);
    expect((await viewer.readRows()).map(({ path }) => path)).toEqual(["hello"]);
  });
});

test("a dropped archive is opened, and another in its place", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(fixture("hello-docker-archive"));
    expect(await viewer.scanned()).toBe("done");
    expect((await viewer.report()).archive.formats).toContain("docker-save");
    await viewer.drop(fixture("hello-oci-archive"));
    await expect.poll(async () => (await viewer.report()).archive.formats).toEqual(["oci-layout"]);
    expect(await viewer.scanned()).toBe("done");
    await viewer.close();
    await viewer.drop(fixture("hello-multiarch"));
    expect(await viewer.scanned()).toBe("done");
    expect((await viewer.report()).images.length).toBeGreaterThan(1);
  });
});

testOnReal("a real image of 70 MB verifies in full", "debian-app-zstd", async (folder) => {
  await inBrowser(async ({ viewer }) => {
    await viewer.drop(join(folder, "image.tar"));
    expect(await viewer.scanned()).toBe("done");
    const totals = await viewer.totals();
    expect(totals["blobs"]).toMatchObject({ mismatch: 0, missing: 0, "not-checked": 0 });
    expect(totals["diff-ids"]).toMatchObject({ mismatch: 0, missing: 0, "not-checked": 0 });
  });
});
