import type * as Engine from "../generated/simd/engine.js";
import type * as List from "../generated/simd/list.js";
import type * as Scan from "../generated/simd/scan.js";
import type * as Store from "../generated/simd/store.js";

import { EngineError } from "./errors.js";

import plainEngineUrl from "../generated/plain/engine_bg.wasm?url";
import plainListUrl from "../generated/plain/list_bg.wasm?url";
import plainScanUrl from "../generated/plain/scan_bg.wasm?url";
import plainStoreUrl from "../generated/plain/store_bg.wasm?url";
import simdEngineUrl from "../generated/simd/engine_bg.wasm?url";
import simdListUrl from "../generated/simd/list_bg.wasm?url";
import simdScanUrl from "../generated/simd/scan_bg.wasm?url";
import simdStoreUrl from "../generated/simd/store_bg.wasm?url";

/** The module that says what an archive holds: both builds of it have the same shape. */
export type ListModule = typeof List;
/** The module that answers for opened archives: both builds of it have the same shape. */
export type EngineModule = typeof Engine;
/** The module that decodes: both builds of it have the same shape. */
export type ScanModule = typeof Scan;
/** The module that keeps blobs: both builds of it have the same shape. */
export type StoreModule = typeof Store;

/** A compiled module, to be posted to other workers. */
export interface Compiled {
  module: WebAssembly.Module;
  simd: boolean;
}

/** Fetches and compiles the build of the list that this browser can run. */
export function compileList(url?: string): Promise<Compiled> {
  return compile(url, simdListUrl, plainListUrl);
}

/** The same for the engine. */
export function compileEngine(url?: string): Promise<Compiled> {
  return compile(url, simdEngineUrl, plainEngineUrl);
}

/** The same for the decoders. */
export function compileScan(url?: string): Promise<Compiled> {
  return compile(url, simdScanUrl, plainScanUrl);
}

/** The same for the store. */
export function compileStore(url?: string): Promise<Compiled> {
  return compile(url, simdStoreUrl, plainStoreUrl);
}

/** An instance of the list. */
export async function startList({ module, simd }: Compiled): Promise<ListModule> {
  const list: ListModule = simd
    ? await import("../generated/simd/list.js")
    : await import("../generated/plain/list.js");
  await list.default({ module_or_path: module });
  return list;
}

/** An instance of the engine. */
export async function startEngine({ module, simd }: Compiled): Promise<EngineModule> {
  const engine: EngineModule = simd
    ? await import("../generated/simd/engine.js")
    : await import("../generated/plain/engine.js");
  await engine.default({ module_or_path: module });
  return engine;
}

/** An instance of the decoders. */
export async function startScan({ module, simd }: Compiled): Promise<ScanModule> {
  const scan: ScanModule = simd
    ? await import("../generated/simd/scan.js")
    : await import("../generated/plain/scan.js");
  await scan.default({ module_or_path: module });
  return scan;
}

/** An instance of the store. */
export async function startStore({ module, simd }: Compiled): Promise<StoreModule> {
  const store: StoreModule = simd
    ? await import("../generated/simd/store.js")
    : await import("../generated/plain/store.js");
  await store.default({ module_or_path: module });
  return store;
}

async function compile(
  given: string | undefined,
  simdUrl: string,
  plainUrl: string,
): Promise<Compiled> {
  const simd = WebAssembly.validate(SIMD_PROBE);
  try {
    return { module: await load(given ?? (simd ? simdUrl : plainUrl)), simd };
  } catch (error) {
    throw new EngineError({
      code: "core-unavailable",
      message: `the core cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

async function load(url: string): Promise<WebAssembly.Module> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.url} cannot be loaded: status ${answer.status}`);
  if (answer.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(answer);
  }
  // Some static servers do not know the type, which streaming insists on.
  return WebAssembly.compile(await answer.arrayBuffer());
}

// (module (func (result v128) i32.const 0 i8x16.splat i8x16.popcnt))
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);
