import { inflate } from "./inflate/inflate.bench.js";
import { report, type Bench } from "./support/bench.js";
import { tasks } from "./tasks/tasks.bench.js";
import { scroll } from "./scroll/scroll.bench.js";

const BENCHES: readonly Bench[] = [scroll, tasks, inflate];

/** Runs the benches that are named, or all of them: `[NAME…] [--json] [--list]`. */
export async function main(words: readonly string[]): Promise<void> {
  const names = words.filter((word) => !word.startsWith("--"));
  const options = new Set(words.filter((word) => word.startsWith("--")));
  const unknown = [
    ...[...options].filter((option) => option !== "--json" && option !== "--list"),
    ...names.filter((name) => BENCHES.every((bench) => bench.name !== name)),
  ];
  if (unknown.length > 0) {
    console.error(`unknown: ${unknown.join(", ")}; \`cargo xtask bench --list\` names the benches`);
    process.exitCode = 2;
    return;
  }
  const chosen = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
  if (options.has("--list")) {
    for (const { name, about } of chosen) console.log(`${name.padEnd(12)} ${about}`);
    return;
  }
  for (const bench of chosen) report(bench, await bench.run(), options.has("--json"));
}
