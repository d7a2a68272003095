import type { WorkerScope } from "./answerer.js";
import { whyFailed, type WorkerLike } from "./caller.js";
import { messageOf } from "./errors.js";
import { workerBehind } from "./port.js";
import type { SpawnedWorker } from "./spawn.js";

// Workers that a worker has use for are the page's: in Firefox, a worker that starts another one
// now and then never returns from that. The two talk to each other without the page.

/** What a worker asks the page for: another one, at the other end of `link`. */
interface Asked {
  link: MessagePort;
  /** By which the page says why it has ended, and is told to end it. */
  life: MessagePort;
}

/** Starts a worker for each that is asked for through a port. Returns what ends them all. */
export function spawnAsAsked(port: MessagePort, spawn: () => SpawnedWorker): () => void {
  const workers = new Set<Worker>();
  port.onmessage = ({ data }) => {
    const { link, life } = data as Asked;
    try {
      const worker = spawn();
      workers.add(worker);
      life.onmessage = () => {
        worker.terminate();
        workers.delete(worker);
      };
      worker.onerror = (event) => {
        // Handled by who asked: it must not travel on to the page's own error event.
        event.preventDefault();
        life.postMessage(whyFailed(event, worker.policy));
      };
      worker.postMessage(link, [link]);
    } catch (error) {
      life.postMessage(messageOf(error));
    }
  };
  return () => {
    port.close();
    for (const worker of workers) worker.terminate();
  };
}

/** Asks for a worker, in a worker whose port leads to {@link spawnAsAsked}. */
export function askForWorker(port: MessagePort): WorkerLike {
  const link = new MessageChannel();
  const life = new MessageChannel();
  const asked: Asked = { link: link.port2, life: life.port2 };
  port.postMessage(asked, [asked.link, asked.life]);
  const worker = workerBehind(link.port1);
  return {
    ...worker,
    addEventListener: (type, listener) => {
      worker.addEventListener(type, listener);
      if (type !== "error") return;
      life.port1.onmessage = ({ data }) => {
        listener(Object.assign(new Event(type), { message: data as string }));
      };
    },
    terminate: () => {
      worker.terminate();
      life.port1.postMessage("end");
      life.port1.close();
    },
  };
}

/** Calls back with the other end of the link, in a worker that was asked for. */
export function whenLinked(scope: typeof self, linked: (link: WorkerScope) => void): void {
  scope.onmessage = ({ data }) => {
    const link = data as MessagePort;
    linked(link);
    link.start();
  };
}
