import { answer, type Handlers } from "../../src/answerer.js";
import type { WorkerLike } from "../../src/caller.js";
import type { CallMap } from "../../src/protocol.js";

type Listener = (event: Event) => void;

/** A worker in this thread: messages are cloned and arrive later, as between threads. */
export class FakeWorker implements WorkerLike {
  readonly #outside: [string, Listener][] = [];
  readonly #inside: ((event: MessageEvent) => void)[] = [];
  /** Messages sent to it, in order. */
  readonly received: unknown[] = [];
  terminated = false;
  /** Answers nothing any more, as one that the browser ended. */
  silent = false;

  /** A worker that answers calls. */
  static answering<C extends CallMap<C>>(handlers: Handlers<C>, build = "test"): FakeWorker {
    const worker = new FakeWorker();
    answer<C>(worker.scope(), build, handlers);
    return worker;
  }

  scope(): Parameters<typeof answer>[0] {
    return {
      postMessage: (message, transfer) => {
        const copy: unknown = structuredClone(message, { transfer });
        if (this.silent) return;
        setTimeout(() => {
          this.emit("message", new MessageEvent("message", { data: copy }));
        });
      },
      addEventListener: (_type, listener) => {
        this.#inside.push(listener);
      },
    };
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    const copy: unknown = structuredClone(message, { transfer });
    this.received.push(copy);
    setTimeout(() => {
      if (this.terminated || this.silent) return;
      for (const listener of this.#inside) listener(new MessageEvent("message", { data: copy }));
    });
  }

  terminate(): void {
    this.terminated = true;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#outside.push([type, listener]);
  }

  /** As the browser tells the parent. */
  emit(type: string, event: Event): void {
    if (this.terminated) return;
    for (const [listened, listener] of this.#outside) if (listened === type) listener(event);
  }

  fail(message: string): void {
    const event = new Event("error", { cancelable: true });
    this.emit("error", Object.assign(event, { message }));
  }
}
