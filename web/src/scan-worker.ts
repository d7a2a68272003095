import type { Scan } from "../generated/simd/oci_lens.js";
import { answer, reportLostRejections, Transferred, type WorkerScope } from "./answerer.js";
import { BUILD } from "./build.js";
import { EngineError } from "./errors.js";
import type { ScanCalls } from "./protocol.js";
import { pour } from "./slices.js";
import { startCore, type CoreModule } from "./wasm.js";

let starting: Promise<CoreModule> | undefined;

// The page's types are in force here, in which `self` is a window.
const scope = self as unknown as WorkerScope;

reportLostRejections(self);
answer<ScanCalls>(scope, BUILD, {
  start: async (compiled) => {
    starting = startCore(compiled);
    await starting;
    return undefined;
  },

  scan: async ({ job, bytes }, { signal, progress }) => {
    const core = await starting;
    if (!core) throw new EngineError({ code: "internal", message: "scan comes before start" });
    const scan: Scan = new core.Scan(job);
    let alive = true;
    try {
      await pour(bytes, scan, {
        signal,
        progress: () => {
          progress({ stored: scan.stored(), unpacked: scan.unpacked() });
        },
      });
      const stored = scan.stored();
      const unpacked = scan.unpacked();
      const table = scan.finish();
      return new Transferred({ table, stored, unpacked }, [table.buffer]);
    } catch (error) {
      // A trapped instance is not touched again.
      alive = !(error instanceof WebAssembly.RuntimeError);
      throw error;
    } finally {
      if (alive) scan.free();
    }
  },
});
