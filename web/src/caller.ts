import { abortError, EngineError, fromWire, messageOf } from "./errors.js";
import type { CallMap, FromWorker, ToWorker } from "./protocol.js";

/** The part of `Worker` that is used here. */
export interface WorkerLike {
  /** What a Content-Security-Policy has to hold for it behind `worker-src`. */
  readonly policy?: string;
  postMessage: (message: unknown, transfer: Transferable[]) => void;
  terminate: () => void;
  addEventListener: (
    type: "message" | "messageerror" | "error",
    listener: (event: Event) => void,
  ) => void;
}

/**
 * How long a silent worker is thought to be alive. Counted in unanswered
 * pings, not in time: a computer that slept has not kept anyone waiting.
 */
export interface Patience {
  /** Milliseconds between pings. */
  interval: number;
  /** Pings that may stay unanswered by a running worker. */
  running: number;
  /** The same while its script is still being loaded. */
  starting: number;
  /**
   * Pings that may be answered while calls are pending and nothing is told of
   * them: for workers whose calls all tell progress. Script that was stopped
   * from outside leaves a worker that answers, but does nothing more.
   */
  stalled?: number;
}

export interface CallOptions<P> {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: P) => void) | undefined;
  transfer?: Transferable[];
}

interface Pending<C extends CallMap<C>> {
  resolve: (result: C[keyof C]["result"]) => void;
  reject: (error: EngineError | DOMException) => void;
  progress: ((progress: C[keyof C]["progress"]) => void) | undefined;
}

/**
 * Calls one worker. Whatever happens to the worker, every call settles: an
 * error of its script, a trap, silence and `end` all reject what is pending.
 */
export class Caller<C extends CallMap<C>> {
  readonly #worker: WorkerLike;
  readonly #build: string;
  readonly #patience: Patience;
  readonly #pending = new Map<number, Pending<C>>();
  readonly #onEnd: ((error: EngineError) => void)[] = [];
  #outbox: { message: ToWorker<C>; transfer: Transferable[] }[] | undefined = [];
  #nextId = 1;
  #unanswered = 0;
  #untold = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #ended: EngineError | undefined;

  constructor(worker: WorkerLike, build: string, patience: Patience) {
    this.#worker = worker;
    this.#build = build;
    this.#patience = patience;
    worker.addEventListener("message", (event) => {
      this.#receive((event as MessageEvent).data as FromWorker<C>);
    });
    worker.addEventListener("messageerror", () => {
      this.end(failed("a message of the worker could not be read"));
    });
    worker.addEventListener("error", (event) => {
      // Handled here: it must not travel on to the parent's own error event.
      event.preventDefault();
      this.end(failed(whyFailed(event, worker.policy)));
    });
    worker.postMessage({ kind: "hello", build } satisfies ToWorker<C>, []);
    this.#watch();
  }

  /** Why the worker is no longer there; undefined while it is. */
  get ended(): EngineError | undefined {
    return this.#ended;
  }

  /** Calls back once when the worker has ended, for whatever reason. */
  onEnd(listener: (error: EngineError) => void): void {
    this.#onEnd.push(listener);
  }

  call<K extends keyof C>(
    call: K,
    params: C[K]["params"],
    options: CallOptions<C[K]["progress"]> = {},
  ): Promise<C[K]["result"]> {
    const { signal, onProgress, transfer = [] } = options;
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted === true) return Promise.reject(abortError());
    const id = this.#nextId++;
    return new Promise<C[K]["result"]>((resolve, reject) => {
      const abort = (): void => {
        this.#post({ kind: "abort", id });
        this.#settle(id)?.reject(abortError());
      };
      const release = (): void => {
        signal?.removeEventListener("abort", abort);
      };
      this.#pending.set(id, {
        resolve: (result) => {
          release();
          resolve(result);
        },
        reject: (error) => {
          release();
          reject(error);
        },
        progress: onProgress,
      });
      signal?.addEventListener("abort", abort);
      this.#watch();
      try {
        this.#post({ kind: "call", id, call, params }, transfer);
      } catch (error) {
        // Parameters that cannot be cloned.
        this.#settle(id)?.reject(
          new EngineError({
            code: "internal",
            message: messageOf(error),
          }),
        );
      }
    });
  }

  /** Makes a call without which nothing else works: the worker ends when that fails. */
  async begin<K extends keyof C>(
    call: K,
    params: C[K]["params"],
    options?: CallOptions<C[K]["progress"]>,
  ): Promise<C[K]["result"]> {
    try {
      return await this.call(call, params, options);
    } catch (error) {
      this.end(error instanceof EngineError ? error : failed(messageOf(error)));
      throw error;
    }
  }

  /** Terminates the worker; what is pending rejects with `error`. */
  end(error: EngineError): void {
    if (this.#ended) return;
    this.#ended = error;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#outbox = undefined;
    this.#worker.terminate();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of pending) reject(error);
    for (const listener of this.#onEnd) listener(error);
  }

  #receive(message: FromWorker<C>): void {
    if (this.#ended) return;
    this.#unanswered = 0;
    if (message.kind !== "pong") this.#untold = 0;
    switch (message.kind) {
      case "hello":
        this.#greeted(message.build);
        break;
      case "pong":
        break;
      case "progress":
        this.#pending.get(message.id)?.progress?.(message.progress);
        break;
      case "ok":
        this.#settle(message.id)?.resolve(message.result);
        break;
      case "error": {
        const pending = this.#settle(message.id);
        pending?.reject(fromWire(message.error));
        if (message.error.fatal === true) this.end(new EngineError(message.error));
        break;
      }
      case "failed":
        this.end(new EngineError(message.error));
        break;
    }
  }

  #greeted(build: string): void {
    if (build !== this.#build) {
      this.end(
        new EngineError({
          code: "version-mismatch",
          message: `this page is of build ${this.#build}, but its worker is of build ${build}: reload the page`,
        }),
      );
      return;
    }
    const outbox = this.#outbox ?? [];
    this.#outbox = undefined;
    for (const { message, transfer } of outbox) this.#worker.postMessage(message, transfer);
  }

  #post(message: ToWorker<C>, transfer: Transferable[] = []): void {
    if (this.#ended) return;
    if (this.#outbox) this.#outbox.push({ message, transfer });
    else this.#worker.postMessage(message, transfer);
  }

  #settle(id: number): Pending<C> | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  // A worker that the browser ended, for want of memory say, gives no event at all.
  #watch(): void {
    if (this.#timer !== undefined || this.#ended) return;
    this.#unanswered = 0;
    this.#untold = 0;
    this.#timer = setInterval(() => {
      if (this.#pending.size === 0 && !this.#outbox) {
        clearInterval(this.#timer);
        this.#timer = undefined;
        return;
      }
      const allowed = this.#outbox ? this.#patience.starting : this.#patience.running;
      if (this.#unanswered >= allowed) {
        this.end(failed("it gives no answer any more"));
        return;
      }
      if (!this.#outbox && this.#untold >= (this.#patience.stalled ?? Infinity)) {
        this.end(failed("its work does not go on"));
        return;
      }
      this.#unanswered += 1;
      this.#untold += 1;
      this.#worker.postMessage({ kind: "ping" } satisfies ToWorker<C>, []);
    }, this.#patience.interval);
  }
}

/** What a worker's error event says. */
export function whyFailed(event: Event, policy = ""): string {
  const { message } = event as Partial<ErrorEvent>;
  if (message) return message;
  return `its script could not be loaded or run; a Content-Security-Policy needs "worker-src ${policy}"`;
}

function failed(why: string): EngineError {
  return new EngineError({ code: "worker-failed", message: `a worker stopped: ${why}` });
}
