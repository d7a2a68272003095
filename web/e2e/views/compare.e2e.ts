import { join } from "node:path";

import { expect, test } from "vitest";

import { CROWD, writeCrowded } from "../support/crowded.js";
import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

test("two images of one archive are put side by side", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const report = await viewer.report();
    const before = report.images.find(({ names }) => names.includes("1.3.0"));
    await viewer.view("compare");
    await viewer.chooseIn("right", `same:${before?.number ?? -1}`);
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

test("one of many images is found by typing, by keys alone", async () => {
  await inFolder(async (folder) => {
    const archive = join(folder, "crowded.tar");
    await writeCrowded(archive);
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await viewer.pick(archive);
      await viewer.opened();
      await viewer.view("compare");
      const field = element.getByRole("combobox");
      const options = element.locator("oci-lens-image-choice [role=option]");
      await field.focus();
      await page.keyboard.press("ArrowDown");
      await options.first().waitFor();
      // Only what is in sight is in the document, and each option says where it stands.
      expect(await options.count()).toBeLessThan(60);
      expect(await options.first().getAttribute("aria-setsize")).toBe(`${CROWD.images}`);
      const active = async (): Promise<string> => {
        const id = (await field.getAttribute("aria-activedescendant")) ?? "";
        return (await element.locator(`oci-lens-image-choice #${id}`).textContent()) ?? "";
      };
      expect(await active()).toContain("image:0");
      await page.keyboard.press("PageDown");
      await expect.poll(active).not.toContain("image:0");
      await page.keyboard.press("Escape");
      expect(await field.getAttribute("aria-expanded")).toBe("false");

      await page.keyboard.type("image:1234");
      await expect.poll(() => options.count()).toBe(1);
      await element.getByText("1 image", { exact: true }).waitFor();
      expect(await active()).toContain("image:1234");
      await page.keyboard.press("Enter");
      expect(await field.inputValue()).toContain("image:1234");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.type("nothing");
      await element.getByText("No image matches").waitFor();
      await page.keyboard.press("Escape");
      expect(await field.inputValue()).toContain("image:1234");
    });
  });
});
