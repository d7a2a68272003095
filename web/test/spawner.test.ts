import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { answer } from "../src/answerer.js";
import { Caller } from "../src/caller.js";
import { EngineError } from "../src/errors.js";
import type { SpawnedWorker } from "../src/spawn.js";
import { askForWorker, spawnAsAsked, whenLinked } from "../src/spawner.js";
import { outcome } from "./support/settle.js";

interface Calls {
  double: { params: { number: number }; result: number; progress: never };
  wait: { params: object; result: never; progress: never };
}

/** A worker of the page, whose script is in this thread. */
class PageWorker {
  readonly policy = "'self'";
  onerror: ((event: Event) => void) | undefined;
  terminated = false;
  readonly #scope: { onmessage?: (event: MessageEvent) => void } = {};

  constructor() {
    whenLinked(this.#scope as unknown as typeof self, (link) => {
      answer<Calls>(link, "test", {
        double: ({ number }) => 2 * number,
        wait: () => new Promise<never>(() => undefined),
      });
    });
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    const data: unknown = structuredClone(message, { transfer });
    this.#scope.onmessage?.(new MessageEvent("message", { data }));
  }

  terminate(): void {
    this.terminated = true;
  }
}

let spawned: PageWorker[];
let spawn: () => PageWorker;
let asking: MessagePort;
let endAll: () => void;

beforeEach(() => {
  spawned = [];
  spawn = () => {
    const worker = new PageWorker();
    spawned.push(worker);
    return worker;
  };
  const { port1, port2 } = new MessageChannel();
  asking = port2;
  endAll = spawnAsAsked(port1, () => spawn() as unknown as SpawnedWorker);
});
afterEach(() => {
  endAll();
});

function asked(): Caller<Calls> {
  return new Caller(askForWorker(asking), "test", { interval: 1000, running: 60, starting: 60 });
}

describe("a worker that another one asks for", () => {
  test("answers it, and each its own", async () => {
    const [one, other] = [asked(), asked()];
    expect(await one.call("double", { number: 4 })).toBe(8);
    expect(await other.call("double", { number: 5 })).toBe(10);
    expect(spawned).toHaveLength(2);
  });

  test("ends alone when it is told to", async () => {
    const [one, other] = [asked(), asked()];
    await Promise.all([one, other].map((each) => each.call("double", { number: 1 })));
    one.end(new EngineError({ code: "worker-failed", message: "not wanted" }));
    await vi.waitFor(() => {
      expect(spawned.map(({ terminated }) => terminated)).toEqual([true, false]);
    });
    expect(await other.call("double", { number: 2 })).toBe(4);
  });

  test("ends with all others that were asked for through that port", async () => {
    await Promise.all([asked(), asked()].map((each) => each.call("double", { number: 1 })));
    endAll();
    expect(spawned.map(({ terminated }) => terminated)).toEqual([true, true]);
  });

  test("tells why it failed, and what a policy needs if nothing is said", async () => {
    for (const [message, told] of [
      ["out of memory", "a worker stopped: out of memory"],
      ["", `could not be loaded or run; a Content-Security-Policy needs "worker-src 'self'"`],
    ] as const) {
      const caller = asked();
      await caller.call("double", { number: 1 });
      const waiting = outcome(caller.call("wait", {}));
      const event = new Event("error", { cancelable: true });
      spawned.at(-1)?.onerror?.(Object.assign(event, { message }));
      expect(await waiting).toContain(told);
      expect(event.defaultPrevented).toBe(true);
    }
  });

  test("has failed when it could not be started", async () => {
    spawn = () => {
      throw new Error("refused");
    };
    expect(await outcome(asked().call("double", { number: 1 }))).toContain("refused");
  });
});
