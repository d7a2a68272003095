// What a worker of a page has and a thread of Node has not.
import { availableParallelism } from "node:os";
import { parentPort } from "node:worker_threads";

import type { WorkerScope } from "../../src/answerer.js";
import { pack, ThreadBlob, unpack } from "./thread-blob.js";

const port = parentPort;
if (!port) throw new Error("this is the script of a worker");

const scope = {
  postMessage: (message: unknown, transfer: Transferable[] = []) => {
    port.postMessage(pack(message), transfer as never);
  },
  addEventListener: (
    type: "message" | "unhandledrejection",
    listener: (event: { data?: unknown; reason?: unknown; preventDefault: () => void }) => void,
  ) => {
    const preventDefault = (): void => undefined;
    if (type === "message") {
      port.on("message", (data) => {
        listener({ data: unpack(data), preventDefault });
      });
    } else {
      process.on("unhandledRejection", (reason) => {
        listener({ reason, preventDefault });
      });
    }
  },
} satisfies { [K in keyof WorkerScope]: unknown };

/** By which the core reads of files as it needs them. */
class FileReaderSync {
  readAsArrayBuffer(blob: ThreadBlob): ArrayBuffer {
    return blob.readSync().buffer;
  }
}

const globals = {
  self: scope,
  FileReaderSync,
  navigator: { hardwareConcurrency: availableParallelism() },
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, configurable: true });
}
