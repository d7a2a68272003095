import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BROWSERS } from "../../src/text/refusal.js";
import { inLens, onSite } from "../support/embed.js";
import { dist, fixture } from "../support/environment.js";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-old-"));
  await cp(fixture("hello-multiarch"), join(folder, "layout.tar"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each<[string, () => void]>([
  ["WebAssembly", () => Reflect.deleteProperty(globalThis, "WebAssembly")],
  ["AbortSignal.any()", () => Reflect.deleteProperty(AbortSignal, "any")],
  [":state()", () => (CSS.supports = (of: string) => !of.includes(":state"))],
  ["light-dark()", () => (CSS.supports = (of: string) => of !== "color")],
])("without %s", (name, take) => {
  test("an element says so above what its author has there, and loads nothing", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await page.addInitScript(take);
      await page.addInitScript(() => {
        document.addEventListener("oci-lens-error", ({ detail }) => {
          Object.assign(globalThis, { told: detail.code });
        });
      });
      await show(`<oci-lens src="/a/layout.tar" loading="eager"><p>A picture.</p></oci-lens>`);
      const lens = page.locator("oci-lens");
      const said = await lens.getByRole("alert").textContent();
      expect(said).toBe(`The viewer needs ${BROWSERS}: this browser has no ${name}`);
      expect(await lens.getByText("A picture.").isVisible()).toBe(true);
      expect(await page.evaluate(() => (globalThis as { told?: string }).told)).toBe(
        "browser-too-old",
      );
      expect(
        await inLens(lens, (element) => element.verify().catch((error: unknown) => String(error))),
      ).toContain("NotSupportedError");
      expect(own.asked.map(({ path }) => path).join(" ")).not.toMatch(/viewer-|worker-|\.wasm/);
    });
  });

  test("the page says so, and nothing twice", async () => {
    await onSite(async ({ page, own }) => {
      await page.addInitScript(take);
      await page.goto(`${own.origin}/lens/index.html`);
      await page.getByRole("alert").waitFor();
      expect(await page.getByText("The viewer needs JavaScript").isVisible()).toBe(false);
    });
  });
});

test("a browser that cannot read the page's script shows what the page needs", async () => {
  await onSite(async ({ page, own, complaints }) => {
    for (const name of await readdir(join(dist, "assets"))) {
      if (!/^page-.*\.js$/.test(name)) continue;
      own.text(`/lens/assets/${name}`, "syntax of tomorrow", { "Content-Type": "text/javascript" });
    }
    await page.goto(`${own.origin}/lens/index.html`);
    await page.getByText(BROWSERS).waitFor({ state: "visible" });
    expect(complaints()).toEqual([expect.stringContaining("Unexpected")]);
  });
});

test("nothing of it is seen while the script is on its way", async () => {
  await onSite(async ({ page, own }) => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/assets\/page-.*\.js$/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(`${own.origin}/lens/index.html`, { waitUntil: "commit" });
    const words = page.getByText(BROWSERS);
    await words.waitFor({ state: "attached" });
    await page.waitForFunction(() => document.styleSheets.length > 0);
    expect(await words.isVisible()).toBe(false);
    release();
    await page.locator("oci-lens [data-action=sample]").waitFor();
    expect(await words.isVisible()).toBe(false);
  });
});
