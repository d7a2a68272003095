import { writeFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { inFolder } from "../../e2e/support/temporary.js";
import { engine, plain, servePlain } from "../archives/pages.js";
import { writeSynthetic } from "../archives/synthetic.js";
import type { Contender, Run } from "../archives/contender.js";
import { writeEntries } from "../entries/archive.js";
import type { Bench, BenchOptions, Case, Findings } from "../support/bench.js";
import { plot, type Panel } from "../support/plot.js";

const MB = 1_000_000;

const WHOLE = {
  sizes: [10 * MB, 110 * MB, 330 * MB, 1000 * MB, 5000 * MB],
  entries: [1_000, 10_000, 150_000, 1_000_000, 3_000_000],
};
const QUICK = { sizes: [10 * MB, 60 * MB], entries: [1_000, 50_000] };

const WORKERS = 2;

/** One contender on one archive. */
interface Point extends Run {
  readonly by: string;
  /** Bytes or entries. */
  readonly of: number;
}

export const series: Bench = {
  name: "series",
  about: "time and memory against size and against entries; draws both into docs",
  run: ({ quick, load }: BenchOptions) =>
    inFolder(async (folder) => {
      const { sizes, entries } = quick ? QUICK : WHOLE;
      const archive = join(folder, "archive.tar");
      const { address, server } = await servePlain(join(folder, "plain"));
      try {
        const all = [
          engine(WORKERS),
          engine(1),
          plain("browser's own, 2 workers", address, "browser", WORKERS),
        ];
        const bySize: Point[] = [];
        for (const size of sizes) {
          await writeSynthetic(archive, size, { compression: "gzip" });
          // What holds whole layers in memory cannot hold these.
          const able = all.filter(({ name }) => name.startsWith("oci-lens") || size <= 1000 * MB);
          bySize.push(...(await points(able, archive, size)));
        }
        const byEntries: Point[] = [];
        for (const size of entries) {
          await writeEntries(archive, size, load);
          byEntries.push(...(await points([engine(WORKERS)], archive, size)));
        }
        rmSync(archive);
        if (!quick) {
          draw("performance-size.svg", bySize, "MB unpacked", (of) => shown(of / MB));
          draw("performance-entries.svg", byEntries, "entries", (of) => compact(of));
        }
        return [findings("size", bySize), findings("entries", byEntries)];
      } finally {
        server.close();
      }
    }),
};

/** The second of two runs in a row: in the first, code is still to be compiled. */
async function points(all: readonly Contender[], archive: string, of: number): Promise<Point[]> {
  const found: Point[] = [];
  for (const contender of all) {
    const runs = await contender.run(archive, 2);
    const memory = Math.max(...runs.map(({ memory }) => memory ?? NaN));
    const last = runs.at(-1);
    if (last) found.push({ ...last, memory, by: contender.name, of });
  }
  return found;
}

function findings(against: string, points: readonly Point[]): Findings {
  return {
    setting: { against },
    cases: points.map(({ by, of, time, list = NaN, memory = NaN, longTasks = NaN }): Case => ({
      name: `${by}, ${against === "size" ? `${of / MB} MB` : `${of.toLocaleString("en")} entries`}`,
      figures: {
        time: { value: time, unit: "ms" },
        list: { value: list, unit: "ms" },
        "peak MB": { value: memory / MB, unit: "" },
        "peak bytes an entry": { value: against === "size" ? NaN : memory / of, unit: "" },
        "long tasks": { value: longTasks, unit: "" },
      },
    })),
    ratios: [],
  };
}

function draw(
  file: string,
  points: readonly Point[],
  against: string,
  x: (value: number) => string,
): void {
  const names = [...new Set(points.map(({ by }) => by))];
  const panel = (title: string, y: (point: Point) => number, unit: Panel["y"]): Panel => ({
    title: `${title} against ${against}`,
    lines: names.map((name) => ({
      name,
      points: points
        .filter((point) => point.by === name && Number.isFinite(y(point)))
        .map((point) => [point.of, y(point)] as const),
    })),
    x,
    y: unit,
  });
  const panels = [
    panel(
      "Time",
      ({ time }) => time / 1000,
      (seconds) => `${seconds} s`,
    ),
    panel(
      "Peak memory",
      ({ memory = NaN }) => memory / MB,
      (mb) => `${shown(mb)} MB`,
    ),
  ];
  const root = process.env["OCI_LENS_ROOT"] ?? "";
  const about = `Time and peak memory to verify and apply an image, against ${against}`;
  writeFileSync(join(root, "docs", file), plot(panels, about));
}

const shown = (value: number): string => value.toLocaleString("en");

const compact = (value: number): string => value.toLocaleString("en", { notation: "compact" });
