import { answer, reportLostRejections, type WorkerScope } from "./answerer.js";
import { archiveHandlers } from "./archives.js";
import { BUILD } from "./build.js";
import { Caller } from "./caller.js";
import type { DecoderWorker } from "./contents.js";
import { EngineError } from "./errors.js";
import type { CoreUrls, Decoders, EngineCalls, ScanCalls } from "./protocol.js";
import { askForWorker } from "./spawner.js";
import { compile, startEngine, startList, startScan, type Compiled } from "./wasm.js";

/** Given by the call that comes first. */
let urls: Required<CoreUrls>;
let asking: MessagePort;
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

/** What workers get the decoders from. */
function preparedDecoders(): Promise<Decoders> {
  // On a page from a disk, each worker has an origin of its own, and no module goes to another.
  const isAlone = self.origin === "null";
  return isAlone ? Promise.resolve({ part: urls.scanWasm }) : compiledDecoders();
}

function spawnScanWorker(): DecoderWorker {
  const caller = new Caller<ScanCalls>(askForWorker(asking), BUILD, {
    interval: 1000,
    running: 10,
    starting: 60,
    // Also as long as reading one slice may take.
    stalled: 60,
  });
  preparedDecoders()
    .then((decoders) => caller.begin("start", decoders))
    .catch((error: unknown) => {
      if (!(error instanceof EngineError)) throw error;
      caller.end(error);
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

// The page's types are in force here, in which `self` is a window.
const scope = self as unknown as WorkerScope;

reportLostRejections(self, scope);
answer<EngineCalls>(
  scope,
  BUILD,
  archiveHandlers({
    start: async (given) => {
      ({ urls, asking } = given);
      const list = await startList(await compile(urls.listWasm));
      // No list waits for this.
      void tidy();
      return list;
    },
    engine: async () => startEngine(await compile(urls.wasm)),
    decoders: async () => startScan(await compiledDecoders()),
    prepareScan: preparedDecoders,
    spawnScan: spawnScanWorker,
    processors: navigator.hardwareConcurrency,
  }),
);
