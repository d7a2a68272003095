import { readFile } from "node:fs/promises";

import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

/** What is downloaded by a press of a button. */
async function kept(viewer: Viewer, selector: string): Promise<string> {
  const download = viewer.page.waitForEvent("download");
  await viewer.element.locator(selector).click();
  return readFile(await (await download).path(), "utf8");
}

test("the report is kept as JSON, as Markdown, and its paths as CSV", async () => {
  await inBrowser(async ({ viewer }) => {
    // A picker of the system cannot be pressed from here: browsers without one download.
    await viewer.page.evaluate(() => {
      Reflect.deleteProperty(globalThis, "showSaveFilePicker");
    });
    await viewer.sample();
    await viewer.scanned();
    await viewer.view("overview");
    const report = await viewer.report();
    expect(JSON.parse(await kept(viewer, "[data-report=json]"))).toEqual(report);
    const markdown = await kept(viewer, "[data-report=markdown]");
    expect(markdown).toContain("example.com/teahouse/menu:1.4.0");
    const csv = await kept(viewer, "[data-report=csv]");
    const lines = csv.split("\r\n");
    expect(lines.some((line) => line.includes("usr/share/menu/cup.png"))).toBe(true);
    expect(lines.some((line) => line.includes("home/menu/.token"))).toBe(false);
  });
});

test("a file that is kept is written to the disk as it is made where there is a picker", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page, element } = viewer;
    await page.evaluate(() => {
      Object.assign(globalThis, {
        showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) => {
          const root = await navigator.storage.getDirectory();
          return root.getFileHandle(suggestedName, { create: true });
        },
      });
    });
    await viewer.sample();
    await viewer.scanned();
    const report = await viewer.report();
    await element.locator('.layer[data-layer="0"] .twisty').click();
    await element.getByRole("button", { name: "Download tar" }).click();
    // The tar's digest is the layer's diff ID.
    const digest = () =>
      page.evaluate(async () => {
        const root = await navigator.storage.getDirectory();
        for await (const handle of root.values()) {
          if (handle.kind !== "file" || !handle.name.endsWith("layer-0.tar")) continue;
          const bytes = await (await handle.getFile()).arrayBuffer();
          const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
          return `sha256:${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
        }
        return "";
      });
    await expect.poll(digest).toBe(report.images[0]?.layers[0]?.diffId.expected);
  });
});
