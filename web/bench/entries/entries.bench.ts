import { join } from "node:path";
import { performance } from "node:perf_hooks";

import { canMeasure, peakOfRenderers, resetPeaks } from "../../e2e/support/memory.js";
import { Protocol } from "../../e2e/support/protocol.js";
import {
  median,
  type Bench,
  type BenchOptions,
  type Case,
  type Figure,
  type Findings,
  type Import,
} from "../support/bench.js";
import { onStage, type Stage } from "../support/browser.js";
import { kernels } from "../support/kernels.js";
import { writeEntries } from "./archive.js";
import { Watched } from "../support/watched.js";

/** How many entries the layers have, and how often each thing is done. */
const WHOLE = { entries: [1_000, 150_000, 1_000_000, 3_000_000], rounds: 3 };
const QUICK = { entries: [1_000, 150_000], rounds: 3 };

/** Each finds something in a layer of any of these sizes. */
const FILTERS = [
  ["text", "-server"],
  ["glob", "**/*.d.ts"],
  ["regex", "[.][0-9a-f]+[.]js$"],
] as const;

/** How long anything may take. */
const PATIENCE = 600_000;

export const entries: Bench = {
  name: "entries",
  about: "layers of up to 3 million small files: from unpacked bytes to the tree, and in the page",
  run: async ({ quick, load }: BenchOptions) => {
    const found: Findings[] = [];
    const { entries, rounds } = quick ? QUICK : WHOLE;
    found.push(await core(load, entries, rounds));
    for (const each of entries) {
      found.push(await onStage((stage) => inPage(stage, load, each, rounds)));
    }
    return found;
  },
};

/** The core by itself, as wasm in Node: what follows unpacking, each step timed alone. */
async function core(load: Import, sizes: readonly number[], rounds: number): Promise<Findings> {
  const { Entries } = await kernels(load);
  const cases: Case[] = [];
  for (const size of sizes) {
    const took: Record<string, number[]> = {};
    let bytes = { tree: 0, table: 0 };
    for (let round = 0; round <= rounds; round += 1) {
      const layer = new Entries(size);
      const time = (name: string, work: () => void): void => {
        const start = performance.now();
        work();
        const times = (took[name] ??= []);
        times[round] = (times[round] ?? 0) + performance.now() - start;
      };
      while (layer.make())
        time("walk", () => {
          layer.walk();
        });
      time("hand over", () => {
        layer.pack();
      });
      time("hand over", () => {
        layer.unpack();
      });
      time("apply", () => {
        if (layer.apply() < size) throw new Error("paths are missing");
      });
      layer.filter("text", "");
      for (const [kind, pattern] of FILTERS) {
        time(`filtered by ${kind}`, () => {
          if (layer.filter(kind, pattern) === 0) throw new Error("nothing is found");
        });
        layer.filter("text", "");
      }
      bytes = { tree: layer.treeBytes(), table: layer.tableBytes() };
      layer.free();
    }
    // The first round warms up.
    const of = (name: string): number => median((took[name] ?? []).slice(1));
    const figure = (value: number, unit: Figure["unit"] = ""): Figure => ({ value, unit });
    cases.push({
      name: `${size.toLocaleString("en")} entries`,
      figures: {
        walk: figure(of("walk"), "ms"),
        apply: figure(of("apply"), "ms"),
        "million a second": figure(size / 1000 / (of("walk") + of("apply"))),
        "hand over": figure(of("hand over"), "ms"),
        ...Object.fromEntries(
          FILTERS.map(([kind]) => [`filtered by ${kind}`, figure(of(`filtered by ${kind}`), "ms")]),
        ),
        "tree bytes a path": figure(bytes.tree / size),
        "table bytes an entry": figure(bytes.table / size),
      },
    });
  }
  return { setting: { node: process.version, rounds }, cases, ratios: [] };
}

/** The page: what a person waits for, and what the page needs for each path. */
async function inPage(
  { viewer, page, folder, browser }: Stage,
  load: Import,
  size: number,
  rounds: number,
): Promise<Findings> {
  const archive = join(folder, "entries.tar");
  await writeEntries(archive, size, load);
  const protocol = await Protocol.connect(join(folder, "profile"), new URL(page.url()).origin);
  try {
    const watched = await Watched.on(page);
    if (canMeasure) await resetPeaks(protocol);
    const before = canMeasure ? await peakOfRenderers(protocol) : NaN;
    await watched.take("opened, read and applied", async () => {
      await viewer.drop(archive);
      const scanned = await viewer.scanned(PATIENCE);
      if (scanned !== "done") throw new Error(`the scan is ${scanned}`);
      await viewer.element.locator(".grid [role=row][aria-level]").first().waitFor();
    });
    const memory = canMeasure ? (await peakOfRenderers(protocol)) - before : NaN;
    const click = (selector: string) => () => viewer.element.locator(selector).click();
    const pattern = viewer.element.locator("input.pattern");
    for (let round = 0; round < rounds; round += 1) {
      await watched.answer("all folders are opened", click('[data-depth="all"]'));
      await watched.take("scrolled through", () => scrollThrough(viewer.grid));
      await watched.answer("sorted by size", click("[data-sort=size]"));
      await watched.answer("sorted by name", click("[data-sort=name]"));
      for (const [kind, text] of FILTERS) {
        await viewer.element.locator("select.kind").selectOption(kind);
        await watched.answer(`filtered by ${kind}`, () => pattern.fill(text));
        await watched.answer("the filter is cleared", () => pattern.press("Escape"));
      }
      await watched.answer("all folders are closed", click('[data-depth="1"]'));
    }
    return {
      setting: {
        browser,
        entries: size,
        rounds,
        "peak MB of the page's process, less what it had before": Math.round(memory / 1e6),
        "of that bytes an entry": Math.round(memory / size),
      },
      cases: watched.cases(),
      ratios: [],
    };
  } finally {
    protocol.close();
  }
}

/** From the top to the end in 60 frames. */
function scrollThrough(grid: Stage["viewer"]["grid"]): Promise<void> {
  return grid.evaluate(async (grid) => {
    const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
    const range = grid.scrollHeight - grid.clientHeight;
    for (let step = 0; step <= 60; step += 1) {
      grid.scrollTop = (range * step) / 60;
      await frame();
    }
    grid.scrollTop = 0;
    await frame();
  });
}
