import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { writeCache } from "../support/caches.js";
import { url } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

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

test("a record, a layer and a part of a build cache have addresses", async () => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    await mkdir(at("export"));
    const made = await writeCache(
      at("export"),
      [
        { name: "image" },
        { name: "run", takes: [0], layer: 0 },
        { name: "copy", takes: [1], layer: 1 },
      ],
      ["base", "app"],
    );
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      const detail = (record: number) => element.locator(`[data-detail="${record}"]`);
      const box = (record: number) => element.locator(`.node[data-record="${record}"]`);
      // An address leads there as soon as the archive is open.
      await page.goto("about:blank");
      await page.goto(`${url()}#view=cache&record=2`);
      await viewer.drop(at("export"));
      await detail(2).waitFor();
      expect(await box(2).getAttribute("aria-pressed")).toBe("true");
      await viewer.scanned();

      await element.locator('[data-detail="2"] [data-go="1"]').click();
      await detail(1).waitFor();
      expect(viewer.fragment).toBe("view=cache&record=1");
      await element.locator("[data-part=layers]").click();
      expect(viewer.fragment).toBe("view=cache&part=layers&record=1");
      await element.locator(`[data-mark="1 ${made.layers[1]} 1"]`).click();
      expect(viewer.fragment).toBe("view=cache&record=1&top=1");
      await expect.poll(() => viewer.marks("Records")).toEqual(["2 usable 2"]);
      await detail(1).waitFor();
      await element.getByRole("button", { name: "Any layer" }).click();
      await expect.poll(() => viewer.marks("Records")).toHaveLength(3);
      await viewer.view("findings");

      await page.goBack();
      await expect.poll(() => viewer.marks("Records")).toHaveLength(3);
      await page.goBack();
      await expect.poll(() => viewer.marks("Records")).toEqual(["2 usable 2"]);
      await page.goBack();
      expect(await viewer.marks("Layers")).toHaveLength(2);
      await page.goBack();
      await detail(1).waitFor();
      await page.goBack();
      await detail(2).waitFor();
      await page.goForward();
      await detail(1).waitFor();
      expect(await box(1).getAttribute("aria-pressed")).toBe("true");
      expect(await box(2).getAttribute("aria-pressed")).toBe("false");

      // Of what is not there, nothing is shown, and nothing fails.
      await page.evaluate(() => {
        location.hash = "view=cache&cache=7&record=99&top=5";
      });
      await element.getByText("Choose a record to see").waitFor();
      expect(await element.locator("oci-lens-cache [role=alert]").count()).toBe(0);
      expect(await viewer.marks("Records")).toHaveLength(3);
    });
  });
});
