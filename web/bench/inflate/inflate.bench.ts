import { performance } from "node:perf_hooks";

import { median, type Bench, type Case, type Findings, type Import } from "../support/bench.js";
import { kernels } from "../support/kernels.js";

const BYTES = 24 << 20;

/** Each is measured so often, in turn with the others, after one round that warms them up. */
const ROUNDS = 21;

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

function summary(name: string, times: readonly number[]): Case {
  return {
    name,
    figures: {
      median: { value: median(times), unit: "ms" },
      best: { value: Math.min(...times), unit: "ms" },
    },
  };
}
