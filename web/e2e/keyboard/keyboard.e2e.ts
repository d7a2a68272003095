import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

/** Goes on with Tab until something has the focus. */
async function tabTo(viewer: Viewer, wanted: (focused: string) => boolean): Promise<void> {
  for (let i = 0; i < 60; i += 1) {
    if (wanted(await viewer.focused())) return;
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
    expect(await viewer.focused()).toBe("files");

    await press("ArrowRight");
    expect(await viewer.focused()).toBe("waste");
    await press("ArrowLeft");
    expect(await viewer.focused()).toBe("files");

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
      expect(await viewer.focused()).toBe(path);
    }
    await press("ArrowRight");
    expect(await viewer.focused()).toBe(folder);
    const opened = await rows();
    expect(opened.length).toBeGreaterThan(top.length);
    await press("ArrowRight");
    expect(await viewer.focused()).toBe(opened[opened.indexOf(folder) + 1]);
    await press("End");
    expect(await viewer.focused()).toBe(opened.at(-1));
    await press("Home");
    expect(await viewer.focused()).toBe(opened[0]);
    for (let i = opened.indexOf(folder) + 1; i > 0; i -= 1) await press("ArrowDown");
    await press("ArrowLeft");
    expect(await viewer.focused()).toBe(folder);
    await press("ArrowLeft");
    expect(await rows()).toEqual(top);

    await tabTo(viewer, (focused) => focused === "close");
    await press("Enter");
    expect(await viewer.focused()).toBe("file");
  });
});
