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

/** A deflate stream inside the module, which unpacks it in two ways. */
export interface Stream {
  own(): number;
  library(): number;
}

/** A message inside the module, which has its CRC-32 in two ways. */
export interface Message {
  own(): number;
  library(): number;
}

/** Streams inside the module, which hashes them in two ways. */
export interface Hashes {
  own(): Uint8Array;
  library(): Uint8Array;
}

/** A layer of many small files inside the module, which takes it from its bytes to its tree. */
export interface Entries {
  make(): boolean;
  made(): Uint8Array;
  walk(): void;
  pack(): void;
  unpack(): void;
  apply(): number;
  filter(kind: string, pattern: string): number;
  treeBytes(): number;
  tableBytes(): number;
  free(): void;
}

/** What `wasm/kernels` has to be measured. Its own types are there only once it was built. */
interface Kernels {
  readonly Stream: { text(length: number): Stream; code(length: number): Stream };
  readonly Message: new (length: number) => Message;
  readonly Hashes: new (count: number, length: number) => Hashes;
  readonly Entries: new (entries: number) => Entries;
  initSync(options: { module: Uint8Array }): void;
}

/** The module that `cargo xtask bench` built. */
export async function kernels(load: Import): Promise<Kernels> {
  const folder = process.env["OCI_LENS_KERNELS"];
  if (folder === undefined) throw new Error("OCI_LENS_KERNELS names no folder");
  const module = (await load(pathToFileURL(join(folder, "kernels.js")).href)) as Kernels;
  module.initSync({ module: await readFile(join(folder, "kernels_bg.wasm")) });
  return module;
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
