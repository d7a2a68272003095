import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

// As the sample's maker wrote it: 400 lines of the library.
const LIBRARY = { path: "usr/lib/libtea.so.2.1", size: "libtea for amd64\n".length * 400 };

test("the size map shows folders and files by their bytes, and leads into them", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element, page } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const usr = await viewer.grid.locator("[data-path=usr]").getAttribute("data-total-size");
    await element.getByRole("button", { name: "Map", exact: true }).click();
    const map = element.locator("oci-lens-size-map");
    const tile = (path: string) => map.locator(`[data-path="${path}"]`);
    await tile("usr").waitFor();
    expect(await tile("usr").getAttribute("data-size")).toBe(usr);
    // The areas are as the bytes are, but for the frames around what lies in folders.
    const [large, small] = await Promise.all(
      ["usr", "etc"].map((path) => tile(path).boundingBox()),
    );
    expect((large?.width ?? 0) * (large?.height ?? 0)).toBeGreaterThan(
      (small?.width ?? 0) * (small?.height ?? 0),
    );

    await tile("usr").click({ position: { x: 6, y: 6 } });
    await map.locator(".trail").getByText("usr").waitFor();
    await tile("usr/lib").click({ position: { x: 6, y: 6 } });
    const library = tile(LIBRARY.path);
    await library.waitFor();
    expect(await library.getAttribute("data-size")).toBe(String(LIBRARY.size));
    await library.click();
    const inspector = element.locator("oci-lens-path");
    await inspector.getByText(`/${LIBRARY.path}`).first().waitFor();
    expect(viewer.fragment).toContain(`path=/${LIBRARY.path}`);

    // Up again by the trail, and by keys alone: into a folder and out of it.
    await map.locator(".trail button").first().click();
    await tile("usr").focus();
    await page.keyboard.press("Enter");
    await tile("usr/bin").waitFor();
    await map.locator("[data-tile]").first().focus();
    await page.keyboard.press("Backspace");
    await tile("etc").waitFor();
    await expect.poll(() => viewer.focused()).toBe("usr");
  });
});
