import plainEngine from "inlined:engine.plain.wasm";
import simdEngine from "inlined:engine.simd.wasm";
import plainList from "inlined:list.plain.wasm";
import simdList from "inlined:list.simd.wasm";
import plainScan from "inlined:scan.plain.wasm";
import simdScan from "inlined:scan.simd.wasm";
import scanWorker from "inlined:scan-worker.js";
import worker from "inlined:worker.js";

import type { CoreParts } from "../src/core-parts.js";
import { hasSimd } from "../src/simd.js";
import { packed, script } from "./inlined.js";

export type { CoreParts };

/** The engine's parts, out of this file. */
export function coreParts(): CoreParts {
  const simd = hasSimd();
  return {
    worker: script(worker),
    scanWorker: script(scanWorker),
    listWasm: packed(simd ? simdList : plainList),
    wasm: packed(simd ? simdEngine : plainEngine),
    scanWasm: packed(simd ? simdScan : plainScan),
  };
}
