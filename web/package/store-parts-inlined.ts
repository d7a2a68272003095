import plain from "inlined:store.plain.wasm";
import simd from "inlined:store.simd.wasm";
import worker from "inlined:store-worker.js";

import { hasSimd } from "../src/simd.js";
import type { StoreParts } from "../src/store-parts.js";
import { packed, script } from "./inlined.js";

export type { StoreParts };

/** The store's parts, out of this file. */
export function storeParts(): StoreParts {
  return { worker: script(worker), wasm: packed(hasSimd() ? simd : plain) };
}
