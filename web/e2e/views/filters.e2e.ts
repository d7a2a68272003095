import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import type { Row, Viewer } from "../support/viewer.js";

/** The paths that a pattern leaves, all folders opened, without the folders that lead there. */
async function found(viewer: Viewer, pattern: string, kind: string): Promise<string[]> {
  const { element } = viewer;
  await element.locator("select.kind").selectOption(kind);
  await element.locator("input.pattern").fill(pattern);
  const matches = element.locator("[data-matches]");
  await matches.waitFor();
  await viewer.page.waitForTimeout(300);
  await viewer.expandAll();
  const count = Number(await matches.getAttribute("data-matches"));
  const rows = await viewer.readRows();
  const marked = await viewer.grid
    .locator("[role=row]:has(mark)")
    .evaluateAll((list) => list.map((row) => row.getAttribute("data-path") ?? ""));
  const paths = rows.map(({ path }) => path).filter((path) => marked.includes(path));
  expect(count).toBe(paths.length);
  return paths;
}

const marks = (viewer: Viewer) => viewer.grid.locator("mark").allTextContents();

test("paths are filtered by text, glob and regular expression, with what matches marked", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    expect((await found(viewer, "libtea", "text")).sort()).toEqual([
      "usr/lib/libtea.so",
      "usr/lib/libtea.so.2",
      "usr/lib/libtea.so.2.1",
      "usr/share/doc/libtea",
    ]);
    expect(new Set(await marks(viewer))).toEqual(new Set(["libtea"]));
    const teas = ["assam", "darjeeling", "gyokuro", "hojicha", "keemun", "oolong", "sencha"];
    expect(await found(viewer, "*.json", "glob")).toEqual(
      teas.map((tea) => `usr/share/menu/${tea}.json`),
    );
    expect(await found(viewer, "/(gyok|sench)[a-z]+\\.json$", "regex")).toEqual([
      "usr/share/menu/gyokuro.json",
      "usr/share/menu/sencha.json",
    ]);

    // A pattern that is none says so, and leaves the rows as they were.
    await element.locator("input.pattern").fill("(");
    await element.locator("#pattern-problem:not(:empty)").waitFor();
    expect(await element.locator("input.pattern").getAttribute("aria-invalid")).toBe("true");
    expect((await viewer.readRows()).map(({ path }) => path)).toContain(
      "usr/share/menu/sencha.json",
    );

    await element.locator("select.kind").selectOption("text");
    await element.locator("input.pattern").fill("no such path");
    await element.getByText("No path matches.").waitFor();
    await element.locator("[data-action=show-all]").first().click();
    await viewer.grid.locator("[data-path=bin]").waitFor();
  });
});

test("changes are shown or not, each by itself", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await element.locator('.layer[data-layer="5"] .pick').click();
    const chip = (change: string) => element.locator(`[data-show=${change}]`);
    await chip("removed").waitFor();
    await expect.poll(() => chip("removed").getAttribute("data-count")).toBe("6");
    for (const change of ["added", "modified", "unchanged"]) {
      await chip(change).click();
      await element.locator(`[data-show=${change}][aria-pressed=false]`).waitFor();
    }
    await viewer.expandAll();
    const shown = await viewer.grid
      .locator("[role=row][data-change=removed]")
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-path")));
    expect(shown.sort()).toEqual([
      "home/menu/.token",
      "tmp/build.log",
      "var/cache/packages/kettle.tar",
      "var/cache/packages/libtea.tar",
      "var/cache/packages/spoon.tar",
      "var/log/install.log",
    ]);
    await chip("added").click();
    await element.locator("[data-show=added][aria-pressed=true]").waitFor();
    await chip("removed").click();
    await element.locator("[data-show=removed][aria-pressed=false]").waitFor();
    await viewer.expandAll();
    await viewer.grid.locator('[data-path="var/cache/packages/list"][data-change=added]').waitFor();
    expect(await viewer.grid.locator("[data-change=removed]").count()).toBe(0);
  });
});

const KEYS: Record<string, (row: Row, total: number) => number | string> = {
  name: ({ path }) => path,
  size: (_row, total) => total,
  mode: ({ mode }) => mode,
  owner: ({ uid, gid }) => uid * 100_000 + gid,
  modified: ({ mtimeNs }) => Number(mtimeNs),
  layer: ({ layer }) => layer ?? -1,
};

test("rows are sorted by any column, each folder's by themselves", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element, grid } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await viewer.expandAll();
    for (const [key, value] of Object.entries(KEYS)) {
      const head = element.locator(`[role=columnheader]:has([data-sort=${key}])`);
      const directions = new Set<string>();
      for (let turn = 0; turn < 2; turn += 1) {
        if (key !== "name" || turn > 0) await element.locator(`[data-sort=${key}]`).click();
        const direction = (await head.getAttribute("aria-sort")) ?? "";
        directions.add(direction);
        await viewer.page.waitForTimeout(200);
        const rows = await viewer.readRows();
        const totals = await grid.locator("[role=row][data-path]").evaluateAll((list) =>
          list.map((row): [string, number] => {
            const { type, size = "0", totalSize = "0" } = (row as HTMLElement).dataset;
            return [row.getAttribute("data-path") ?? "", Number(type === "dir" ? totalSize : size)];
          }),
        );
        const total = new Map(totals);
        for (const folder of ["", "usr/share/menu"]) {
          const values = rows
            .filter(({ path }) => path.slice(0, Math.max(0, path.lastIndexOf("/"))) === folder)
            .map((row) => value(row, total.get(row.path) ?? 0));
          expect(values.length).toBeGreaterThan(6);
          const ordered = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
          if (direction === "descending") ordered.reverse();
          expect(values, `${key}, ${direction}, in /${folder}`).toEqual(ordered);
        }
      }
      expect(directions).toEqual(new Set(["ascending", "descending"]));
    }
  });
});

test("the tree opens to a depth", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await viewer.expandAll();
    const levels = (await viewer.readRows()).map(({ level }) => level);
    expect(Math.max(...levels)).toBeGreaterThan(3);
    for (const depth of [1, 2, 3]) {
      await element.locator(`[data-depth="${depth}"]`).click();
      const expected = levels.filter((level) => level <= depth).length;
      await expect
        .poll(async () => Number(await viewer.grid.getAttribute("aria-rowcount")) - 1)
        .toBe(expected);
    }
  });
});
