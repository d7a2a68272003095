import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

import { median, type Case, type Import } from "./bench.js";

/** Each way is measured so often, in turn with the others, after one round that warms them up. */
export const ROUNDS = 21;

/** One way to do a piece of work, which throws when what comes of it is wrong. */
export interface Way {
  readonly name: string;
  readonly run: () => void;
}

/** The module of kernels that `cargo xtask bench` built: `K` is what is wanted of it. */
export async function kernels<K>(load: Import): Promise<K> {
  const folder = process.env["OCI_LENS_KERNELS"];
  if (folder === undefined) throw new Error("OCI_LENS_KERNELS names no folder");
  // Its types are there only once it was built, so whoever loads it names them.
  const module = (await load(pathToFileURL(join(folder, "kernels.js")).href)) as {
    initSync(options: { module: Uint8Array }): void;
  };
  module.initSync({ module: await readFile(join(folder, "kernels_bg.wasm")) });
  return module as K;
}

/** Measures ways of doing the same, in turn. */
export function inTurn(ways: readonly Way[]): Case[] {
  const times = ways.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [number, { run }] of ways.entries()) {
      const start = performance.now();
      run();
      if (round > 0) times[number]?.push(performance.now() - start);
    }
  }
  return ways.map(({ name }, number) => ({
    name,
    figures: {
      median: { value: median(times[number] ?? []), unit: "ms" },
      best: { value: Math.min(...(times[number] ?? [])), unit: "ms" },
    },
  }));
}
