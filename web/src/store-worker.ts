import { answer, reportLostRejections, type WorkerScope } from "./answerer.js";
import { BUILD } from "./build.js";
import { openFiles } from "./store-files.js";
import { storeHandlers } from "./store-handlers.js";
import type { StoreCalls } from "./store-protocol.js";
import { compile, startStore } from "./wasm.js";

// The page's types are in force here, in which `self` is a window.
const scope = self as unknown as WorkerScope;

reportLostRejections(self, scope);
answer<StoreCalls>(
  scope,
  BUILD,
  storeHandlers({
    start: async (wasm) => startStore(await compile(wasm)),
    files: () => openFiles(navigator),
  }),
);
