import { answer, reportLostRejections, type WorkerScope } from "./answerer.js";
import { BUILD } from "./build.js";
import { openFiles } from "./store-files.js";
import { storeHandlers } from "./store-handlers.js";
import type { StoreCalls } from "./store-protocol.js";
import { compile, startStore } from "./wasm.js";

reportLostRejections(self);
answer<StoreCalls>(
  // The page's types are in force here, in which `self` is a window.
  self as unknown as WorkerScope,
  BUILD,
  storeHandlers({
    start: async (wasm) => startStore(await compile(wasm)),
    files: () => openFiles(navigator),
  }),
);
