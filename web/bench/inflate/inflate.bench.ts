import { type Bench, type Findings, type Import } from "../support/bench.js";
import { inTurn, kernels, ROUNDS } from "../support/kernels.js";

const BYTES = 24 << 20;

export const inflate: Bench = {
  name: "inflate",
  about: "unpacking deflate as wasm, in Node",
  run: async ({ load }) => [await measure(load)],
};

async function measure(load: Import): Promise<Findings> {
  const { Stream } = await kernels(load);
  const streams = { text: Stream.text(BYTES), code: Stream.code(BYTES) };
  const whole = (unpack: () => number) => () => {
    const length = unpack();
    if (length !== BYTES) throw new Error(`unpacked to ${length} bytes`);
  };
  const ways = Object.entries(streams).flatMap(([name, stream]) => [
    { name: `own, ${name}`, run: whole(() => stream.own()) },
    { name: `zlib-rs, ${name}`, run: whole(() => stream.library()) },
  ]);
  return {
    setting: { node: process.version, rounds: ROUNDS, bytes: BYTES },
    cases: inTurn(ways),
    ratios: ["median", "best"].flatMap((figure) =>
      Object.keys(streams).map((name) => ({ figure, of: `zlib-rs, ${name}`, to: `own, ${name}` })),
    ),
  };
}
