import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";

import { median, type Bench, type Case, type Findings, type Import } from "../support/bench.js";

const BYTES = 24 << 20;

/** Each is measured so often, in turn with the others, after one round that warms them up. */
const ROUNDS = 21;

/** A deflate stream inside the module, which unpacks it in two ways. */
interface Stream {
  own(): number;
  library(): number;
}

interface Kernels {
  readonly Stream: { text(length: number): Stream; code(length: number): Stream };
  initSync(options: { module: Uint8Array }): void;
}

export const inflate: Bench = {
  name: "inflate",
  about: "unpacking deflate as wasm, in Node",
  run: async ({ load }) => [await measure(load)],
};

async function measure(load: Import): Promise<Findings> {
  const { Stream } = await kernels(load);
  const streams = { text: Stream.text(BYTES), code: Stream.code(BYTES) };
  const ways = Object.entries(streams).flatMap(([name, stream]) => [
    { name: `own, ${name}`, run: () => stream.own(), times: new Array<number>() },
    { name: `zlib-rs, ${name}`, run: () => stream.library(), times: new Array<number>() },
  ]);
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { name, run, times } of ways) {
      const start = performance.now();
      const length = run();
      const time = performance.now() - start;
      if (length !== BYTES) throw new Error(`${name} gives ${length} bytes`);
      if (round > 0) times.push(time);
    }
  }
  return {
    setting: { node: process.version, rounds: ROUNDS, bytes: BYTES },
    cases: ways.map(({ name, times }) => summary(name, times)),
    ratios: ["median", "best"].flatMap((figure) =>
      Object.keys(streams).map((name) => ({ figure, of: `zlib-rs, ${name}`, to: `own, ${name}` })),
    ),
  };
}

/** The module that `cargo xtask bench` built. */
async function kernels(load: Import): Promise<Kernels> {
  const folder = process.env["OCI_LENS_KERNELS"];
  if (folder === undefined) throw new Error("OCI_LENS_KERNELS names no folder");
  // Its types are there only once it was built, so they are named above.
  const module = (await load(pathToFileURL(join(folder, "kernels.js")).href)) as Kernels;
  module.initSync({ module: await readFile(join(folder, "kernels_bg.wasm")) });
  return module;
}

function summary(name: string, times: readonly number[]): Case {
  return {
    name,
    figures: {
      median: { value: median(times), unit: "ms" },
      best: { value: Math.min(...times), unit: "ms" },
    },
  };
}
