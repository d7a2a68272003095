import { join } from "node:path";

import type { Locator, Page } from "playwright-core";

import { writeManyRows } from "../../e2e/support/many-rows.js";
import { percentile, type Bench, type Case, type Findings } from "../support/bench.js";
import { onStage, workClock, type Stage } from "../support/browser.js";

/** Each case is measured so often, in turn with the others. */
const ROUNDS = 3;
const SECONDS = 4;

/** Rows of the plain list: as many as a page may well hold without any code for it. */
const PLAIN_ROWS = 2000;

/** Pixels a second: the eye just follows; a flick of a finger. */
const SKIMMED = 4000;
const FLUNG = 40_000;

/** What a stretch of frames was like. */
interface Frames {
  /** Times between frames in milliseconds. */
  intervals: number[];
  /** How long each task took that held the page up for more than 50 ms. */
  longTasks: number[];
  /** Frames in which a row in sight had no content yet. */
  blank: number;
  /** Processor time of the page's main thread in milliseconds; other programs do not lengthen it. */
  work: number;
}

export const scroll: Bench = {
  name: "scroll",
  about: "frames while 200,000 rows are scrolled through, and what a list without code has",
  run: async () => [await onStage(measure)],
};

async function measure({ viewer, page, folder, browser }: Stage): Promise<Findings> {
  const archive = join(folder, "many.tar");
  const rows = (await writeManyRows(archive)).length;
  await viewer.drop(archive);
  const scanned = await viewer.scanned(300_000);
  const opened = await viewer.expandAll();
  if (scanned !== "done" || opened !== rows) {
    throw new Error(`the scan is ${scanned}, and there are ${opened} rows instead of ${rows}`);
  }
  const range = await viewer.grid.evaluate((grid) => grid.scrollHeight - grid.clientHeight);
  const speeds = { skimmed: SKIMMED, flung: FLUNG, "all in one go": range / SECONDS };
  const plain = await plainList(page, viewer.grid);
  const cases = Object.entries(speeds).flatMap(([name, speed]): [string, Locator, number][] => [
    [`plain list, ${name}`, plain, speed],
    [`viewer, ${name}`, viewer.grid, speed],
  ]);
  const clock = await workClock(page);
  const found = new Map<string, Frames[]>();
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, list, speed] of [["idle", viewer.grid, 0] as const, ...cases]) {
      await plain.evaluate((list, shown) => {
        (list as HTMLElement).hidden = !shown;
      }, list === plain);
      const before = await clock();
      const seen = await frames(list, speed);
      const rounds = found.get(name) ?? [];
      found.set(name, [...rounds, { ...seen, work: (await clock()) - before }]);
    }
  }
  const ratios = (figure: string, base: (speed: string) => string) =>
    Object.keys(speeds).map((name) => ({ figure, of: `viewer, ${name}`, to: base(name) }));
  return {
    setting: { browser, rows, "pixels a second": Object.values(speeds).map(Math.round).join(", ") },
    cases: [...found].map(([name, rounds]) => summary(name, rounds)),
    ratios: [
      ...ratios("median", () => "idle"),
      ...ratios("95th", () => "idle"),
      ...ratios("95th", (name) => `plain list, ${name}`),
      ...ratios("work a frame", (name) => `plain list, ${name}`),
    ],
  };
}

function summary(name: string, rounds: readonly Frames[]): Case {
  const intervals = rounds.flatMap((round) => round.intervals);
  const longTasks = rounds.flatMap((round) => round.longTasks);
  const sum = (value: (round: Frames) => number): number =>
    rounds.reduce((sum, round) => sum + value(round), 0);
  const ms = (value: number) => ({ value, unit: "ms" }) as const;
  return {
    name,
    figures: {
      frames: { value: intervals.length, unit: "" },
      median: ms(percentile(intervals, 0.5)),
      "95th": ms(percentile(intervals, 0.95)),
      "99th": ms(percentile(intervals, 0.99)),
      longest: ms(Math.max(...intervals)),
      "long tasks": { value: longTasks.length, unit: "" },
      "longest task": ms(Math.max(0, ...longTasks)),
      "work a frame": ms(sum(({ work }) => work) / intervals.length),
      blank: { value: (100 * sum(({ blank }) => blank)) / intervals.length, unit: "%" },
    },
  };
}

/** A list over the viewer's, of the same size, which the browser scrolls by itself. */
async function plainList(page: Page, grid: Locator): Promise<Locator> {
  const box = await grid.boundingBox();
  await page.evaluate(
    ({ box, PLAIN_ROWS }) => {
      const list = document.createElement("div");
      list.id = "plain-list";
      Object.assign(list.style, {
        position: "fixed",
        left: `${box?.x ?? 0}px`,
        top: `${box?.y ?? 0}px`,
        width: `${box?.width ?? 0}px`,
        height: `${box?.height ?? 0}px`,
        overflow: "auto",
        background: "white",
        font: "14px sans-serif",
      });
      for (let row = 0; row < PLAIN_ROWS; row += 1) {
        const line = document.createElement("div");
        line.style.height = "28px";
        line.textContent = `folder-${row % 20}/entry-${row}.txt`;
        list.append(line);
      }
      document.body.append(list);
    },
    { box, PLAIN_ROWS },
  );
  return page.locator("#plain-list");
}

/** Scrolls for some seconds at a constant speed, from the top; where it ends, from the top again. */
function frames(list: Locator, speed: number): Promise<Omit<Frames, "work">> {
  return list.evaluate(
    async (list, { speed, SECONDS }) => {
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      list.scrollTop = 0;
      // What came before is not ours.
      for (let still = 0; still < 30; still += 1) await frame();
      const longTasks: number[] = [];
      const observer = new PerformanceObserver((entries) => {
        longTasks.push(...entries.getEntries().map(({ duration }) => duration));
      });
      observer.observe({ type: "longtask" });
      const range = list.scrollHeight - list.clientHeight;
      const intervals: number[] = [];
      let blank = 0;
      const start = await frame();
      for (let before = start; before - start < SECONDS * 1000;) {
        const now = await frame();
        intervals.push(now - before);
        before = now;
        // What is drawn beyond the edges may wait. Rows that are not drawn yet are blank, too.
        const { bottom } = list.getBoundingClientRect();
        const top = list.querySelector(".head")?.getBoundingClientRect().bottom ?? bottom;
        let drawn = 0;
        for (const row of list.querySelectorAll("[data-index]:not(.waiting)")) {
          const box = row.getBoundingClientRect();
          drawn += Math.max(0, Math.min(box.bottom, bottom) - Math.max(box.top, top));
        }
        const waits = drawn < bottom - top - 1;
        if (waits) blank += 1;
        if (speed > 0) list.scrollTop = (((now - start) / 1000) * speed) % range;
      }
      await frame();
      observer.disconnect();
      return { intervals, longTasks, blank };
    },
    { speed, SECONDS },
  );
}
