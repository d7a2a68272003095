import { type Bench, type Findings, type Import } from "../support/bench.js";
import { inTurn, kernels, ROUNDS } from "../support/kernels.js";

/** Bytes of each stream. */
const BYTES = 4 << 20;

const STREAMS = [1, 2, 3, 4, 8];

export const sha256: Bench = {
  name: "sha256",
  about: "SHA-256 of several streams as wasm, in Node",
  run: async ({ load }) => [await measure(load)],
};

async function measure(load: Import): Promise<Findings> {
  const { Hashes } = await kernels(load);
  const ways = STREAMS.flatMap((count) => {
    const hashes = new Hashes(count, BYTES);
    const expected = hashes.library().join();
    const right = (hash: () => Uint8Array) => () => {
      if (hash().join() !== expected) throw new Error("the digests differ");
    };
    return [
      { name: `own, ${count}`, run: right(() => hashes.own()) },
      { name: `sha2, ${count}`, run: right(() => hashes.library()) },
    ];
  });
  return {
    setting: { node: process.version, rounds: ROUNDS, "bytes of a stream": BYTES },
    cases: inTurn(ways),
    ratios: ["median", "best"].flatMap((figure) =>
      STREAMS.map((count) => ({ figure, of: `sha2, ${count}`, to: `own, ${count}` })),
    ),
  };
}
