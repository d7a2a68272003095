import type { WorkerLike } from "./caller.js";

/** Whatever answers calls at the other end of a port, as if it were a worker. */
export function workerBehind(port: MessagePort): WorkerLike {
  return {
    postMessage: (message, transfer) => {
      port.postMessage(message, transfer);
    },
    addEventListener: (type, listener) => {
      // A port tells of no errors of the other side's: whoever has both workers does.
      if (type === "error") return;
      port.addEventListener(type, listener);
      port.start();
    },
    terminate: () => {
      port.close();
    },
  };
}
