import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { Transferred, type Handlers } from "../src/answerer.js";
import { Caller } from "../src/caller.js";
import { EngineError } from "../src/errors.js";
import { FakeWorker } from "./support/fake-worker.js";
import { outcome } from "./support/settle.js";

interface Calls {
  double: { params: { value: number }; result: number; progress: never };
  count: { params: { to: number }; result: string; progress: number };
  forever: { params: object; result: undefined; progress: never };
  fail: { params: { how: string }; result: undefined; progress: never };
  take: { params: { bytes: Uint8Array }; result: Uint8Array; progress: never };
}

const PATIENCE = { interval: 1000, running: 3, starting: 6 };

let aborted: string[] = [];

const handlers: Handlers<Calls> = {
  double: ({ value }) => value * 2,
  count: ({ to }, { progress }) => {
    for (let n = 1; n <= to; n++) progress(n);
    return "counted";
  },
  forever: (_params, { signal }) =>
    new Promise(() => {
      signal.addEventListener("abort", () => aborted.push("forever"));
    }),
  fail: ({ how }) => {
    // What the core throws is a plain object.
    // eslint-disable-next-line @typescript-eslint/only-throw-error
    if (how === "core") throw { code: "not-an-archive", message: "it is text", seems: "text" };
    if (how === "trap") throw new WebAssembly.RuntimeError("unreachable");
    throw new TypeError("x is undefined");
  },
  take: ({ bytes }) => new Transferred(bytes, [bytes.buffer]),
};

function start(build = "test"): { worker: FakeWorker; caller: Caller<Calls> } {
  const worker = FakeWorker.answering<Calls>(handlers, build);
  return { worker, caller: new Caller<Calls>(worker, "test", PATIENCE) };
}

beforeEach(() => {
  aborted = [];
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("calls", () => {
  test("answer, tell progress, and move buffers", async () => {
    const { worker, caller } = start();
    const told: number[] = [];
    const bytes = new Uint8Array([1, 2, 3]);
    const results = Promise.all([
      caller.call("double", { value: 21 }),
      caller.call("count", { to: 3 }, { onProgress: (n) => told.push(n) }),
      caller.call("take", { bytes }, { transfer: [bytes.buffer] }),
    ]);
    await vi.advanceTimersByTimeAsync(20);
    expect(await results).toEqual([42, "counted", new Uint8Array([1, 2, 3])]);
    expect(told).toEqual([1, 2, 3]);
    expect(bytes.byteLength).toBe(0);
    expect(worker.received[0]).toEqual({ kind: "hello", build: "test" });
  });

  test.each([
    ["core", "not-an-archive: it is text"],
    ["trap", "worker-failed: the worker stopped: unreachable"],
    ["bug", "internal: x is undefined"],
  ])("errors cross with their code: %s", async (how, expected) => {
    const { worker, caller } = start();
    const call = outcome(caller.call("fail", { how }));
    await vi.advanceTimersByTimeAsync(20);
    expect(await call).toBe(expected);
    expect(worker.terminated).toBe(how === "trap");
  });

  test("parameters that cannot be cloned reject", async () => {
    const { caller } = start();
    await vi.advanceTimersByTimeAsync(20);
    const params = { value: (() => 1) as unknown as number };
    expect(await outcome(caller.call("double", params))).toMatch(/^internal: /);
  });
});

describe("every call settles", () => {
  const endings: [string, (worker: FakeWorker, caller: Caller<Calls>) => void, string][] = [
    [
      "an error of the script",
      (worker) => {
        worker.fail("boom");
      },
      "worker-failed: a worker stopped: boom",
    ],
    [
      "an unreadable message",
      (worker) => {
        worker.emit("messageerror", new Event("messageerror"));
      },
      "worker-failed: a worker stopped: a message of the worker could not be read",
    ],
    [
      "a trap in another call",
      (_worker, caller) => {
        caller.call("fail", { how: "trap" }).catch(() => undefined);
      },
      "worker-failed: the worker stopped: unreachable",
    ],
    [
      "a rejection that nobody waited for",
      (worker) => {
        const error = { code: "internal", message: "lost" };
        worker.emit("message", new MessageEvent("message", { data: { kind: "failed", error } }));
      },
      "internal: lost",
    ],
    [
      "end",
      (_worker, caller) => {
        caller.end(new EngineError({ code: "engine-closed", message: "closed" }));
      },
      "engine-closed: closed",
    ],
    [
      "silence",
      (worker) => {
        worker.silent = true;
      },
      "worker-failed: a worker stopped: it gives no answer any more",
    ],
  ];

  test.each(endings)("on %s", async (_name, end, expected) => {
    const { worker, caller } = start();
    const ended: string[] = [];
    caller.onEnd((error) => ended.push(error.code));
    const calls = [outcome(caller.call("forever", {})), outcome(caller.call("forever", {}))];
    await vi.advanceTimersByTimeAsync(20);
    end(worker, caller);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await Promise.all(calls)).toEqual([expected, expected]);
    expect(worker.terminated).toBe(true);
    expect(ended).toHaveLength(1);
    expect(await outcome(caller.call("double", { value: 1 }))).toBe(expected);
  });

  test("on abort, and the worker hears of it", async () => {
    const { caller } = start();
    const controller = new AbortController();
    const call = outcome(caller.call("forever", {}, { signal: controller.signal }));
    await vi.advanceTimersByTimeAsync(20);
    controller.abort();
    expect(await call).toBe("aborted");
    await vi.advanceTimersByTimeAsync(20);
    expect(aborted).toEqual(["forever"]);
    expect(await outcome(caller.call("double", {} as never, { signal: controller.signal }))).toBe(
      "aborted",
    );
  });

  test("not on silence that is merely work: pings are answered", async () => {
    const { worker, caller } = start();
    void caller.call("forever", {}).catch(() => undefined);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(worker.terminated).toBe(false);
  });
});

test("a worker that answers pings but does not go on is ended, where that is asked for", async () => {
  const worker = FakeWorker.answering<Calls>(handlers);
  const caller = new Caller<Calls>(worker, "test", { ...PATIENCE, stalled: 10 });
  const call = outcome(caller.call("forever", {}));
  await vi.advanceTimersByTimeAsync(9000);
  expect(worker.terminated).toBe(false);
  // Anything told of a call starts the wait anew.
  await vi.advanceTimersByTimeAsync(500);
  void caller.call("count", { to: 1 });
  await vi.advanceTimersByTimeAsync(8000);
  expect(worker.terminated).toBe(false);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await call).toBe("worker-failed: a worker stopped: its work does not go on");
});

describe("the handshake", () => {
  test("refuses a worker of another build", async () => {
    const { worker, caller } = start("older");
    const call = outcome(caller.call("double", { value: 1 }));
    await vi.advanceTimersByTimeAsync(20);
    expect(await call).toBe(
      "version-mismatch: this page is of build test, but its worker is of build older: reload the page",
    );
    expect(worker.received).toEqual([{ kind: "hello", build: "test" }]);
  });

  test("is waited for longer than an answer, but not for ever", async () => {
    const { worker, caller } = start();
    worker.silent = true;
    const call = outcome(caller.call("double", { value: 1 }));
    await vi.advanceTimersByTimeAsync(5000);
    expect(worker.terminated).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(await call).toMatch(/^worker-failed/);
  });
});
