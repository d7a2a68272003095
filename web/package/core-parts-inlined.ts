import plainEngine from "inlined:engine.plain.wasm";
import simdEngine from "inlined:engine.simd.wasm";
import plainList from "inlined:list.plain.wasm";
import simdList from "inlined:list.simd.wasm";
import plainScan from "inlined:scan.plain.wasm";
import simdScan from "inlined:scan.simd.wasm";
import scanWorker from "inlined:scan-worker.js";
import plainStore from "inlined:store.plain.wasm";
import simdStore from "inlined:store.simd.wasm";
import storeWorker from "inlined:store-worker.js";
import worker from "inlined:worker.js";

import type { CoreParts, StoreParts } from "../src/core-parts.js";
import { hasSimd } from "../src/simd.js";

export type { CoreParts, StoreParts };

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

/** The same for the store. */
export function storeParts(): StoreParts {
  return { worker: script(storeWorker), wasm: packed(hasSimd() ? simdStore : plainStore) };
}

function script(code: string): Blob {
  return new Blob([code], { type: "text/javascript" });
}

function packed(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "application/gzip" });
}
