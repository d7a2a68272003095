import plainEngine from "../generated/plain/engine_bg.wasm?url";
import plainList from "../generated/plain/list_bg.wasm?url";
import plainScan from "../generated/plain/scan_bg.wasm?url";
import simdEngine from "../generated/simd/engine_bg.wasm?url";
import simdList from "../generated/simd/list_bg.wasm?url";
import simdScan from "../generated/simd/scan_bg.wasm?url";
import type { CoreUrls, Part } from "./protocol.js";
import scanWorker from "./scan-worker.ts?worker&url";
import { hasSimd } from "./simd.js";
import worker from "./worker.ts?worker&url";

/** All that the engine is made of besides the code that starts it. */
export interface CoreParts extends Required<CoreUrls> {
  /** The script of the engine worker. */
  worker: Part;
  /** The script of the workers with the decoders. */
  scanWorker: Part;
}

/** The engine's parts, as files beside this one; of wasm the build that this browser can run. */
export function coreParts(): CoreParts {
  return hasSimd()
    ? { worker, scanWorker, listWasm: simdList, wasm: simdEngine, scanWasm: simdScan }
    : { worker, scanWorker, listWasm: plainList, wasm: plainEngine, scanWasm: plainScan };
}
