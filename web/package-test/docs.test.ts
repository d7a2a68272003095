import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";

import { required, served } from "../e2e/support/environment.js";
import { installed, outFolder } from "./installed.js";
import { inPage } from "./pages.js";
import { withSite } from "./site.js";

interface Recipe {
  files: Map<string, string>;
  command: string;
}

/** A section of `docs/docs-generators.md`. */
function recipe(name: string): Recipe {
  const text = readFileSync(join(required("OCI_LENS_ROOT"), "docs", "docs-generators.md"), "utf8");
  const section = text.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? "";
  const files = new Map<string, string>();
  for (const [, path = "", content = ""] of section.matchAll(
    /^`([^`]+)`:\n\n```\w+\n([\s\S]*?)^```$/gm,
  )) {
    files.set(path, content);
  }
  const command = /^```sh\n(.*)\n```$/m.exec(section)?.[1];
  if (files.size === 0 || command === undefined) throw new Error(`there is no recipe of ${name}`);
  return { files, command };
}

/** The site as its recipe tells, built. */
function built(name: string): string {
  const { files, command } = recipe(name);
  const folder = outFolder(name.toLowerCase());
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(join(folder, "public"), { recursive: true });
  cpSync(join(served, "sample.oci.tar"), join(folder, "public", "sample.oci.tar"));
  symlinkSync(dirname(installed), join(folder, "node_modules"));
  execFileSync(command, { cwd: folder, shell: true, stdio: ["ignore", "ignore", "inherit"] });
  return folder;
}

/** Two embeds show the merged tree of the sample. */
async function bothShowTheSample(page: Page): Promise<void> {
  const embeds = page.locator("oci-lens");
  await expect.poll(() => embeds.count()).toBe(2);
  for (const embed of await embeds.all()) await showsTheSample(embed);
}

async function showsTheSample(embed: Locator): Promise<void> {
  await embed.locator("[data-action=sample]").click();
  await embed.locator("[role=row][data-path=etc]").waitFor();
  const row = embed.locator("[role=row][data-path=etc]");
  expect(await row.textContent()).toContain("drwxr-xr-x");
}

test("VitePress: two embeds live through another theme and another page", async () => {
  const dist = join(built("VitePress"), ".vitepress", "dist");
  await withSite(dist, { base: "/" }, async ({ url }) => {
    await inPage(url, async (page) => {
      await page.setViewportSize({ width: 1440, height: 1200 });
      await bothShowTheSample(page);
      const isDark = (): Promise<boolean> =>
        page.evaluate(() => document.documentElement.classList.contains("dark"));
      const before = await isDark();
      await page.locator(".VPNavBarAppearance button").click();
      expect(await isDark()).toBe(!before);
      await page.locator("oci-lens [role=row][data-path=etc]").first().waitFor();

      await page.getByRole("link", { name: "Else" }).first().click();
      await page.getByRole("heading", { name: "Something else" }).waitFor();
      expect(await page.locator("oci-lens").count()).toBe(0);
      await page.getByRole("link", { name: "Back to the image" }).click();
      await bothShowTheSample(page);
    });
  });
});
