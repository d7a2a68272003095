import { statSync } from "node:fs";

import { archives } from "./archives/archives.bench.js";
import { crc32 } from "./crc32/crc32.bench.js";
import { entries } from "./entries/entries.bench.js";
import { inflate } from "./inflate/inflate.bench.js";
import { latency } from "./latency/latency.bench.js";
import { sha256 } from "./sha256/sha256.bench.js";
import { report, type Bench, type Import } from "./support/bench.js";
import { series } from "./series/series.bench.js";
import { tasks } from "./tasks/tasks.bench.js";
import { scroll } from "./scroll/scroll.bench.js";

const BENCHES: readonly Bench[] = [
  archives,
  crc32,
  entries,
  inflate,
  latency,
  scroll,
  series,
  sha256,
  tasks,
];

const OPTIONS = ["--json", "--list", "--quick"];

/** Options that have a value. */
const VALUES = ["--beside=", "--layers="] as const;

/** Runs every bench. */
const ALL = "all";

/**
 * Runs the benches that are named, or that of archives, of those whose paths are given or of one
 * that is made: `[NAME… | all | ARCHIVE…] [--beside=ADDRESS] [--layers=N] [--quick]
 * [--json] [--list]`.
 */
export async function main(words: readonly string[], load: Import): Promise<void> {
  const [beside, layers] = VALUES.map((option) =>
    words.find((word) => word.startsWith(option))?.slice(option.length),
  );
  const options = new Set(
    words.filter((word) => word.startsWith("--") && !VALUES.some((each) => word.startsWith(each))),
  );
  const named = words.filter((word) => !word.startsWith("--"));
  const names = named.filter(
    (word) => word === ALL || BENCHES.some((bench) => bench.name === word),
  );
  const paths = named.filter((word) => !names.includes(word));
  const unknown = [
    ...[...options].filter((option) => !OPTIONS.includes(option)),
    ...paths.filter((path) => !statSync(path, { throwIfNoEntry: false })?.isFile()),
    ...(beside === undefined || URL.canParse(beside) ? [] : [beside]),
    ...(layers === undefined || /^[1-9]\d{0,3}$/u.test(layers) ? [] : [layers]),
  ];
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(", ")}; \`cargo xtask bench --list\` names the benches`);
    process.exitCode = 2;
    return;
  }
  if (options.has("--list")) {
    for (const { name, about } of BENCHES) console.log(`${name.padEnd(12)} ${about}`);
    return;
  }
  if (paths.length > 0 || names.length === 0) names.push(archives.name);
  const chosen = BENCHES.filter(({ name }) => names.includes(ALL) || names.includes(name));
  for (const bench of chosen) {
    const found = await bench.run({
      archives: paths,
      quick: options.has("--quick"),
      ...(beside === undefined ? {} : { beside }),
      ...(layers === undefined ? {} : { layers: Number(layers) }),
      load,
    });
    for (const findings of found) {
      report(bench, findings, options.has("--json"));
      if ((findings.faults ?? []).length > 0) process.exitCode = 1;
    }
  }
}
