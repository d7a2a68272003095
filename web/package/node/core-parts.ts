import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { CoreParts } from "../../src/core-parts.js";
import { hasSimd } from "../../src/simd.js";
import { ThreadBlob } from "./thread-blob.js";

export type { CoreParts };

/** The engine's parts, as files of the package. */
export function coreParts(): CoreParts {
  const build = hasSimd() ? "simd" : "plain";
  const wasm = (module: string): ThreadBlob => {
    const path = fileURLToPath(new URL(`../assets/${module}.${build}.wasm`, import.meta.url));
    return new ThreadBlob(path, 0, statSync(path).size);
  };
  return {
    worker: new URL("./worker.js", import.meta.url).href,
    scanWorker: new URL("./scan-worker.js", import.meta.url).href,
    listWasm: wasm("list"),
    wasm: wasm("engine"),
    scanWasm: wasm("scan"),
  };
}
