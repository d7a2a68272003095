import { answer, reportLostRejections, type WorkerScope } from "./answerer.js";
import { archiveHandlers } from "./archives.js";
import { BUILD } from "./build.js";
import { Caller } from "./caller.js";
import { EngineError } from "./errors.js";
import type { ScanWorker } from "./pool.js";
import type { EngineCalls, ScanCalls } from "./protocol.js";
import scanWorkerUrl from "./scan-worker.ts?worker&url";
import { removeStaleScratch } from "./scratch.js";
import { spawnWorker } from "./spawn.js";
import { compileCore, startCore, type CompiledCore } from "./wasm.js";

let compiled: CompiledCore | undefined;
let scanWorker = scanWorkerUrl;

/**
 * Scan workers are children of this one, not of the page: their tables come
 * here without a turn of the page's event loop, and they end with this worker,
 * however it ends.
 */
function spawnScanWorker(): ScanWorker {
  if (!compiled) {
    throw new EngineError({ code: "internal", message: "a scan comes before start" });
  }
  const worker = spawnWorker(scanWorker, "oci-lens-scan");
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

reportLostRejections(self);
answer<EngineCalls>(
  // The page's types are in force here, in which `self` is a window.
  self as unknown as WorkerScope,
  BUILD,
  archiveHandlers({
    start: async (urls) => {
      scanWorker = urls.scanWorker ?? scanWorkerUrl;
      compiled = await compileCore(urls.wasm);
      await removeStaleScratch();
      return startCore(compiled);
    },
    spawnScanWorker,
    processors: navigator.hardwareConcurrency,
  }),
);
