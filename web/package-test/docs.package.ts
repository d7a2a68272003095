import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { required, served } from "../e2e/support/environment.js";
import { isOnDark } from "./colours.js";
import { installed, installedFor, outFolder } from "./installed.js";
import { inPage } from "./pages.js";
import { withSite } from "./site.js";

/** Where the programs of the generators are that npm has not, if all of them are to be tested. */
const programs = process.env["OCI_LENS_DOCS"];

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
  const command = /^```sh\n([\s\S]*?)\n```$/m.exec(section)?.[1];
  if (files.size === 0 || command === undefined) throw new Error(`there is no recipe of ${name}`);
  return { files, command };
}

/** The site as its recipe tells, built. */
async function built({ name, packages = installed, archive, site }: Generator): Promise<string> {
  const { files, command } = recipe(name);
  const folder = outFolder(name.toLowerCase());
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  mkdirSync(join(folder, archive), { recursive: true });
  cpSync(join(served, "sample.oci.tar"), join(folder, archive, "sample.oci.tar"));
  symlinkSync(dirname(packages), join(folder, "node_modules"));
  await promisify(execFile)("sh", ["-e", "-c", command], {
    cwd: folder,
    env: { ...process.env, PATH: [programs, process.env["PATH"]].filter(Boolean).join(delimiter) },
  });
  return join(folder, site);
}

/** Two embeds show the merged tree of the sample. */
async function bothShowTheSample(page: Page): Promise<void> {
  const embeds = page.locator("oci-lens");
  await expect.poll(() => embeds.count()).toBe(2);
  for (const embed of await embeds.all()) {
    // Until then it is a poster.
    await embed.scrollIntoViewIfNeeded();
    const row = embed.locator("[role=row][data-path=etc]");
    await row.waitFor();
    expect(await row.textContent()).toContain("drwxr-xr-x");
  }
}

/** The colours of the page and of its embeds: `[true]` where all are dark. */
async function dark(page: Page): Promise<boolean[]> {
  const all = [page.locator("body"), ...(await page.locator("oci-lens [part=main]").all())];
  return [...new Set(await Promise.all(all.map(isOnDark)))];
}

interface Generator {
  name: string;
  /** The package among the generator's others, where these have a folder of their own. */
  packages?: string;
  /** The folder that the archive is in. */
  archive: string;
  /** The folder that the site is built in. */
  site: string;
  /** What a reader clicks on to switch the colours. */
  toggle: readonly string[];
  /** Whether the generator's own script goes from page to page. */
  routes: boolean;
  /** Whether `cargo xtask test` has it without `--docs`, too. */
  always?: boolean;
}

const GENERATORS: readonly Generator[] = [
  {
    name: "VitePress",
    archive: "public",
    site: ".vitepress/dist",
    toggle: [".VPNavBarAppearance button"],
    routes: true,
    always: true,
  },
  {
    name: "MkDocs",
    archive: "docs",
    site: "site",
    toggle: ["[data-md-component=palette] label:visible"],
    // Only where the site is on its scheme's own port: Material looks up addresses without one.
    routes: false,
  },
  {
    name: "Sphinx",
    archive: "_static",
    site: "site",
    toggle: [".theme-toggle:visible"],
    routes: false,
  },
  {
    name: "Docusaurus",
    packages: installedFor("docusaurus"),
    archive: "static",
    site: "build",
    toggle: [".navbar [class*=colorModeToggle] button"],
    routes: true,
  },
  {
    name: "mdBook",
    archive: "src",
    site: "book",
    toggle: ["#mdbook-theme-toggle", "#mdbook-theme-navy"],
    routes: false,
  },
];

for (const generator of GENERATORS) {
  const runs = generator.always === true || programs !== undefined;
  test.skipIf(!runs)(
    `${generator.name}: two embeds live through other colours and another page`,
    async () => {
      await withSite(await built(generator), { base: "/" }, async ({ url }) => {
        const work = async (page: Page): Promise<void> => {
          await page.setViewportSize({ width: 1440, height: 1200 });
          await bothShowTheSample(page);
          expect(await dark(page)).toEqual([false]);
          for (const part of generator.toggle) await page.locator(part).first().click();
          await expect.poll(() => dark(page)).toEqual([true]);
          await bothShowTheSample(page);

          // A page that is loaded anew has nothing of the one before.
          await page.evaluate(() => Reflect.set(window, "stays", true));
          const stays = (): Promise<boolean> => page.evaluate(() => Reflect.has(window, "stays"));
          await page
            .getByRole("link", { name: /(?:^|\s)(?:something )?else$/i })
            .first()
            .click();
          await page.getByRole("heading", { name: "Something else" }).waitFor();
          expect(await page.locator("oci-lens").count()).toBe(0);
          expect(await stays()).toBe(generator.routes);
          await page.getByRole("link", { name: "Back to the image" }).click();
          await bothShowTheSample(page);
          expect(await stays()).toBe(generator.routes);
          expect(await dark(page)).toEqual([true]);
        };
        await inPage(url, work, { silent: true });
      });
    },
  );
}
