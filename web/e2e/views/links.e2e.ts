import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

test("the address says what is looked at, and Back and Forward lead through it", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page } = viewer;
    await viewer.sample();
    await viewer.scanned();
    expect(viewer.fragment).toBe("view=files&image=0");
    await viewer.view("waste");
    expect(viewer.fragment).toBe("view=waste&image=0");
    await viewer.choose(1);
    expect(viewer.fragment).toBe("view=waste&image=1");
    await page.goBack();
    expect(viewer.fragment).toBe("view=waste&image=0");
    await page.goBack();
    await viewer.grid.waitFor();
    await page.goForward();
    await viewer.element.locator("oci-lens-waste").waitFor();
  });
});

test("a deep link leads to a path as soon as the archive is open", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page } = viewer;
    await page.evaluate(() => {
      location.hash = "view=files&image=0&path=/usr/share/menu/cup.png";
    });
    await page.reload();
    await viewer.sample();
    await viewer.scanned();
    const row = viewer.grid.locator('[data-path="usr/share/menu/cup.png"]');
    await row.waitFor();
    await expect.poll(() => row.getAttribute("aria-selected")).toBe("true");
  });
});

test("every key is on the sheet that ? opens, and digits lead to the views", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page, element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await element.locator("[data-tab=files]").focus();
    await page.keyboard.press("?");
    await element.locator("oci-lens-sheet dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await element.locator("oci-lens-sheet").waitFor({ state: "detached" });
    await page.keyboard.press("4");
    expect(viewer.fragment).toBe("view=hidden&image=0");
    expect(await viewer.focused()).toBe("hidden");
  });
});
