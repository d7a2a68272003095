import { cpus } from "node:os";

/** A number with the unit it is in; both are printed. */
export interface Figure {
  readonly value: number;
  readonly unit: "ms" | "%" | "";
}

/** One thing that was measured, beside others in the same run. */
export interface Case {
  readonly name: string;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Imports a module as Node does it by itself: what was built is not for Vite to transform. */
export type Import = (url: string) => Promise<unknown>;

/** What a run is asked for. */
export interface BenchOptions {
  /** Paths of archives to be measured, where a bench takes some. */
  readonly archives: readonly string[];
  /** Whether a rough answer soon is better than a good one. */
  readonly quick: boolean;
  /** Address of another build of the page, to be measured in turn with this one. */
  readonly beside?: string;
  /** Layers of an archive that is made; as many as the bench says unless given. */
  readonly layers?: number;
  readonly load: Import;
}

/** What a run of a bench found. */
export interface Findings {
  /** Which browser it was, and what was measured. */
  readonly setting: Readonly<Record<string, string | number>>;
  readonly cases: readonly Case[];
  /** Figures of two cases of this run to be divided: they mean more than the figures alone. */
  readonly ratios: readonly { readonly figure: string; readonly of: string; readonly to: string }[];
  /** Why the figures of this run are worth nothing. */
  readonly faults?: readonly string[];
}

/** A measurement that `cargo xtask bench` can be asked for. */
export interface Bench {
  readonly name: string;
  readonly about: string;
  readonly run: (options: BenchOptions) => Promise<readonly Findings[]>;
}

/** Prints what was found, for a person or as a line of JSON. */
export function report(bench: Bench, findings: Findings, json: boolean): void {
  const setting = { ...findings.setting, processors: cpus().length };
  const ratios = findings.ratios.map(({ figure, of, to }) => ({
    figure,
    of,
    to,
    value: valueOf(findings, of, figure) / valueOf(findings, to, figure),
  }));
  if (json) {
    const { cases, faults = [] } = findings;
    console.log(JSON.stringify({ bench: bench.name, setting, cases, ratios, faults }));
    return;
  }
  console.log(`\n${bench.name}: ${bench.about}`);
  for (const [name, value] of Object.entries(setting)) console.log(`  ${name}: ${value}`);
  const names = [...new Set(findings.cases.flatMap(({ figures }) => Object.keys(figures)))];
  console.log();
  table([
    ["", ...names],
    ...findings.cases.map(({ name, figures }) => [
      name,
      ...names.map((each) => (figures[each] ? shown(figures[each]) : "")),
    ]),
  ]);
  console.log();
  table(ratios.map(({ figure, of, to, value }) => [`${figure}, ${of} / ${to}`, value.toFixed(2)]));
  for (const fault of findings.faults ?? []) console.log(`\n  not to be relied on: ${fault}`);
}

function valueOf({ cases }: Findings, name: string, figure: string): number {
  return cases.find((each) => each.name === name)?.figures[figure]?.value ?? NaN;
}

function shown({ value, unit }: Figure): string {
  if (!Number.isFinite(value)) return "";
  const digits = Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}

function table(lines: readonly (readonly string[])[]): void {
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  for (const line of lines) {
    const cells = line.map((cell, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? cell.padEnd(width) : cell.padStart(width);
    });
    console.log(`  ${cells.join("  ")}`);
  }
}

/** The value below which a share of all values lies, by nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return sorted[rank] ?? NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
