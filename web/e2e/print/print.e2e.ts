import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";

interface Printed {
  text: string;
  /** Buttons, fields and the like that would be on the paper. */
  controls: number;
  /** What is cut off, or has to be scrolled. */
  cut: string[];
  background: string;
}

/** What is on the page as the printer has it. */
function printed(page: Page): Promise<Printed> {
  return page.evaluate(() => {
    const all = (root: ParentNode): Element[] =>
      [...root.querySelectorAll("*")].flatMap((element) => [
        element,
        ...(element.shadowRoot ? all(element.shadowRoot) : []),
      ]);
    const seen = all(document).filter((element) => element.checkVisibility());
    const report = seen.find(({ localName }) => localName === "oci-lens-print");
    const viewer = document.querySelector("oci-lens");
    return {
      text: (report?.shadowRoot?.textContent ?? "").replace(/\s+/g, " "),
      controls: seen.filter((element) => element.matches("button, input, select, progress")).length,
      cut: seen
        .filter((element) => {
          const { overflowX, overflowY } = getComputedStyle(element);
          const hides = (overflow: string) => overflow !== "visible";
          if (element.matches(".spoken, svg")) return false;
          return (
            (hides(overflowY) && element.scrollHeight > element.clientHeight + 1) ||
            (hides(overflowX) && element.scrollWidth > element.clientWidth + 1)
          );
        })
        .map((element) => `${element.localName}.${element.className}`),
      background: viewer ? getComputedStyle(viewer).backgroundColor : "",
    };
  });
}

/** How many pages a PDF has. */
function pages(pdf: Buffer): number {
  return pdf.toString("latin1").match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

test.each(["light", "dark"] as const)(
  "the report is printed whole, from a %s page",
  async (colorScheme) => {
    await inBrowser(async ({ viewer }) => {
      const { page } = viewer;
      await page.emulateMedia({ colorScheme });
      await viewer.sample();
      await viewer.scanned();
      await viewer.element.evaluate((element, theme) => {
        element.setAttribute("theme", theme);
      }, colorScheme);
      const report = await viewer.report();
      const image = report.images[0];
      if (!image) throw new Error("the sample has an image");
      await page.emulateMedia({ media: "print" });
      await viewer.element.locator("oci-lens-print h1").waitFor();

      const { text, controls, cut, background } = await printed(page);
      expect(controls).toBe(0);
      expect(cut).toEqual([]);
      expect(background).toBe("rgb(255, 255, 255)");
      for (const { digest, diffId, chainId, history } of image.layers) {
        for (const value of [digest, diffId.expected, chainId])
          expect(text).toContain(value ?? "?");
        const made = history === undefined ? undefined : image.history[history];
        expect(text).toContain(made?.command?.arguments ?? "?");
      }
      for (const { key, preimage } of image.cacheKeys) {
        expect(text).toContain(key);
        if (preimage !== undefined) expect(text).toContain(preimage.replace(/\s+/g, " "));
      }
      for (const { names } of report.images) expect(text).toContain(names[0] ?? "");
      expect(text).toContain(image.digest);
      expect(text).toContain(image.imageId);

      expect(pages(await page.pdf({ format: "A4" }))).toBeGreaterThan(1);
      await page.emulateMedia({ media: "screen" });
      await viewer.element.locator("oci-lens-print").waitFor({ state: "detached" });
      await viewer.grid.waitFor();
    });
  },
);

test("the browser's own command prints the report, too", async () => {
  await inBrowser(async ({ viewer }) => {
    const { page } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const layers = await page.evaluate(async () => {
      const viewer = document.querySelector("oci-lens");
      // What the browser dispatches, and then lays the page out at once.
      for (;;) {
        dispatchEvent(new Event("beforeprint"));
        await new Promise((done) => setTimeout(done));
        const report = viewer?.shadowRoot?.querySelector("oci-lens-print");
        const count = report?.shadowRoot?.querySelectorAll(".layer").length ?? 0;
        dispatchEvent(new Event("afterprint"));
        if (count > 0) return count;
        await new Promise((done) => setTimeout(done, 50));
      }
    });
    expect(layers).toBe(7);
    await viewer.view("overview");
    await page.evaluate(() => {
      Object.assign(globalThis, {
        print: () => {
          Object.assign(globalThis, { printed: true });
        },
      });
    });
    await viewer.element.locator("[data-report=print]").click();
    await expect.poll(() => page.evaluate(() => "printed" in globalThis)).toBe(true);
  });
});
