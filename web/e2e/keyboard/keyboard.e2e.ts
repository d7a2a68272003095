import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

/** What has the focus: a row by its path, another control by what it does. */
function focus({ page }: Viewer): Promise<string> {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const data = active instanceof HTMLElement ? active.dataset : {};
    return data["path"] ?? data["action"] ?? data["tab"] ?? active?.tagName ?? "";
  });
}

/** Goes on with Tab until something has the focus. */
async function tabTo(viewer: Viewer, wanted: (focused: string) => boolean): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    if (wanted(await focus(viewer))) return;
    await viewer.page.keyboard.press("Tab");
  }
  throw new Error("nothing of the kind takes the focus");
}

test("the sample is opened, walked through and closed by keys alone", async () => {
  await inBrowser(async ({ viewer }) => {
    const { keyboard } = viewer.page;
    const press = async (key: string): Promise<void> => {
      await keyboard.press(key);
      // A row comes to be, and into sight, with the next frame.
      await viewer.page.waitForTimeout(120);
    };
    await tabTo(viewer, (focused) => focused === "sample");
    await press("Enter");
    await viewer.scanned();
    expect(await focus(viewer)).toBe("files");

    await press("ArrowRight");
    expect(await focus(viewer)).toBe("image");
    await press("Home");
    expect(await focus(viewer)).toBe("files");

    const rows = async (): Promise<string[]> => (await viewer.readRows()).map(({ path }) => path);
    const top = await rows();
    const at = await viewer.element
      .locator("[role=row][aria-expanded=false]")
      .first()
      .getAttribute("data-path");
    const folder = at ?? "";
    await tabTo(viewer, (focused) => focused === top[0]);
    for (const path of top.slice(1, top.indexOf(folder) + 1)) {
      await press("ArrowDown");
      expect(await focus(viewer)).toBe(path);
    }
    await press("ArrowRight");
    expect(await focus(viewer)).toBe(folder);
    const opened = await rows();
    expect(opened.length).toBeGreaterThan(top.length);
    await press("ArrowRight");
    expect(await focus(viewer)).toBe(opened[opened.indexOf(folder) + 1]);
    await press("End");
    expect(await focus(viewer)).toBe(opened.at(-1));
    await press("Home");
    expect(await focus(viewer)).toBe(opened[0]);
    for (let i = opened.indexOf(folder) + 1; i > 0; i -= 1) await press("ArrowDown");
    await press("ArrowLeft");
    expect(await focus(viewer)).toBe(folder);
    await press("ArrowLeft");
    expect(await rows()).toEqual(top);

    await tabTo(viewer, (focused) => focused === "close");
    await press("Enter");
    expect(await focus(viewer)).toBe("file");
  });
});
