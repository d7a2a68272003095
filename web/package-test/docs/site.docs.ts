import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, posix } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";

import { command, required, served } from "../../e2e/support/environment.js";
import { isOnDark } from "../colours.js";
import { inPage } from "../pages.js";
import { withSite } from "../site.js";

const site = required("OCI_LENS_DOCS_SITE");

const files = readdirSync(site, { recursive: true, encoding: "utf8" });

const pages = files.filter((file) => file.endsWith(".html") && file !== "404.html").sort();

const textOf = (page: string): string => readFileSync(join(site, page), "utf8");

/** What a reader sees of the sample in each view; where nothing is opened, its offer. */
const SHOWN: Readonly<Record<string, string>> = {
  "": "Open a sample",
  overview: "linux/riscv64",
  layers: "blob-digest-mismatch",
  waste: "var/cache/packages/kettle.tar",
  files: "drwxr-xr-x",
  keys: "sha256:56fe1aca65fe3a6956cfcf9a123dc5b353425cead9c54e9c760415bb68a20761",
  compare: "The two images differ.",
  hidden: "home/menu/.token",
};

async function showsWhatItIsAbout(embed: Locator): Promise<void> {
  await embed.scrollIntoViewIfNeeded();
  const shown = SHOWN[(await embed.getAttribute("view")) ?? ""];
  expect(shown, "a view of which it is known what it shows").toBeDefined();
  await embed
    .getByText(shown ?? "")
    .first()
    .waitFor({ state: "attached" });
}

/** Every embed shows something, and nothing is wider than the window. */
async function looksAsItShould(page: Page, onDark: boolean): Promise<void> {
  expect(await isOnDark(page.locator("body"))).toBe(onDark);
  for (const embed of await page.locator("oci-lens").all()) {
    await showsWhatItIsAbout(embed);
    const part = embed.locator("[part=main], [part=drop-zone]").first();
    expect(await isOnDark(part)).toBe(onDark);
  }
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

test("every page shows its embeds, in both colours and on a telephone, and asks nobody else", async () => {
  await withSite(site, { base: "/" }, async ({ url }) => {
    const work = async (page: Page): Promise<void> => {
      const foreign: string[] = [];
      page.on("request", (request) => {
        if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(url)) {
          foreign.push(request.url());
        }
      });
      for (const path of pages) {
        await page.setViewportSize({ width: 1280, height: 1000 });
        await page.emulateMedia({ colorScheme: "light" });
        await page.goto(url + path);
        await looksAsItShould(page, false);
        await page.emulateMedia({ colorScheme: "dark" });
        await expect.poll(() => isOnDark(page.locator("body"))).toBe(true);
        await looksAsItShould(page, true);
        await page.setViewportSize({ width: 390, height: 844 });
        await looksAsItShould(page, true);
      }
      expect(foreign).toEqual([]);
    };
    await inPage(url, work, { silent: true });
  });
});

test("the guide has an embed on each of its pages, with a picture for readers without scripts", () => {
  const guide = pages.filter((page) => page.startsWith("docs/guide/"));
  expect(guide).toHaveLength(8);
  for (const page of ["index.html", ...guide]) {
    const embeds = [...textOf(page).matchAll(/<oci-lens[ >][\s\S]*?<\/oci-lens>/g)];
    expect(embeds.length, page).toBeGreaterThan(0);
    for (const [embed] of embeds) {
      const [, picture = ""] = /<img src="\/([^"]+)"/.exec(embed) ?? [];
      expect(files, page).toContain(picture);
    }
  }
});

test("no link leads to nothing", () => {
  const anchors = new Map(
    pages.map((page) => [
      page,
      new Set([...textOf(page).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  let checked = 0;
  for (const page of pages) {
    for (const [, href = ""] of textOf(page).matchAll(/<a [^>]*?href="([^"]*)"/g)) {
      if (/^\w+:/.test(href)) continue;
      const [path = "", anchor] = href.split("#");
      const from = posix.join("/", dirname(page), "x");
      let to = decodeURIComponent(new URL(path, `http://host${from}`).pathname).slice(1);
      if (path === "") to = page;
      else if (to === "" || to.endsWith("/")) to += "index.html";
      expect(existsSync(join(site, to)), `${page} links to ${href}`).toBe(true);
      if (anchor) {
        expect(anchors.get(to)?.has(decodeURIComponent(anchor)), `${page}: ${href}`).toBe(true);
      }
      checked += 1;
    }
  }
  expect(checked).toBeGreaterThan(100);
});

test("commands of the guide print what it says", () => {
  const folder = join(required("OCI_LENS_ROOT"), "docs", "guide");
  const path = [dirname(command()), process.env["PATH"]].join(delimiter);
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const blocks = texts.flatMap((text) => [
    ...text.matchAll(/^```console\n\$ (.*)\n([\s\S]*?)^```$/gm),
  ]);
  expect(blocks.length).toBeGreaterThan(0);
  for (const [, line = "", printed = ""] of blocks) {
    const said = spawnSync("sh", ["-c", line], {
      cwd: served,
      env: { ...process.env, PATH: path },
      encoding: "utf8",
    });
    expect(said.stdout, line).toBe(printed);
  }
});
