import type * as Engine from "../generated/simd/engine.js";
import type * as List from "../generated/simd/list.js";
import type * as Scan from "../generated/simd/scan.js";
import type * as Store from "../generated/simd/store.js";

import { EngineError, messageOf } from "./errors.js";
import type { Part } from "./protocol.js";

/** The module that says what an archive holds. */
export type ListModule = typeof List;
/** The module that answers for opened archives. */
export type EngineModule = typeof Engine;
/** The module that decodes. */
export type ScanModule = typeof Scan;
/** The module that keeps blobs. */
export type StoreModule = typeof Store;

/** A compiled module, to be posted to other workers. */
export interface Compiled {
  module: WebAssembly.Module;
}

/** Fetches and compiles a module. */
export async function compile(part: Part): Promise<Compiled> {
  try {
    return { module: await load(part) };
  } catch (error) {
    const message = messageOf(error);
    throw new EngineError({
      code: "core-unavailable",
      message: `the core cannot be loaded: ${message}; a Content-Security-Policy needs "script-src 'wasm-unsafe-eval'; connect-src ${originOf(part)}"`,
    });
  }
}

function originOf(part: Part): string {
  return part instanceof Blob ? "blob:" : new URL(part).origin;
}

// Both builds of a module have the same glue: what differs is inside of them.

/** An instance of the list. */
export async function startList({ module }: Compiled): Promise<ListModule> {
  const list = await import("../generated/simd/list.js");
  await list.default({ module_or_path: module });
  return list;
}

/** An instance of the engine. */
export async function startEngine({ module }: Compiled): Promise<EngineModule> {
  const engine = await import("../generated/simd/engine.js");
  await engine.default({ module_or_path: module });
  return engine;
}

/** An instance of the decoders. */
export async function startScan({ module }: Compiled): Promise<ScanModule> {
  const scan = await import("../generated/simd/scan.js");
  await scan.default({ module_or_path: module });
  return scan;
}

/** An instance of the store. */
export async function startStore({ module }: Compiled): Promise<StoreModule> {
  const store = await import("../generated/simd/store.js");
  await store.default({ module_or_path: module });
  return store;
}

async function load(part: Part): Promise<WebAssembly.Module> {
  if (part instanceof Blob) return WebAssembly.compile(await bytesOf(part));
  const answer = await fetch(part);
  if (!answer.ok) throw new Error(`${answer.url} cannot be loaded: status ${answer.status}`);
  if (answer.headers.get("Content-Type") === "application/wasm") {
    return WebAssembly.compileStreaming(answer);
  }
  // Some static servers do not know the type, which streaming insists on.
  return WebAssembly.compile(await answer.arrayBuffer());
}

function bytesOf(part: Blob): Promise<ArrayBuffer> {
  if (part.type !== "application/gzip") return part.arrayBuffer();
  return new Response(part.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
