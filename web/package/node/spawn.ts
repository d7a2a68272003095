import { Worker } from "node:worker_threads";

import type { WorkerLike } from "../../src/caller.js";
import type { Part } from "../../src/protocol.js";
import { pack, unpack } from "./thread-blob.js";

/** Starts a thread, which looks like a worker of a page. */
export function spawnWorker(script: Part, name: string): WorkerLike {
  if (script instanceof Blob) throw new TypeError("the script of a thread is a file");
  // Without the flags of the main thread: of those, some say what its script is.
  const worker = new Worker(new URL(script), { name, execArgv: [] });
  return {
    postMessage: (message, transfer) => {
      worker.postMessage(pack(message), transfer as never);
    },
    terminate: () => void worker.terminate(),
    addEventListener: (type, listener) => {
      if (type !== "error") {
        worker.on(type, (data) => {
          listener(new MessageEvent(type, { data: unpack(data) }));
        });
        return;
      }
      const tell = (message: string): void => {
        listener(Object.assign(new Event("error"), { message }));
      };
      worker.on("error", (error) => {
        tell(error instanceof Error ? error.message : String(error));
      });
      worker.on("exit", (code) => {
        tell(`it has ended with code ${code}`);
      });
    },
  };
}
