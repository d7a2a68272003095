import plainStore from "../generated/plain/store_bg.wasm?url";
import simdStore from "../generated/simd/store_bg.wasm?url";
import type { Part } from "./protocol.js";
import { hasSimd } from "./simd.js";
import worker from "./store-worker.ts?worker&url";

/** What the store is made of. */
export interface StoreParts {
  worker: Part;
  wasm: Part;
}

/** The store's parts, as files beside this one; of wasm the build that this browser can run. */
export function storeParts(): StoreParts {
  return { worker, wasm: hasSimd() ? simdStore : plainStore };
}
