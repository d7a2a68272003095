import { expect, test } from "vitest";

import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";

test("two images of one archive are put side by side", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const report = await viewer.report();
    const before = report.images.find(({ names }) => names.includes("1.3.0"));
    await viewer.view("compare");
    await element.locator("[data-choose=right]").selectOption(`same:${before?.number ?? -1}`);
    // Before contents are compared, whatever another layer wrote counts as different.
    expect(await viewer.marks("Paths that differ")).toContain(
      "modified home/menu/notes.txt content",
    );
    await element.getByRole("button", { name: "Compare contents" }).click();
    await element.getByText("Contents were not compared").waitFor({ state: "detached" });
    // Only the program of the application's layer is another.
    expect(await viewer.marks("Paths that differ")).toEqual([
      expect.stringMatching(/^modified usr\/bin\/menu\b.*content/),
      expect.stringMatching(/^modified usr\/bin\/menu-admin\b/),
    ]);
    expect(await viewer.textOf(".verdict")).toContain("layer 2");
    const reasons = await element
      .locator("[data-reason]")
      .evaluateAll((items) => items.map((item) => item.getAttribute("data-reason")));
    expect(reasons).toContain("reference-differs");
    expect(reasons).toContain("chain-id-differs");
  });
});

test("an image of another archive is put beside it", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element, page } = viewer;
    await viewer.pick(fixture("hello-oci-archive"));
    await viewer.scanned();
    await viewer.view("compare");
    const chooser = page.waitForEvent("filechooser");
    await element.locator("[data-action=other]").click();
    await (await chooser).setFiles(fixture("hello-docker-archive"));
    await element.locator(".verdict").waitFor();
    // The same image in another archive's form.
    expect(await viewer.textOf("[data-section=paths]")).toContain("0 paths different");
  });
});
