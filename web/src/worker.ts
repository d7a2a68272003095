import { answer, reportLostRejections, type WorkerScope } from "./answerer.js";
import { archiveHandlers } from "./archives.js";
import { BUILD } from "./build.js";
import { Caller } from "./caller.js";
import type { DecoderWorker } from "./contents.js";
import { EngineError } from "./errors.js";
import type { CoreUrls, EngineCalls, ScanCalls } from "./protocol.js";
import { spawnWorker } from "./spawn.js";
import { compile, startEngine, startList, startScan, type Compiled } from "./wasm.js";

/** Given by the call that comes first. */
let urls: Required<CoreUrls>;
let decoders: Promise<Compiled> | undefined;

/** The decoders: fetched when they are first needed, and compiled once. */
function compiledDecoders(): Promise<Compiled> {
  decoders ??= compile(urls.scanWasm).catch((error: unknown) => {
    // The network may be back the next time.
    decoders = undefined;
    throw error;
  });
  return decoders;
}

/**
 * Workers with the decoders are children of this one, not of the page: their tables come
 * here without a turn of the page's event loop, and they end with this worker,
 * however it ends.
 */
function spawnScanWorker(compiled: Compiled): DecoderWorker {
  const worker = spawnWorker(urls.scanWorker, "oci-lens-scan");
  const caller = new Caller<ScanCalls>(worker, BUILD, {
    interval: 1000,
    running: 10,
    starting: 60,
    // Also as long as reading one slice may take.
    stalled: 60,
  });
  caller.call("start", compiled).catch((error: unknown) => {
    caller.end(
      error instanceof EngineError
        ? error
        : new EngineError({ code: "worker-failed", message: String(error) }),
    );
  });
  return caller;
}

/** Gives back what pages left behind that are gone. */
async function tidy(): Promise<void> {
  try {
    const { removeStaleScratch } = await import("./scratch.js");
    await removeStaleScratch();
  } catch {
    // Another page will.
  }
}

reportLostRejections(self);
answer<EngineCalls>(
  // The page's types are in force here, in which `self` is a window.
  self as unknown as WorkerScope,
  BUILD,
  archiveHandlers({
    start: async (given) => {
      urls = given;
      const list = await startList(await compile(urls.listWasm));
      // No list waits for this.
      void tidy();
      return list;
    },
    engine: async () => startEngine(await compile(urls.wasm)),
    decoders: async () => startScan(await compiledDecoders()),
    prepareScan: async () => {
      const compiled = await compiledDecoders();
      return () => spawnScanWorker(compiled);
    },
    processors: navigator.hardwareConcurrency,
  }),
);
