import { join } from "node:path";

import { expect, test } from "vitest";

import { fixture, fixtureNames, fixtures } from "../support/environment.js";
import { testOnReal } from "../support/real.js";
import { inBrowser } from "../support/session.js";
import { fromRows, nativeTree, truthTree, type Line } from "../support/truth.js";
import type { Row, Viewer } from "../support/viewer.js";

/** Opens everything and reads every row by scrolling through all of them. */
async function allRows(viewer: Viewer): Promise<Row[]> {
  const total = await viewer.expandAll();
  const rows = await viewer.readRows();
  expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: total }, (_, at) => at));
  return rows;
}

/** That rows stand where a tree has them: under their parent, numbered among their siblings. */
function expectTree(rows: readonly Row[]): void {
  const above: { path: string; seen: number; siblings: number }[] = [];
  for (const { path, level, position, siblings } of rows) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    above.length = level;
    expect(level === 1 ? "" : above[level - 1]?.path).toBe(level === 1 ? "" : parent);
    above[level] = { path, seen: 0, siblings: 0 };
    const group = above[level - 1] ?? (above[level - 1] = { path: "", seen: 0, siblings: 0 });
    group.seen += 1;
    expect([position, siblings]).toEqual([
      group.seen,
      group.siblings === 0 ? siblings : group.siblings,
    ]);
    group.siblings = siblings;
  }
}

test("rows of every fixture are those of the native command", async () => {
  await inBrowser(async ({ viewer }) => {
    let compared = 0;
    for (const name of fixtureNames()) {
      await viewer.drop(fixture(name));
      const opened = await viewer.element
        .locator("[data-scan=done], [role=alert][data-code]")
        .first()
        .waitFor()
        .then(async () => (await viewer.element.locator("[data-scan=done]").count()) > 0);
      if (opened) {
        for (const { number, presence } of (await viewer.report()).images) {
          if (presence === "absent") continue;
          await viewer.choose(number);
          const rows = await allRows(viewer);
          expect(fromRows(rows), `${name}, image ${number}`).toEqual(
            nativeTree(fixture(name), number),
          );
          expectTree(rows);
          compared += 1;
        }
        await viewer.close();
      }
    }
    expect(compared).toBeGreaterThanOrEqual(25);
  });
});

/** Rows as far as the truth determines them: it knows no times where a tool made up its own. */
function determined(rows: readonly Line[], truth: readonly Line[]): Line[] {
  const known = new Set(
    truth.filter(({ mtimeNs }) => mtimeNs !== undefined).map(({ path }) => path),
  );
  return rows.map((row) => (known.has(row.path) ? row : { ...row, mtimeNs: undefined }));
}

test.each(["hello-oci-archive", "weird-pax"])("rows of %s are the truth", async (name) => {
  await inBrowser(async ({ viewer }) => {
    await viewer.pick(fixture(name));
    expect(await viewer.scanned()).toBe("done");
    const rows = fromRows(await allRows(viewer));
    const truth = truthTree(join(fixtures, name), 0) ?? [];
    expect(determined(rows, truth)).toEqual(truth);
  });
});

testOnReal(
  "rows of a real image are the truth, each of them",
  "debian-app-zstd",
  async (folder) => {
    await inBrowser(async ({ viewer }) => {
      await viewer.drop(join(folder, "image.tar"));
      expect(await viewer.scanned()).toBe("done");
      const rows = await allRows(viewer);
      expectTree(rows);
      const lines = fromRows(rows);
      expect(lines).toEqual(nativeTree(join(folder, "image.tar"), 0));
      const truth = truthTree(folder, 0) ?? [];
      expect(determined(lines, truth)).toEqual(truth);
    });
  },
);
