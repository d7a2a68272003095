import { expect, test } from "vitest";

import { url } from "../support/environment.js";
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

const VIEWS = [
  "overview",
  "files",
  "waste",
  "hidden",
  "dockerfile",
  "raw",
  "keys",
  "compare",
  "findings",
];

test("every view has an address that leads to it, and Back and Forward go through all of them", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element, page } = viewer;
    const chosen = () => element.locator("[role=tab][aria-selected=true]").getAttribute("data-tab");
    const panel = (name: string) => element.locator(`#panel-${name}:not([hidden])`);
    for (const name of VIEWS) {
      await page.goto("about:blank");
      await page.goto(`${url()}#view=${name}&image=1`);
      await viewer.sample();
      await viewer.opened();
      await panel(name).waitFor();
      expect(await chosen()).toBe(name);
      expect(viewer.fragment).toBe(`view=${name}&image=1`);
      const image = element.locator('.images [data-image="1"]');
      expect(await image.getAttribute("aria-current")).toBe("true");
    }
    await viewer.scanned();
    for (const name of VIEWS) await viewer.view(name);
    for (const name of VIEWS.toReversed().slice(1)) {
      await page.goBack();
      await panel(name).waitFor();
    }
    for (const name of VIEWS.slice(1)) {
      await page.goForward();
      await panel(name).waitFor();
    }
  });
});

test("a range, a document and an outcome have addresses", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element, page } = viewer;
    const to = async (fragment: string): Promise<void> => {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
    };
    await viewer.sample();
    await viewer.scanned();
    await to("view=files&image=0&layers=3-4");
    await element.getByText("layers 3 to 4 shown").waitFor();
    await to("view=raw&image=0&blob=index.json");
    await element.locator('[data-document="index.json"][aria-current=true]').waitFor();
    await to("view=raw&image=0&status=mismatch");
    await element.locator("[data-filter=mismatch][aria-pressed=true]").waitFor();
    await page.goBack();
    await element.locator('[data-document="index.json"][aria-current=true]').waitFor();
    await page.goBack();
    await element.getByText("layers 3 to 4 shown").waitFor();
    // What makes no sense is left aside.
    await to("view=nothing&image=99&layers=x&path=");
    await element.locator("[role=tab][aria-selected=true]").waitFor();
  });
});
