import type { Page } from "playwright-core";

import { percentile, type Case } from "./bench.js";
import { workClock } from "./browser.js";
import { rowsWatch, type Answered } from "./rows.js";

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

/** Does things to a page, each under a name and as often as it is asked, and keeps what they took. */
export class Watched {
  readonly #found = new Map<string, Taken[]>();

  private constructor(
    private readonly watch: (work: () => Promise<unknown>) => Promise<Taken>,
    private readonly untilRows: (act: () => Promise<unknown>) => Promise<Answered>,
  ) {}

  static async on(page: Page): Promise<Watched> {
    return new Watched(await watcher(page), await rowsWatch(page));
  }

  async take(name: string, work: () => Promise<unknown>): Promise<void> {
    this.#keep(name, await this.watch(work));
  }

  /** The same of a key or a click that leads to other rows. */
  async answer(name: string, act: () => Promise<unknown>): Promise<void> {
    let answered: Answered | undefined;
    const taken = await this.watch(async () => {
      answered = await this.untilRows(act);
    });
    this.#keep(name, { ...taken, ...(answered ? { answered } : {}) });
  }

  /** Does a thing that leads to other rows, and waits for them; nothing is kept of it. */
  async prepare(act: () => Promise<unknown>): Promise<void> {
    await this.untilRows(act);
  }

  cases(): Case[] {
    return [...this.#found].map(([name, rounds]) => summary(name, rounds));
  }

  #keep(name: string, taken: Taken): void {
    this.#found.set(name, [...(this.#found.get(name) ?? []), taken]);
  }
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
