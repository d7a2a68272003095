import { spawnSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";

import { inFolder } from "../../e2e/support/temporary.js";
import {
  median,
  type Bench,
  type BenchOptions,
  type Case,
  type Findings,
} from "../support/bench.js";
import type { Contender, Run } from "./contender.js";
import { layoutOf, type Layout } from "./layout.js";
import { engine, plain, servePlain } from "./pages.js";
import { isInstalled, natives, tools, type Natives } from "./processes.js";
import { GO_WINDOW, writeSynthetic, type Packing } from "./synthetic.js";

const MB = 1_000_000;

/** What a made archive unpacks to, and how often all of it is done. */
const WHOLE = { unpacked: 1000 * MB, rounds: 3 };
const QUICK = { unpacked: 120 * MB, rounds: 2 };

/** Each is run so often in a row: the first time, code is still to be compiled. */
const TIMES = 2;

/** The same files in layers of zstd. */
const ZSTD: readonly (readonly [name: string, packing: Packing])[] = [
  ["zstd", { compression: "zstd" }],
  ["zstd with windows of 8 MiB", { compression: "zstd", window: GO_WINDOW }],
];

/** Workers of the comparison: those of a small machine. */
const WORKERS = Math.min(2, availableParallelism());

// Of the plain pages, what their own ratios are where the machine is quiet: a run in which they are
// others is one in which all ratios are worth nothing.
const SANE = [
  // Two workers need layers to share.
  { of: "browser's own, 2 workers", to: "browser's own, 1 worker", ratio: 1.6, layers: 4 },
  { of: "pako + hash-wasm, 1 worker", to: "browser's own, 1 worker", ratio: 0.58, layers: 1 },
];
const TOLERANCE = 0.2;

export const archives: Bench = {
  name: "archives",
  about:
    "time and memory to verify and apply all layers of an archive, beside pages without an engine, the native command, and tools",
  run: (options) =>
    inFolder(async (folder) => {
      if (options.archives.length > 0) {
        const found: Findings[] = [];
        for (const archive of options.archives) {
          found.push(await measure(archive, options, join(folder, `work-${found.length}`)));
        }
        return found;
      }
      const { unpacked } = options.quick ? QUICK : WHOLE;
      const archive = join(folder, "gzip.tar");
      await writeSynthetic(archive, unpacked, { compression: "gzip" }, options.layers);
      const more: Contender[] = [];
      for (const [name, packing] of isInstalled("zstd") ? ZSTD : []) {
        const zstd = join(folder, `zstd-${more.length}.tar`);
        await writeSynthetic(zstd, unpacked, packing, options.layers);
        more.push(...builds(options).map((contender) => on(zstd, name, contender)));
      }
      return [await measure(archive, options, join(folder, "work"), more)];
    }),
};

/** This build with two workers, and the one that it is measured beside. */
function builds({ beside }: BenchOptions): Contender[] {
  return [
    engine(WORKERS),
    engine(WORKERS, { kept: true }),
    ...(beside === undefined ? [] : [engine(WORKERS, { address: beside })]),
  ];
}

/** The work on another archive that unpacks to the same. */
function on(archive: string, what: string, { name, run }: Contender): Contender {
  return { name: `${name}, ${what}`, run: (_, times) => run(archive, times) };
}

async function measure(
  archive: string,
  options: BenchOptions,
  folder: string,
  more: readonly Contender[] = [],
): Promise<Findings> {
  const { rounds } = options.quick ? QUICK : WHOLE;
  mkdirSync(folder);
  const built = release();
  const layout = layoutOf(built.command, archive);
  const { address, server } = await servePlain(join(folder, "plain"));
  try {
    const contenders = [
      ...builds(options),
      engine(1),
      ...more,
      ...(layout.plain && layout.layers.every(({ compression }) => compression !== "zstd")
        ? [
            plain("browser's own, 1 worker", address, "browser", 1),
            plain("browser's own, 2 workers", address, "browser", 2),
            plain("pako + hash-wasm, 1 worker", address, "packages", 1),
          ]
        : []),
      ...natives(built, WORKERS),
      ...tools(layout, archive, folder),
    ];
    const runs = new Map<Contender, Run[][]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round += 1) {
      // In turn, so that whatever else the machine does falls to all of them.
      for (const contender of contenders) {
        runs.get(contender)?.push(await contender.run(archive, TIMES));
      }
    }
    const cases = [...runs].map(([{ name }, rounds]) => summary(name, rounds, layout));
    const ours = cases[0]?.name ?? "";
    return {
      setting: {
        archive: basename(archive),
        "MB stored": Math.round(statSync(archive).size / MB),
        "MB unpacked": Math.round(layout.unpacked / MB),
        layers: layout.layers.length,
        rounds,
      },
      cases,
      ratios: cases.slice(1).map(({ name }) => ({ figure: "MB a second", of: ours, to: name })),
      faults: SANE.flatMap(({ of, to, ratio, layers }) => {
        if (layout.layers.length < layers) return [];
        const speed = (name: string) =>
          cases.find((each) => each.name === name)?.figures["MB a second"]?.value;
        const [one, other] = [speed(of), speed(to)];
        if (one === undefined || other === undefined || WORKERS < 2) return [];
        const found = one / other;
        if (Math.abs(found / ratio - 1) <= TOLERANCE) return [];
        return [`expected ${of} / ${to} to be about ${ratio}, but found ${found.toFixed(2)}`];
      }),
    };
  } finally {
    server.close();
  }
}

/** Medians of the first runs and of those after them. */
function summary(name: string, rounds: readonly (readonly Run[])[], { unpacked }: Layout): Case {
  const first = rounds.flatMap((runs) => runs.slice(0, 1));
  const later = rounds.flatMap((runs) => runs.slice(1));
  const time = median(later.map((run) => run.time));
  const most = (values: readonly (number | undefined)[]): number =>
    Math.max(...values.map((value) => value ?? NaN));
  const all = rounds.flat();
  return {
    name,
    figures: {
      time: { value: time, unit: "ms" },
      processors: { value: median(later.map(({ processor }) => processor ?? NaN)), unit: "ms" },
      "MB a second": { value: unpacked / MB / (time / 1000), unit: "" },
      "first run": { value: median(first.map((run) => run.time)), unit: "ms" },
      list: { value: median(later.map(({ list }) => list ?? NaN)), unit: "ms" },
      "peak MB": { value: most(all.map(({ memory }) => memory)) / MB, unit: "" },
      "long tasks": { value: most(all.map(({ longTasks }) => longTasks)), unit: "" },
    },
  };
}

/** What is measured natively, built as the command is released. */
export function release(): Natives {
  const root = process.env["OCI_LENS_ROOT"] ?? "";
  const build = ["build", "--quiet", "--release", "--features", "cli"];
  const targets = ["--bin", "oci-lens", "--example", "baseline"];
  const { status } = spawnSync("cargo", [...build, ...targets], { cwd: root, stdio: "inherit" });
  if (status !== 0) throw new Error("the native command cannot be built");
  const built = join(root, "target", "release");
  return { command: join(built, "oci-lens"), baseline: join(built, "examples", "baseline") };
}
