import { abortError, EngineError, toWire } from "./errors.js";
import type { CallMap, FromWorker, ToWorker } from "./protocol.js";

/** A result whose buffers move instead of being copied. */
export class Transferred<T> {
  constructor(
    readonly value: T,
    readonly buffers: Transferable[],
  ) {}
}

/** What a handler may use besides its parameters. */
export interface CallContext<P> {
  signal: AbortSignal;
  /** Tells of it; the buffers move instead of being copied. */
  progress: (progress: P, buffers?: Transferable[]) => void;
}

type Answer<T> = T | Transferred<T>;

export type Handlers<C extends CallMap<C>> = {
  [K in keyof C]: (
    params: C[K]["params"],
    context: CallContext<C[K]["progress"]>,
  ) => Answer<C[K]["result"]> | Promise<Answer<C[K]["result"]>>;
};

/** The part of a dedicated worker's global scope that is used here. */
export interface WorkerScope {
  postMessage: (message: unknown, transfer: Transferable[]) => void;
  addEventListener: (type: "message", listener: (event: MessageEvent) => void) => void;
}

/** Answers calls until the worker ends. Every call gets one answer. */
export function answer<C extends CallMap<C>>(
  scope: WorkerScope,
  build: string,
  handlers: Handlers<C>,
): void {
  const running = new Map<number, AbortController>();
  let broken: EngineError | undefined;

  const send = (message: FromWorker<C>, transfer: Transferable[] = []): void => {
    scope.postMessage(message, transfer);
  };

  const run = async <K extends keyof C>(
    id: number,
    name: K,
    params: C[K]["params"],
  ): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      if (broken) throw broken;
      const result = await handlers[name](params, {
        signal: controller.signal,
        progress: (progress, buffers) => {
          if (running.has(id)) send({ kind: "progress", id, progress }, buffers);
        },
      });
      if (controller.signal.aborted) throw abortError();
      if (result instanceof Transferred) {
        send({ kind: "ok", id, result: result.value }, result.buffers);
      } else {
        send({ kind: "ok", id, result });
      }
    } catch (error) {
      const wire = toWire(error);
      if (wire.fatal === true) broken = new EngineError(wire);
      send({ kind: "error", id, error: wire });
    } finally {
      running.delete(id);
    }
  };

  scope.addEventListener("message", (event) => {
    // The handshake sees to it that the other side is of the same build.
    const message = event.data as ToWorker<C>;
    switch (message.kind) {
      case "hello":
        if (message.build !== build) {
          broken = new EngineError({
            code: "version-mismatch",
            message: `the worker is of build ${build}, but its caller is of build ${message.build}`,
          });
        }
        send({ kind: "hello", build });
        break;
      case "ping":
        send({ kind: "pong" });
        break;
      case "abort":
        running.get(message.id)?.abort(abortError());
        break;
      case "call":
        void run(message.id, message.call, message.params);
        break;
    }
  });
}

/** A promise that nobody waits for must not fail unseen: the caller is told. */
export function reportLostRejections(
  scope: {
    addEventListener: (
      type: "unhandledrejection",
      listener: (event: PromiseRejectionEvent) => void,
    ) => void;
  },
  caller: Pick<WorkerScope, "postMessage">,
): void {
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    caller.postMessage({ kind: "failed", error: toWire(event.reason) }, []);
  });
}
