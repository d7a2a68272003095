import type * as Core from "../generated/simd/oci_lens.js";

import { EngineError } from "./errors.js";

import plainUrl from "../generated/plain/oci_lens_bg.wasm?url";
import simdUrl from "../generated/simd/oci_lens_bg.wasm?url";

/** The generated module: both builds of it have the same shape. */
export type CoreModule = typeof Core;

/** A compiled core, to be posted to other workers. */
export interface CompiledCore {
  module: WebAssembly.Module;
  simd: boolean;
}

/** Fetches and compiles the build of the core that this browser can run. */
export async function compileCore(url?: string): Promise<CompiledCore> {
  const simd = WebAssembly.validate(SIMD_PROBE);
  try {
    return { module: await compile(url ?? (simd ? simdUrl : plainUrl)), simd };
  } catch (error) {
    throw new EngineError({
      code: "core-unavailable",
      message: `the core cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** An instance of the core. */
export async function startCore({ module, simd }: CompiledCore): Promise<CoreModule> {
  const core: CoreModule = simd
    ? await import("../generated/simd/oci_lens.js")
    : await import("../generated/plain/oci_lens.js");
  await core.default({ module_or_path: module });
  return core;
}

async function compile(url: string): Promise<WebAssembly.Module> {
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
