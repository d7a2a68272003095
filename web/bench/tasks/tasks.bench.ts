import { join } from "node:path";

import type { Page } from "playwright-core";

import { tarHeader, tarMember, writeLayout, type Layer } from "../../e2e/support/archive.js";
import { writeManyRows } from "../../e2e/support/many-rows.js";
import type { Viewer } from "../../e2e/support/viewer.js";
import { percentile, type Bench, type Case, type Findings } from "../support/bench.js";
import { onStage, workClock, type Stage } from "../support/browser.js";
import { rowsWatch, type Answered } from "./rows.js";

/** Each thing that is done to a tree is done so often. */
const ROUNDS = 5;

/** What the page at rest is measured for, in milliseconds. */
const REST = 5000;

const LAYERS = 8;
const FILES_EACH = 512;
const FILE_BYTES = 256 * 1024;

/** How long anything may take. */
const PATIENCE = 300_000;

/** What one thing took the main thread. */
interface Taken {
  /** How long each task took that held the page up for more than 50 ms. */
  longTasks: number[];
  /** Milliseconds until it was done. */
  time: number;
  /** Processor time of the page's main thread in milliseconds. */
  work: number;
  /** From a key or a click to the rows that it leads to. */
  answered?: Answered;
}

export const tasks: Bench = {
  name: "tasks",
  about: "tasks of the main thread while 1 GiB is read, and while 200,000 paths are worked on",
  run: async () => [await onStage(measure)],
};

async function measure({ viewer, page, folder, browser }: Stage): Promise<Findings> {
  const large = join(folder, "large.tar");
  const many = join(folder, "many.tar");
  await writeLarge(large);
  const rows = (await writeManyRows(many)).length;
  const watch = await watcher(page);
  const found = new Map<string, Taken[]>();
  const keep = (name: string, taken: Taken): void => {
    found.set(name, [...(found.get(name) ?? []), taken]);
  };
  const take = async (name: string, work: () => Promise<unknown>): Promise<void> => {
    keep(name, await watch(work));
  };
  const untilRows = await rowsWatch(page);
  /** The same of a key or a click that leads to other rows. */
  const answer = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    let answered: Answered | undefined;
    const taken = await watch(async () => {
      answered = await untilRows(act);
    });
    keep(name, { ...taken, ...(answered ? { answered } : {}) });
  };
  const click = (selector: string) => () => viewer.element.locator(selector).click();
  const pattern = viewer.element.locator("input.pattern");

  await take("at rest, nothing open", () => page.waitForTimeout(REST));
  await take("1 GiB is read", () => opened(viewer, large));
  await take("at rest, 1 GiB open", () => page.waitForTimeout(REST));
  await viewer.close();
  await take("200,000 paths are read", () => opened(viewer, many));
  for (let round = 0; round < ROUNDS; round += 1) {
    await answer("all folders are opened", click('[data-depth="all"]'));
    await answer("sorted by size", click("[data-sort=size]"));
    await answer("sorted by name", click("[data-sort=name]"));
    for (const [kind, text] of [
      ["text", "entry-49"],
      ["glob", "**/Upper-*"],
      ["regex", "(^|/)[.]hidden-[0-9]*7$"],
    ] as const) {
      await viewer.element.locator("select.kind").selectOption(kind);
      await untilRows(() => pattern.fill(text.slice(0, -1)));
      await answer(`filtered by ${kind}, the last key`, () => pattern.press(text.slice(-1)));
      await answer("the filter is cleared", () => pattern.press("Escape"));
    }
    await answer("all folders are closed", click('[data-depth="1"]'));
  }
  await take("at rest, 200,000 paths open", () => page.waitForTimeout(REST));
  return {
    setting: {
      browser,
      rows,
      "bytes unpacked": LAYERS * FILES_EACH * FILE_BYTES,
      "layers of the large one": LAYERS,
    },
    cases: [...found].map(([name, rounds]) => summary(name, rounds)),
    ratios: [
      { figure: "work a second", of: "1 GiB is read", to: "at rest, 1 GiB open" },
      { figure: "work a second", of: "200,000 paths are read", to: "at rest, 200,000 paths open" },
    ],
  };
}

function summary(name: string, rounds: readonly Taken[]): Case {
  const ms = (value: number) => ({ value, unit: "ms" }) as const;
  const sum = (value: (round: Taken) => number): number =>
    rounds.reduce((sum, round) => sum + value(round), 0);
  const longTasks = rounds.flatMap((round) => round.longTasks);
  const time = sum((round) => round.time);
  const work = sum((round) => round.work);
  const answered = rounds.flatMap((round) => round.answered ?? []);
  const median = (value: (each: Answered) => number) => ms(percentile(answered.map(value), 0.5));
  return {
    name,
    figures: {
      times: { value: rounds.length, unit: "" },
      "long tasks": { value: longTasks.length, unit: "" },
      "longest task": ms(Math.max(0, ...longTasks)),
      "work each time": ms(work / rounds.length),
      ...(answered.length === 0
        ? { "each time": ms(time / rounds.length), "work a second": ms((1000 * work) / time) }
        : {
            "until rows": median(({ rows }) => rows),
            "in the worker": median(({ worker }) => worker),
          }),
    },
  };
}

/** Watches the main thread while something is done. */
async function watcher(page: Page): Promise<(work: () => Promise<unknown>) => Promise<Taken>> {
  const clock = await workClock(page);
  await page.evaluate(() => {
    const longTasks: number[] = [];
    Object.assign(globalThis, { longTasks });
    new PerformanceObserver((entries) => {
      longTasks.push(...entries.getEntries().map(({ duration }) => duration));
    }).observe({ type: "longtask" });
  });
  const seen = () =>
    page.evaluate(() => (globalThis as unknown as { longTasks: number[] }).longTasks.splice(0));
  return async (work) => {
    await seen();
    const before = await clock();
    const start = performance.now();
    await work();
    const time = performance.now() - start;
    const spent = (await clock()) - before;
    // The observer is told a little later.
    await page.waitForTimeout(100);
    return { longTasks: await seen(), time, work: spent };
  };
}

async function opened(viewer: Viewer, archive: string): Promise<void> {
  await viewer.drop(archive);
  await viewer.element.locator("[data-scan=running]").waitFor({ timeout: PATIENCE });
  const scanned = await viewer.scanned(PATIENCE);
  if (scanned !== "done") throw new Error(`the scan is ${scanned}`);
}

/** Writes an archive of gzip layers that unpack to 1 GiB: much of the same, so that it is quick. */
function writeLarge(archive: string): Promise<void> {
  const line = Buffer.alloc(FILE_BYTES, "as much of the same as anyone could want\n");
  const layers = Array.from({ length: LAYERS }, (_, layer): Layer => ({
    tar: function* () {
      for (let file = 0; file < FILES_EACH; file += 1) {
        if (file % 64 === 0) yield tarHeader(`folder-${layer}-${file / 64}/`, "5", 0);
        const name = `folder-${layer}-${Math.floor(file / 64)}/file-${file}.txt`;
        yield* tarMember(name, FILE_BYTES, [line]);
      }
      yield Buffer.alloc(1024);
    },
    compression: "gzip",
  }));
  return writeLayout(archive, layers);
}
