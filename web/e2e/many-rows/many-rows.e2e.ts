import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { writeManyRows, type ExpectedRow } from "../support/many-rows.js";
import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

/** Height of a row and of the head in pixels, as they are seen. */
const ROW = 28;
const HEAD = 30;

/** Rows in the document beyond those in sight: some above, some below, the one with the focus. */
const SPARE_ROWS = 24;

/** How long rows may take to come; how fast they do is measured elsewhere. */
const PATIENCE_MS = 30_000;

interface SeenRow extends ExpectedRow {
  index: number;
  /** Pixels from the upper end of what is scrolled, below the head. */
  top: number;
  height: number;
}

interface Seen {
  scrollTop: number;
  scrollHeight: number;
  /** Height of what is scrolled, without the head. */
  height: number;
  rows: SeenRow[];
  rowElements: number;
}

/** What is in sight, once scrolling has come to rest and nothing there is still on its way. */
function look({ grid }: Viewer): Promise<Seen> {
  return grid.evaluate(
    async (grid, { HEAD, PATIENCE_MS }) => {
      const rowsInSight = (): Element[] => {
        const top = grid.getBoundingClientRect().top + grid.clientTop;
        return [...grid.querySelectorAll("[role=row][data-index]")].filter((row) => {
          const box = row.getBoundingClientRect();
          return box.bottom > top + HEAD && box.top < top + grid.clientHeight;
        });
      };
      const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
      const deadline = performance.now() + PATIENCE_MS;
      let scrollTop = -1;
      for (let still = 0; still < 4 && performance.now() < deadline;) {
        const waiting =
          grid.querySelector("[role=rowgroup][aria-busy]") !== null ||
          rowsInSight().some((row) => !row.hasAttribute("data-path"));
        still = !waiting && grid.scrollTop === scrollTop ? still + 1 : 0;
        scrollTop = grid.scrollTop;
        await frame();
      }
      const upper = grid.getBoundingClientRect().top + grid.clientTop + HEAD;
      const number = (row: Element, name: string): number => Number(row.getAttribute(name));
      const rows = rowsInSight().map((row) => ({
        index: number(row, "data-index"),
        top: Math.round(row.getBoundingClientRect().top - upper),
        height: Math.round(row.getBoundingClientRect().height),
        path: row.getAttribute("data-path") ?? "",
        type: row.getAttribute("data-type") as "dir" | "file",
        level: number(row, "aria-level"),
        position: number(row, "aria-posinset"),
        siblings: number(row, "aria-setsize"),
        size: number(row, "data-size"),
      }));
      return {
        scrollTop: grid.scrollTop,
        scrollHeight: grid.scrollHeight,
        height: grid.clientHeight - HEAD,
        rows: rows.sort((a, b) => a.top - b.top),
        rowElements: grid.querySelectorAll("[role=row]").length,
      };
    },
    { HEAD, PATIENCE_MS },
  );
}

/** That exactly the rows are in sight that belong there, each in its place. */
async function expectWindow(viewer: Viewer, all: readonly ExpectedRow[]): Promise<Seen> {
  const seen = await look(viewer);
  const { scrollTop, height } = seen;
  const first = Math.floor(scrollTop / ROW);
  const end = Math.min(all.length, Math.ceil((scrollTop + height) / ROW));
  const expected = all.slice(first, end).map((row, at): SeenRow => ({
    ...row,
    index: first + at,
    top: Math.round((first + at) * ROW - scrollTop),
    height: ROW,
  }));
  expect(seen.rows).toEqual(expected);
  expect(expected.length).toBeGreaterThan(height / ROW - 1);
  expect(seen.rowElements).toBeLessThanOrEqual(Math.ceil(height / ROW) + SPARE_ROWS);
  return seen;
}

/** Numbers from 0 to 1 that are the same in every run. */
function fractions(count: number): number[] {
  let state = 12_345;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  });
}

let folder = "";
let archive = "";
let all: ExpectedRow[] = [];

// Windows by the hundred, each waited for: minutes on a busy machine.
vi.setConfig({ testTimeout: 600_000 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-e2e-"));
  archive = join(folder, "many.tar");
  all = await writeManyRows(archive);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Opens the archive and all of its folders, and goes on with the first window. */
async function inOpened(
  test: (viewer: Viewer, window: () => Promise<Seen>, first: Seen) => Promise<void>,
): Promise<void> {
  await inBrowser(
    async ({ viewer }) => {
      await viewer.drop(archive);
      expect(await viewer.scanned(300_000)).toBe("done");
      const { totals } = await viewer.report();
      expect(totals.diffIds).toMatchObject({ verified: 1, mismatch: 0 });
      expect(await viewer.expandAll()).toBe(all.length);
      const window = (): Promise<Seen> => expectWindow(viewer, all);
      const first = await window();
      expect(first.scrollTop).toBe(0);
      expect(first.scrollHeight).toBe(all.length * ROW + HEAD);
      await test(viewer, window, first);
    },
    { scrollbars: true },
  );
}

test("there are 200,000 rows", () => {
  expect(all.length).toBe(200_000);
  expect(new Set(all.map(({ path }) => path)).size).toBe(all.length);
});

test("the wheel shows the rows of every place it comes to", async () => {
  await inOpened(async (viewer, window) => {
    await viewer.grid.hover();
    let before = 0;
    for (const delta of [40, 333, 7 * ROW, 5000, 1, 25_000, 900_000, -700, -14_000, 200 * ROW]) {
      for (let turn = 0; turn < 4; turn += 1) {
        await viewer.page.mouse.wheel(0, delta);
        const { scrollTop } = await window();
        expect(Math.sign(scrollTop - before)).toBe(Math.sign(delta));
        before = scrollTop;
      }
    }
  });
});

test("keys move the focus to the row that is then in sight", async () => {
  await inOpened(async (viewer, window, { rows }) => {
    const focus = async (): Promise<number> => {
      const path = await viewer.focused();
      return all.findIndex((row) => row.path === path);
    };
    /** Presses a key; the row that has the focus then is in sight. */
    const press = async (key: string): Promise<number> => {
      await viewer.page.keyboard.press(key);
      const { rows } = await window();
      const index = await focus();
      expect(rows.map((row) => row.index)).toContain(index);
      return index;
    };
    await viewer.element.locator("[role=row][data-index='0'] .label").click();
    expect(await focus()).toBe(0);

    let at = 0;
    for (let turn = 0; turn < 12; turn += 1) {
      const next = await press("PageDown");
      expect(next - at).toBeGreaterThan(rows.length / 2);
      expect(next - at).toBeLessThanOrEqual(rows.length);
      at = next;
    }
    expect(await press("ArrowDown")).toBe(at + 1);
    expect(await press("End")).toBe(all.length - 1);
    expect(await press("ArrowUp")).toBe(all.length - 2);
    at = await press("PageUp");
    expect(at).toBeLessThan(all.length - 2);
    expect(await press("Home")).toBe(0);
    expect(await press("End")).toBe(all.length - 1);
    expect(await press("Home")).toBe(0);
  });
});

test("the focus stays on its row, however far the rest is scrolled", async () => {
  await inOpened(async (viewer, window, { rows }) => {
    const chosen = rows[5]?.path ?? "";
    await viewer.element.locator("[role=row][data-index='5'] .label").click();
    await viewer.grid.hover();
    for (const delta of [3000, 400_000, 4_000_000, 9_000_000, -2_500_000]) {
      await viewer.page.mouse.wheel(0, delta);
      const { rows } = await window();
      expect(rows.map(({ path }) => path)).not.toContain(chosen);
      expect(await viewer.focused()).toBe(chosen);
    }
    // The next key goes on from there.
    await viewer.page.keyboard.press("ArrowDown");
    expect((await window()).rows.map(({ index }) => index)).toContain(6);
    expect(await viewer.focused()).toBe(all[6]?.path);
  });
});

test("dragging the scrollbar shows the rows of every place it comes to", async () => {
  await inOpened(async (viewer, window, { scrollHeight, height }) => {
    const { mouse } = viewer.page;
    const box = await viewer.grid.boundingBox();
    if (!box) throw new Error("the tree has no box");
    const x = box.x + box.width - 7;
    const thumb = box.y + 22;
    await mouse.move(x, thumb);
    await mouse.down();
    let before = 0;
    for (const share of [0.001, 0.1, 0.33, 0.335, 0.5, 0.72, 0.9]) {
      await mouse.move(x, thumb + share * box.height, { steps: 5 });
      const { scrollTop } = await window();
      expect(scrollTop).toBeGreaterThan(before);
      before = scrollTop;
    }
    await mouse.move(x, box.y + box.height + 100, { steps: 3 });
    expect((await window()).scrollTop).toBe(scrollHeight - HEAD - height);
    for (const share of [0.6, 0.2]) {
      await mouse.move(x, thumb + share * box.height);
      const { scrollTop } = await window();
      expect(scrollTop).toBeLessThan(before);
      before = scrollTop;
    }
    await mouse.up();
    await window();
  });
});

test("any place shows its rows, also after many others at once", async () => {
  await inOpened(async (viewer, window, { scrollHeight }) => {
    const jump = (scrollTop: number): Promise<void> =>
      viewer.grid.evaluate((grid, top) => {
        grid.scrollTop = top;
      }, scrollTop);
    for (const share of fractions(40)) {
      await jump(share * scrollHeight);
      await window();
    }
    // Faster than rows can come, through more of them than are kept.
    for (const to of [scrollHeight, 0]) {
      await viewer.grid.evaluate(async (grid, to) => {
        const from = grid.scrollTop;
        for (let turn = 1; turn <= 150; turn += 1) {
          grid.scrollTop = from + ((to - from) * turn) / 150;
          await new Promise((done) => requestAnimationFrame(done));
        }
      }, to);
      await window();
    }
  });
});

test("rows are drawn once, as they are; without what they tell only if they come late", async () => {
  await inOpened(async (viewer, window, { scrollHeight }) => {
    /** Jumps, and counts what is drawn until the rows are there, which are kept back for a while. */
    const jump = (to: number, wait: number) =>
      viewer.grid.evaluate(
        async (grid, { to, wait }) => {
          // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its worker below
          const { postMessage } = Worker.prototype;
          Worker.prototype.postMessage = function (this: Worker, ...given: unknown[]) {
            setTimeout(() => {
              Reflect.apply(postMessage, this, given);
            }, wait);
          };
          const seen = { late: 0, moved: 0, busy: 0 };
          const observer = new MutationObserver((changes) => {
            for (const { target, type, attributeName } of changes) {
              const { classList } = target as Element;
              if (attributeName === "class" && classList.contains("waiting")) seen.late += 1;
              if (!classList.contains("rows")) continue;
              if (attributeName === "aria-busy") seen.busy += 1;
              if (type === "childList") seen.moved += 1;
            }
          });
          observer.observe(grid, { subtree: true, childList: true, attributes: true });
          grid.scrollTop = to;
          const frame = (): Promise<unknown> => new Promise((done) => requestAnimationFrame(done));
          const done = (): boolean =>
            !grid.querySelector("[role=rowgroup][aria-busy]") && !grid.querySelector(".waiting");
          for (let still = 0; still < 10; still = done() ? still + 1 : 0) await frame();
          observer.disconnect();
          Worker.prototype.postMessage = postMessage;
          return seen;
        },
        { to, wait },
      );
    // As many rows fit as do here.
    await jump(ROW * 30_050, 0);
    await window();
    // Whether the answer comes in time is for the machine to say: once of some times it does.
    const seen = [];
    for (const at of [50_050, 70_050, 90_050, 110_050, 130_050, 150_050]) {
      seen.push(await jump(ROW * at, 0));
      await window();
    }
    expect(seen).toContainEqual({ late: 0, moved: 0, busy: 2 });
    expect((await jump(ROW * 10_050, 1000)).late).toBeGreaterThan(20);
    await window();
    expect(scrollHeight).toBeGreaterThan(ROW * 150_050);
  });
});
