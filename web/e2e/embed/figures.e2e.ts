import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import { serious } from "../support/axe.js";
import { failure, inLens, onSite, type Site } from "../support/embed.js";
import { fixtures } from "../support/environment.js";
import { truthTree, type Line } from "../support/truth.js";

const WEIRD = "/fixtures/weird/image.tar";
const SAMPLE = "/lens/sample.oci.tar";

let folder: string;
let truth: Line[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-figures-"));
  await writeArchive(join(folder, "slow.tar"), [[["a", 8]]]);
  await writeArchive(join(folder, "b.tar"), [[["b", 1]]]);
  await writeArchive(join(folder, "c.tar"), [[["c", 1]]]);
  const many = Array.from({ length: 400 }, (_, n): [string, number] => [`many/f${n}`, 0]);
  await writeArchive(join(folder, "many.tar"), [many]);
  await writeFile(join(folder, "text.tar"), "no archive");
  const lines = truthTree(join(fixtures, "weird"), 0);
  if (!lines) throw new Error("there is no tree of it");
  // Where AUFS kept its own files, image-spec has whiteouts of names that are not there.
  truth = lines.filter((line) => !text(line).startsWith(".wh."));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Someone's page with figures: files at `/a/`, fixtures at `/fixtures/`. */
function onPage(work: (site: Site) => Promise<void>): Promise<void> {
  return onSite(async (site) => {
    site.own.files("/a/", folder);
    site.own.files("/fixtures/", fixtures);
    await work(site);
  });
}

/** A figure that has read all that it shows. */
async function figure(page: Page, id = "oci-lens"): Promise<Locator> {
  const lens = page.locator(id);
  await lens.locator("[part=header] .status").waitFor({ timeout: 30_000 });
  return lens;
}

interface Row {
  path: string | null;
  level: string | null;
  expanded: string | null;
  words: string;
}

function rowsOf(lens: Locator): Promise<Row[]> {
  return lens.locator(".row").evaluateAll((rows) =>
    rows.map((row) => ({
      path: row.getAttribute("data-path"),
      level: row.getAttribute("aria-level"),
      expanded: row.getAttribute("aria-expanded"),
      words: row.querySelector(".name")?.textContent.replace(/\s+/g, " ").trim() ?? "",
    })),
  );
}

const text = ({ path }: Line) => Buffer.from(path, "hex").toString();
const below = (path: string) => truth.filter((line) => text(line).startsWith(`${path}/`));

describe("a tree", () => {
  test("shows what lies below a path to a depth, and how much lies deeper", async () => {
    await onPage(async ({ page, show }) => {
      await show(`<p>Before.</p><oci-lens src="${WEIRD}" view="tree" depth="1"></oci-lens>`);
      const lens = await figure(page);
      const top = truth.filter((line) => !text(line).includes("/"));
      await expect.poll(() => lens.locator(".row[data-type]").count()).toBe(top.length);
      const rows = await rowsOf(lens);
      expect(rows.map(({ path }) => path).toSorted()).toEqual(top.map(text).toSorted());
      for (const { path, level, expanded, words } of rows) {
        const held = below(path ?? "").length;
        expect(level).toBe("1");
        expect(expanded).toBe(held > 0 ? "false" : null);
        if (held > 0) expect(words).toContain(held === 1 ? "1 path" : `${held} paths`);
      }
      // Nothing is around it but its heading, and nothing has to be scrolled.
      for (const part of ["[role=tab]", "[part=side]", "[part=drop-zone]", "input", "select"]) {
        expect(await lens.locator(part).filter({ visible: true }).count(), part).toBe(0);
      }
      const heights = await inLens(lens, (element) => [element.offsetHeight, element.scrollHeight]);
      expect(heights[0]).toBeLessThan(top.length * 28 + 30 + 60);
      expect(await lens.locator("[part=header]").textContent()).toMatch(/\S\s+\/\s+verified/);
    });
  });

  test("follows path and depth, and tells a path that is not there", async () => {
    await onPage(async ({ page, show }) => {
      await show(`<oci-lens src="${WEIRD}" view="tree" path="/modes"></oci-lens>`);
      const lens = await figure(page);
      const modes = below("modes").map(text).toSorted();
      await expect.poll(() => lens.locator(".row[data-type]").count()).toBe(modes.length);
      const rows = await rowsOf(lens);
      expect(rows.map(({ path }) => path).toSorted()).toEqual(modes);
      await inLens(lens, (element) => {
        element.path = "/nowhere";
      });
      await lens.getByText("Nothing lies below /nowhere").waitFor();
      await inLens(lens, (element) => {
        element.path = "links";
        element.depth = "1";
      });
      const links = below("links").length;
      await expect.poll(() => lens.locator(".row[data-type]").count()).toBe(links);
      expect(await lens.locator("[part=header] .path").textContent()).toBe("/links");
    });
  });

  test("is opened, closed and walked through by keys", async () => {
    await onPage(async ({ page, show }) => {
      await show(`<oci-lens src="${WEIRD}" view="tree" depth="1"></oci-lens>`);
      const lens = await figure(page);
      const own = lens.locator('.row[data-path="own"]');
      await own.focus();
      await page.keyboard.press("ArrowRight");
      await lens.locator('.row[data-path="own/big"]').waitFor();
      await page.keyboard.press("ArrowDown");
      const focused = () =>
        lens.locator(".row:focus").evaluateAll((rows) => rows.map((row) => row.dataset["path"]));
      await expect.poll(focused).toEqual(["own/big"]);
      await page.keyboard.press("ArrowLeft");
      await expect.poll(focused).toEqual(["own"]);
      await page.keyboard.press("ArrowLeft");
      await expect.poll(() => own.getAttribute("aria-expanded")).toBe("false");
      await own.click();
      await lens.locator('.row[data-path="own/big"]').waitFor();
    });
  });

  test("of some layers marks what they changed and removed", async () => {
    await onPage(async ({ page, show }) => {
      await show(`<oci-lens src="${WEIRD}" view="tree" layer="1-2" depth="1"></oci-lens>`);
      const lens = await figure(page);
      await lens.locator('.row[data-change="removed"]').first().waitFor();
      const marks = await lens
        .locator(".row .change")
        .evaluateAll((cells) => cells.map((cell) => cell.textContent.trim()));
      expect(new Set(marks.map((mark) => mark.slice(0, 1)))).toContain("−");
      expect(marks.some((mark) => mark.endsWith("removed"))).toBe(true);
    });
  });
});

describe("what is highlighted", () => {
  test.each(["tree", "files"])("is marked and in sight, in %s", async (view) => {
    await onPage(async ({ page, show }) => {
      await show(
        `<div style="height: 1500px"></div>
         <oci-lens src="${WEIRD}" view="${view}" depth="1" loading="eager" style="height: 300px"
           highlight="{own/u1000,modes/f4755}" without-toolbar></oci-lens>
         <div style="height: 1500px"></div>`,
      );
      const lens = page.locator("oci-lens");
      const marked = lens.locator(".row.highlighted");
      await expect.poll(() => marked.count()).toBeGreaterThan(0);
      await marked.first().waitFor();
      const [first] = await marked.evaluateAll((rows) => rows.map((row) => row.dataset["path"]));
      expect(first).toBe("modes/f4755");
      expect(await marked.first().locator(".name").textContent()).toContain("highlighted");
      // It was scrolled to inside the element, and the page was not.
      await expect
        .poll(() =>
          marked.first().evaluate((row) => {
            const grid = row.closest(".grid")?.getBoundingClientRect();
            const { top, bottom } = row.getBoundingClientRect();
            return grid !== undefined && top >= grid.top && bottom <= grid.bottom;
          }),
        )
        .toBe(true);
      expect(await page.evaluate(() => scrollY)).toBe(0);
      if (view === "tree") {
        const all = await marked.evaluateAll((rows) => rows.map((row) => row.dataset["path"]));
        expect(all).toEqual(["modes/f4755", "own/u1000"]);
      }
    });
  });

  test("says when nothing is, and what is wrong with a pattern", async () => {
    await onPage(async ({ page, show }) => {
      await show(`<oci-lens src="${WEIRD}" view="tree" depth="1" highlight="none"></oci-lens>`);
      const lens = await figure(page);
      await lens.getByText("Nothing here is none").waitFor();
      await inLens(lens, (element) => {
        element.highlight = "[";
      });
      await lens.getByRole("alert").waitFor();
      expect(await lens.getByRole("alert").textContent()).toContain("highlighted cannot be read");
      await inLens(lens, (element) => {
        element.highlight = "own";
      });
      await lens.locator(".row.highlighted[data-path=own]").waitFor();
    });
  });
});

describe("layers and keys", () => {
  test("are figures without toolbar, and ask for nothing", async () => {
    await onPage(async ({ page, show }) => {
      for (const view of ["layers", "keys"]) {
        await show(`<oci-lens src="${SAMPLE}" view="${view}" without-toolbar></oci-lens>`);
        const lens = await figure(page);
        const shown = view === "layers" ? "[data-layer]" : "oci-lens-keys h3";
        await lens.locator(shown).first().waitFor();
        expect(
          await lens.locator("input, select, [aria-pressed]").filter({ visible: true }).count(),
        ).toBe(0);
        const [height, inside] = await inLens(lens, (element) => [
          element.offsetHeight,
          element.scrollHeight,
        ]);
        expect(height).toBeGreaterThanOrEqual(inside - 2);
      }
    });
  });
});

describe("a comparison", () => {
  const figureOf = (src: string, other: string) =>
    `<oci-lens src="${src}" with="${other}" view="compare" without-toolbar></oci-lens>`;

  test("puts an archive of another address beside, with ranges", async () => {
    await onPage(async ({ page, own, show }) => {
      await show(figureOf("/a/b.tar", "/a/c.tar"));
      const lens = page.locator("oci-lens");
      await lens.locator(".verdict").waitFor({ timeout: 30_000 });
      const marks = await lens
        .locator("oci-lens-table .row")
        .evaluateAll((rows) => rows.map((row) => row.dataset["mark"]));
      expect(marks.map((mark) => mark?.split(" ").slice(0, 2).join(" "))).toEqual([
        "removed b",
        "added c",
      ]);
      expect(await lens.locator(".sides").textContent()).not.toContain("Open");
      expect(own.asked.some(({ path, range }) => path === "/a/c.tar" && range)).toBe(true);
    });
  });

  test("says which of the two failed", async () => {
    await onPage(async ({ page, other, show, complaints }) => {
      other.files("/a/", folder);
      await show(figureOf("/a/b.tar", "/a/none.tar"));
      const lens = page.locator("oci-lens");
      const alert = lens.locator("oci-lens-compare [role=alert]");
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/none\.tar could not be opened: .*404/);
      await show(figureOf("/a/none.tar", "/a/b.tar"));
      expect((await failure(page.locator("oci-lens"))).text).toContain("404");
      expect(await page.locator("oci-lens [role=alert]").textContent()).toContain(
        "none.tar could not be opened",
      );
      await show(figureOf("/a/b.tar", `${other.origin}/a/c.tar`));
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/c\.tar could not be opened/);
      await show(figureOf("/a/b.tar", "/a/text.tar"));
      await alert.waitFor();
      expect(await alert.textContent()).toMatch(/text\.tar could not be opened/);
      complaints();
    });
  });

  test("takes another address while it loads, and stops when it is removed", async () => {
    await onPage(async ({ page, own, show }) => {
      own.files("/slow/", folder, { ranges: "none", pause: 50 });
      await show(figureOf("/a/b.tar", "/slow/slow.tar"));
      const lens = page.locator("oci-lens");
      const slow = () => own.asked.filter(({ path }) => path === "/slow/slow.tar");
      await expect.poll(() => slow()[0]?.sent ?? 0, { timeout: 20_000 }).toBeGreaterThan(200_000);
      await inLens(lens, (element) => {
        element.with = "/a/c.tar";
      });
      await lens.locator(".verdict").waitFor({ timeout: 30_000 });
      expect(slow()[0]?.broken).toBe(true);
      await inLens(lens, (element) => {
        element.with = "/slow/slow.tar";
      });
      await expect.poll(() => slow()[1]?.sent ?? 0, { timeout: 20_000 }).toBeGreaterThan(200_000);
      await inLens(lens, (element) => {
        element.remove();
      });
      await expect.poll(() => slow()[1]?.broken).toBe(true);
      await expect.poll(() => page.workers().length).toBe(0);
    });
  });
});

const AUTHORED = `<p slot="caption">What is below /names</p><pre id="plain">names/café</pre>`;

describe("what the author wrote for readers without JavaScript", () => {
  test("is all that they see", async () => {
    await onPage(async ({ context, own }) => {
      const browser = context.browser();
      if (!browser) throw new Error("there is no browser");
      own.text(
        "/plain.html",
        `<script type="module" src="/lens/oci-lens.js"></script>
         <oci-lens src="${WEIRD}" view="tree">${AUTHORED}</oci-lens>`,
      );
      const plain = await browser.newContext({ javaScriptEnabled: false });
      try {
        const page = await plain.newPage();
        await page.goto(`${own.origin}/plain.html`);
        expect(await page.locator("#plain").isVisible()).toBe(true);
        expect(await page.locator("[slot=caption]").isVisible()).toBe(true);
      } finally {
        await plain.close();
      }
    });
  });

  test("stays where the figure cannot be shown, and gives way where it can", async () => {
    await onPage(async ({ page, show, complaints }) => {
      await show(`<oci-lens src="/a/text.tar" view="tree">${AUTHORED}</oci-lens>`);
      await failure(page.locator("oci-lens"));
      expect(await page.locator("#plain").isVisible()).toBe(true);
      complaints();
      await show(`<oci-lens src="${WEIRD}" view="tree" path="names">${AUTHORED}</oci-lens>`);
      await figure(page);
      expect(await page.locator("#plain").isVisible()).toBe(false);
      expect(await page.locator("[slot=caption]").isVisible()).toBe(true);
    });
  });
});

describe("on paper", () => {
  test("a figure is whole, in light colours, with its caption", async () => {
    await onPage(async ({ page, show }) => {
      await page.emulateMedia({ colorScheme: "dark" });
      await show(
        `<oci-lens src="/a/many.tar" view="tree" theme="dark" style="height: 300px">
           <p slot="caption">Many files</p></oci-lens>`,
      );
      const lens = await figure(page);
      await expect.poll(() => lens.locator(".row[data-type]").count()).toBe(401);
      await page.emulateMedia({ media: "print" });
      const { height, background, scheme } = await inLens(lens, (element) => ({
        height: element.offsetHeight,
        background: getComputedStyle(element).backgroundColor,
        scheme: getComputedStyle(element).colorScheme,
      }));
      expect(height).toBeGreaterThan(401 * 28);
      expect([background, scheme]).toEqual(["rgb(255, 255, 255)", "light"]);
      expect(await page.locator("[slot=caption]").isVisible()).toBe(true);
      const boxes = await lens
        .locator(".row")
        .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().top));
      expect(boxes.every((top, at) => at === 0 || top > (boxes[at - 1] ?? 0))).toBe(true);
      const pages = (await page.pdf()).toString("latin1").match(/\/Type\s*\/Page\b/g)?.length;
      expect(pages).toBeGreaterThan(8);
    });
  });

  test("a comparison has all its paths", async () => {
    await onPage(async ({ page, show }) => {
      await show(
        `<oci-lens src="/a/many.tar" with="/a/b.tar" view="compare" without-toolbar></oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await lens.locator(".verdict").waitFor({ timeout: 30_000 });
      await page.waitForTimeout(500);
      expect(await lens.locator("oci-lens-table .row").count()).toBeLessThan(100);
      await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
      await expect.poll(() => lens.locator("oci-lens-table .row[data-mark]").count()).toBe(402);
      await page.evaluate(() => dispatchEvent(new Event("afterprint")));
      await expect.poll(() => lens.locator("oci-lens-table .row").count()).toBeLessThan(100);
    });
  });

  test("a figure that was never in view is its poster, with the author's own words", async () => {
    await onPage(async ({ page, show }) => {
      await show(
        `<div style="height: 4000px"></div><oci-lens src="${WEIRD}" name="weird" view="tree">${AUTHORED}</oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await lens.locator("[part=poster]").waitFor({ state: "attached" });
      expect(await page.locator("#plain").isVisible()).toBe(false);
      await page.emulateMedia({ media: "print" });
      expect(await lens.locator("[part=poster]").textContent()).toContain("weird");
      expect(await page.locator("#plain").isVisible()).toBe(true);
      expect(await page.locator("[slot=caption]").isVisible()).toBe(true);
      expect(await lens.locator("[part=poster-button]").isVisible()).toBe(false);
    });
  });
});

describe("axe finds nothing serious in", () => {
  test.each([
    ["a tree", `src="${WEIRD}" view="tree" layer="1-2" depth="2" highlight="own/*"`],
    ["layers", `src="${SAMPLE}" view="layers" without-toolbar`],
    ["keys", `src="${SAMPLE}" view="keys" without-toolbar`],
    ["a comparison", `src="/a/b.tar" with="/a/c.tar" view="compare" without-toolbar`],
    ["a failure", `src="/a/text.tar" view="tree"`],
  ])("%s", async (_, attributes) => {
    await onPage(async ({ page, show, complaints }) => {
      await show(`<main><h1>A page</h1><oci-lens ${attributes}></oci-lens></main>`);
      await page
        .locator("oci-lens")
        .locator("[part=header] .status, [role=alert]")
        .first()
        .waitFor();
      await page.waitForTimeout(500);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect(await serious({ page })).toEqual([]);
      }
      complaints();
    });
  });
});

test("a frame's address takes the same words", async () => {
  await onPage(async ({ page, show }) => {
    await show(
      `<iframe width="800" height="600"
        src="/lens/index.html?src=${WEIRD}&view=tree&path=/own&depth=1&highlight=big"></iframe>`,
      { module: "" },
    );
    const lens = page.frameLocator("iframe").locator("oci-lens");
    await lens.locator(".row.highlighted[data-path='own/big']").waitFor({ timeout: 30_000 });
    expect(await lens.locator(".row").count()).toBe(below("own").length);
  });
});
