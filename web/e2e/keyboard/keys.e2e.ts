import { expect, test } from "vitest";

import { KEYS } from "../../src/view/files/key-help.js";
import { sheetText } from "../../src/text/sheet.js";
import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

/** Remembers what is put on the clipboard. */
async function clipboard({ page }: Viewer): Promise<() => Promise<string | undefined>> {
  await page.evaluate(() => {
    Object.defineProperty(navigator.clipboard, "writeText", {
      value: (text: string) => {
        Object.assign(globalThis, { copied: text });
        return Promise.resolve();
      },
    });
  });
  return () => page.evaluate(() => (globalThis as { copied?: string }).copied);
}

test("the sheet lists every key", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page, element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await element.locator("[data-tab=files]").focus();
    await page.keyboard.press("?");
    const sheet = element.locator("oci-lens-sheet dialog[open]");
    await sheet.waitFor();
    const listed = await sheet
      .locator("dl > div")
      .evaluateAll((rows) =>
        rows.map((row) => [...row.querySelectorAll("kbd")].map((key) => key.textContent).join(" ")),
      );
    const known = [...sheetText.flatMap(({ keys }) => keys), ...KEYS];
    expect(listed).toEqual(known.map(([names]) => names.join(" ")));
    // It keeps the focus, and gives it back.
    for (let turn = 0; turn < 5; turn += 1) await page.keyboard.press("Tab");
    await page.keyboard.press("Escape");
    await element.locator("oci-lens-sheet").waitFor({ state: "detached" });
    expect(await viewer.focused()).toBe("files");
  });
});

test("each key of the files does what the sheet says", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page, element, grid } = viewer;
    const { keyboard } = page;
    const copied = await clipboard(viewer);
    const rows = () => grid.getAttribute("aria-rowcount").then(Number);
    await viewer.sample();
    await viewer.scanned();
    const plain = await rows();
    await grid.locator("[data-index='0']").click();
    await keyboard.press("Escape");

    // The filter: by slash, to the rows by Enter, away by Escape.
    await keyboard.press("/");
    await expect.poll(() => viewer.focused()).toBe("INPUT");
    await keyboard.type("libtea");
    await keyboard.press("Enter");
    await element.locator('[data-matches="4"]').waitFor();
    await expect.poll(() => viewer.focused()).toBe("usr");
    await keyboard.press("Escape");
    await expect.poll(rows).toBe(plain);
    await keyboard.press("Control+f");
    await expect.poll(() => viewer.focused()).toBe("INPUT");
    await keyboard.press("ArrowDown");

    const columns = () => grid.getAttribute("aria-colcount");
    const wide = await columns();
    await keyboard.press("b");
    await expect.poll(columns).not.toBe(wide);
    await keyboard.press("Control+b");
    await expect.poll(columns).toBe(wide);

    const sorted = (key: string) => grid.locator(`[aria-sort]:has([data-sort=${key}])`).count();
    await keyboard.press("o");
    await expect.poll(() => sorted("size")).toBe(1);
    await keyboard.press("Control+o");
    await expect.poll(() => sorted("name")).toBe(1);

    // A key that comes while other rows are made ready is not undone by them.
    await keyboard.press("o");
    await expect.poll(() => sorted("size")).toBe(1);
    await grid.evaluate((element) => {
      for (const key of ["o", "End"]) element.dispatchEvent(new KeyboardEvent("keydown", { key }));
    });
    await expect.poll(() => sorted("name")).toBe(1);
    await viewer.settled("files");
    expect(await viewer.focused()).toBe("var");

    // Folders open and close; all at once, too.
    await keyboard.press("Home");
    await expect.poll(() => viewer.focused()).toBe("bin");
    await keyboard.press("End");
    await expect.poll(() => viewer.focused()).toBe("var");
    await keyboard.press(" ");
    await expect.poll(rows).toBeGreaterThan(plain);
    await keyboard.press("0");
    await expect.poll(rows).toBe(plain);
    await grid.locator("[data-path=var]").focus();
    await keyboard.press("ArrowRight");
    await expect.poll(rows).toBeGreaterThan(plain);
    await keyboard.press("Control+Space");
    await expect.poll(rows).toBe(plain);

    await grid.locator("[data-path=etc]").focus();
    await keyboard.press("c");
    await expect.poll(copied).toBe("/etc");
    await grid.locator("[data-path=home]").focus();
    await keyboard.press("Control+c");
    await expect.poll(copied).toBe("/home");
    await keyboard.press("Enter");
    await element.locator("oci-lens-path").waitFor();
    await keyboard.press("Escape");
    await element.locator("oci-lens-path").waitFor({ state: "detached" });

    await grid.locator("[data-path=etc]").focus();
    await keyboard.press("s");
    const map = element.locator("oci-lens-size-map");
    await map.locator("[data-tile]").first().waitFor();
    await keyboard.press("s");
    await map.waitFor({ state: "detached" });
  });
});

test("layers, changes and views are reached by keys", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page, element, grid } = viewer;
    const { keyboard } = page;
    await viewer.sample();
    await viewer.scanned();
    await element.locator("[data-tab=files]").focus();
    await keyboard.press("]");
    await expect.poll(() => viewer.fragment).toContain("layers=0-0");
    await keyboard.press("]");
    await expect.poll(() => viewer.fragment).toContain("layers=1-1");
    await keyboard.press("[");
    await expect.poll(() => viewer.fragment).toContain("layers=0-0");

    const pick = (layer: number) => element.locator(`.layer[data-layer="${layer}"] .pick`);
    await pick(5).focus();
    await keyboard.press("Enter");
    await expect.poll(() => viewer.fragment).toContain("layers=5-5");
    await pick(3).focus();
    await keyboard.press("a");
    await expect.poll(() => viewer.fragment).toContain("layers=0-3");
    await keyboard.press("l");
    await expect.poll(() => viewer.fragment).toContain("layers=3-3");
    await pick(5).focus();
    await keyboard.press("Shift+Enter");
    await expect.poll(() => viewer.fragment).toContain("layers=3-5");

    await grid.locator("[data-index='0']").focus();
    const pressed = (change: string) =>
      element.locator(`[data-show=${change}]`).getAttribute("aria-pressed");
    for (const [key, change] of [
      ["a", "added"],
      ["m", "modified"],
      ["r", "removed"],
      ["u", "unchanged"],
    ] as const) {
      const before = await pressed(change);
      for (const name of [key, `Control+${key}`]) {
        await grid.locator("[role=row][tabindex='0']").first().focus();
        await keyboard.press(name);
        if (name === key) await expect.poll(() => pressed(change)).not.toBe(before);
        else await expect.poll(() => pressed(change)).toBe(before);
      }
    }

    const tabs = await element
      .locator("[role=tab]")
      .evaluateAll((all) => all.map((tab) => tab.getAttribute("data-tab") ?? ""));
    // There are nine digits.
    for (const [at, tab] of tabs.slice(0, 9).entries()) {
      await element.locator("[role=tab][aria-selected=true]").focus();
      await keyboard.press(String(at + 1));
      await expect.poll(() => viewer.focused()).toBe(tab);
    }
    await keyboard.press("Home");
    await expect.poll(() => viewer.focused()).toBe(tabs[0]);
    await keyboard.press("End");
    await expect.poll(() => viewer.focused()).toBe(tabs.at(-1));
    await keyboard.press("ArrowLeft");
    await expect.poll(() => viewer.focused()).toBe(tabs.at(-2));
  });
});

/** Whether everything that can be pressed can be reached by Tab or by keys within its group. */
test("nothing that can be pressed is for the mouse alone", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    for (const tab of await element.locator("[role=tab]").all()) {
      await tab.click();
      const lost = await viewer.page.evaluate(() => {
        const all = (root: ParentNode): Element[] =>
          [...root.querySelectorAll("*")].flatMap((each) => [
            each,
            ...(each.shadowRoot ? all(each.shadowRoot) : []),
          ]);
        return (
          all(document)
            .filter((each) => each.matches("button, a[href], input, select, [role=button]"))
            .filter((each) => each.checkVisibility())
            .filter((each) => each.getAttribute("tabindex") === "-1")
            // Of these groups one member takes the focus, and keys lead to the others.
            .filter((each) => !each.closest("[role=tablist], [role=treegrid], .map"))
            .map((each) => each.outerHTML.slice(0, 120))
        );
      });
      expect(lost).toEqual([]);
    }
  });
});
