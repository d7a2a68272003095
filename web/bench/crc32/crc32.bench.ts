import { type Bench, type Findings, type Import } from "../support/bench.js";
import { inTurn, kernels, ROUNDS } from "../support/kernels.js";

const BYTES = 24 << 20;

export const crc32: Bench = {
  name: "crc32",
  about: "CRC-32 as wasm, in Node",
  run: async ({ load }) => [await measure(load)],
};

async function measure(load: Import): Promise<Findings> {
  const { Message } = await kernels(load);
  const message = new Message(BYTES);
  const expected = message.library();
  const right = (crc: () => number) => () => {
    if (crc() !== expected) throw new Error("the checksums differ");
  };
  return {
    setting: { node: process.version, rounds: ROUNDS, bytes: BYTES },
    cases: inTurn([
      { name: "own", run: right(() => message.own()) },
      { name: "crc32fast", run: right(() => message.library()) },
    ]),
    ratios: ["median", "best"].map((figure) => ({ figure, of: "crc32fast", to: "own" })),
  };
}
