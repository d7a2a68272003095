import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

test("documents are shown as they are, and their digests are links", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const report = await viewer.report();
    await viewer.view("raw");
    const total = report.blobs.length;
    await expect
      .poll(() => element.locator("oci-lens-raw [role=grid]").getAttribute("aria-rowcount"))
      .toBe(String(total + 1));

    await element.locator("[data-document='index.json']").click();
    const lines = element.locator("oci-lens-text-lines");
    await lines.getByText('"schemaVersion"').first().waitFor();
    // The first digest of the root index leads to the index of the release.
    const digest = report.indexes[1]?.digest ?? "";
    // Long lines are broken: its beginning is on one of them.
    await lines.getByText(digest.slice(0, 40)).first().click();
    expect(viewer.fragment).toContain(`blob=${digest}`);
  });
});

test("outcomes lead to their blobs", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    await viewer.scanned();
    const report = await viewer.report();
    await viewer.element.locator("[data-group=blobs] [data-status=mismatch] button").click();
    const bad = report.blobs.filter(({ verification }) => verification.status === "mismatch");
    expect(await viewer.marks("Content store")).toEqual(
      bad.map(({ digest }) => `${digest ?? ""} mismatch`),
    );
  });
});

test("a package list and a provenance are read out of their statements", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await viewer.view("raw");
    await element
      .getByRole("button", { name: /spdx\.dev/ })
      .first()
      .click();
    const packages = await viewer.marks("4 packages");
    expect(packages).toEqual(["kettle 0.9", "libtea 2.1", "menu 1.4.0", "spoon 3.0.2"]);
    await element.locator("oci-lens-blob input[type=search]").fill("tea");
    await expect.poll(() => viewer.marks("4 packages")).toEqual(["libtea 2.1"]);

    await element
      .getByRole("button", { name: /slsa\.dev/ })
      .first()
      .click();
    const statement = element.locator("oci-lens-blob .statement");
    await statement.getByText("https://example.com/teahouse/builder").waitFor();
    await statement.getByText("https://mobyproject.org/buildkit@v1").waitFor();
  });
});

test("the Dockerfile is made up from the history, each line tied to its layer", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.sample();
    await viewer.scanned();
    await viewer.view("dockerfile");
    const lines = await viewer.element
      .locator("oci-lens-dockerfile [data-history]")
      .evaluateAll((items) => items.map((item) => item.textContent.replace(/\s+/g, " ").trim()));
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("0 ADD rootfs.tar.xz /");
    expect(lines[1]).toBe('no layer CMD ["/bin/sh"]');
    expect(lines[2]).toBe("1 RUN install libtea");
    expect(lines[9]).toBe('no layer ENTRYPOINT ["/usr/bin/menu"]');
  });
});
