import type { Scan } from "../generated/simd/scan.js";
import { answer, reportLostRejections, Transferred, type WorkerScope } from "./answerer.js";
import { BUILD } from "./build.js";
import { EngineError } from "./errors.js";
import type { ScanCalls } from "./protocol.js";
import { readHandlers } from "./reader.js";
import { pour } from "./slices.js";
import { startScan, type ScanModule } from "./wasm.js";

let starting: Promise<ScanModule> | undefined;

const started = async (): Promise<ScanModule> => {
  const core = await starting;
  if (!core) throw new EngineError({ code: "internal", message: "a call comes before start" });
  return core;
};

// The page's types are in force here, in which `self` is a window.
const scope = self as unknown as WorkerScope;

reportLostRejections(self);
answer<ScanCalls>(scope, BUILD, {
  start: async (compiled) => {
    starting = startScan(compiled);
    await starting;
    return undefined;
  },

  scan: async ({ job, bytes }, { signal, progress }) => {
    const core = await started();
    const scan: Scan = new core.Scan(job);
    await pour(bytes, scan, {
      signal,
      progress: () => {
        progress({ stored: scan.stored(), unpacked: scan.unpacked() });
      },
    }).catch((error: unknown) => {
      // A trapped instance is not touched again.
      if (!(error instanceof WebAssembly.RuntimeError)) scan.free();
      throw error;
    });
    const stored = scan.stored();
    const unpacked = scan.unpacked();
    // Takes the scan apart: nothing is left to be freed.
    const table = scan.finish();
    return new Transferred({ table, stored, unpacked }, [table.buffer]);
  },

  ...readHandlers(started),
});
