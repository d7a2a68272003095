import { describe, expect, test } from "vitest";

import type { ScanJob } from "../generated/simd/engine.js";
import { abortError, EngineError } from "../src/errors.js";
import { scanAll, type ScanWorker } from "../src/pool.js";
import type { Scanned } from "../src/protocol.js";
import { job } from "./support/fake-core.js";
import { outcome } from "./support/settle.js";

type Behaviour = (number: number, worker: FakeScanWorker) => Promise<Scanned>;

class FakeScanWorker implements ScanWorker {
  ended: EngineError | undefined;
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  call: ScanWorker["call"] = (_call, { job: { job: number } }) => this.#behaviour(number, this);

  end(error: EngineError): void {
    this.ended = error;
  }
}

const scanned = (number: number): Scanned => ({
  table: new Uint8Array([number]),
  stored: 10,
  unpacked: 20,
});

const dead = new EngineError({ code: "worker-failed", message: "gone" });

interface Run {
  told: string[];
  workers: FakeScanWorker[];
  result: Promise<void>;
  abort: () => void;
}

function run(numbers: number[], size: number, behaviour: Behaviour, side = 1): Run {
  const told: string[] = [];
  const workers: FakeScanWorker[] = [];
  const controller = new AbortController();
  const result = scanAll(
    numbers.map((number) => job(number, 10)),
    {
      size,
      side,
      spawn: () => {
        const worker = new FakeScanWorker(behaviour);
        workers.push(worker);
        return worker;
      },
      bytes: () => new Blob(),
      signal: controller.signal,
      events: {
        progress: () => undefined,
        done: ({ job: number }: ScanJob) => told.push(`${number} done`),
        failed: ({ job: number }: ScanJob, reason, message) =>
          told.push(`${number} ${reason}: ${message}`),
      },
    },
  );
  return {
    told,
    workers,
    result,
    abort: () => {
      controller.abort(abortError());
    },
  };
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("the pool", () => {
  test("scans in the order given, with no more workers than asked for", async () => {
    let active = 0;
    let most = 0;
    const order: number[] = [];
    const { told, workers, result } = run([3, 1, 4, 2, 5], 2, async (number) => {
      order.push(number);
      most = Math.max(most, ++active);
      await later();
      active -= 1;
      return scanned(number);
    });
    await result;
    expect(order).toEqual([3, 1, 4, 2, 5]);
    expect(told).toEqual(["3 done", "1 done", "4 done", "2 done", "5 done"]);
    expect([most, workers.length]).toEqual([2, 2]);
    expect(workers.every(({ ended }) => ended)).toBe(true);
  });

  test("has nothing to do without jobs", async () => {
    const { told, workers, result } = run([], 2, (number) => Promise.resolve(scanned(number)));
    await result;
    expect([told, workers]).toEqual([[], []]);
  });

  test("gives each worker a job before any has two, and none more than asked for", async () => {
    const at: string[] = [];
    const seen: FakeScanWorker[] = [];
    const waiting: (() => void)[] = [];
    const { told, workers, result } = run(
      [1, 2, 3, 4, 5, 6, 7],
      2,
      async (number, worker) => {
        if (!seen.includes(worker)) seen.push(worker);
        at.push(`${number} in ${seen.indexOf(worker)}`);
        await new Promise<void>((resolve) => waiting.push(resolve));
        return scanned(number);
      },
      3,
    );
    await later();
    expect(at).toEqual(["1 in 0", "2 in 1", "3 in 0", "4 in 1", "5 in 0", "6 in 1"]);
    waiting[3]?.();
    await later();
    expect(at.slice(6)).toEqual(["7 in 1"]);
    for (const resolve of waiting) resolve();
    await result;
    expect([told.length, workers.length]).toEqual([7, 2]);
  });

  test("scans again by itself what a worker was at when it ended, and fails it the second time", async () => {
    const at: string[] = [];
    let active = 0;
    const { told, workers, result } = run(
      [1, 2, 3, 4],
      1,
      async (number, worker) => {
        active += 1;
        await later();
        at.push(`${number} of ${active}`);
        if (number === 1) worker.end(dead);
        await later();
        active -= 1;
        if (worker.ended) throw dead;
        return scanned(number);
      },
      3,
    );
    await result;
    expect(told).toEqual(["4 done", "1 worker-failed: gone", "2 done", "3 done"]);
    expect(at.slice(3)).toEqual(["4 of 1", "1 of 1", "2 of 1", "3 of 1"]);
    expect(workers).toHaveLength(3);
  });

  test("replaces a worker that ended without a job", async () => {
    const { told, workers, result } = run([1, 2], 1, async (number, worker) => {
      await later();
      setTimeout(() => {
        worker.end(dead);
      });
      return scanned(number);
    });
    await result;
    expect(told).toEqual(["1 done", "2 done"]);
    expect(workers.length).toBeGreaterThan(0);
  });

  test("keeps a worker whose job merely failed", async () => {
    const { told, workers, result } = run([1, 2], 1, (number) =>
      number === 1
        ? Promise.reject(new EngineError({ code: "read-failed", message: "changed" }))
        : Promise.resolve(scanned(number)),
    );
    await result;
    expect(told).toEqual(["1 read-failed: changed", "2 done"]);
    expect(workers).toHaveLength(1);
  });

  test("fails the jobs when no worker can be started", async () => {
    const told: string[] = [];
    await scanAll([job(1, 10), job(2, 10)], {
      size: 2,
      side: 1,
      spawn: () => {
        throw new Error("refused");
      },
      bytes: () => new Blob(),
      signal: new AbortController().signal,
      events: {
        progress: () => undefined,
        done: () => undefined,
        failed: ({ job: number }, reason, message) => told.push(`${number} ${reason}: ${message}`),
      },
    });
    expect(told).toEqual(["1 worker-failed: refused", "2 worker-failed: refused"]);
  });

  test("cancels at once, and tells of nothing afterwards", async () => {
    const waiting: (() => void)[] = [];
    const { told, workers, result, abort } = run([1, 2, 3, 4], 2, async (number) => {
      if (number > 1) await new Promise<void>((resolve) => waiting.push(resolve));
      return scanned(number);
    });
    await later();
    abort();
    const expected = [
      "1 done",
      "2 cancelled: the work was cancelled",
      "3 cancelled: the work was cancelled",
      "4 cancelled: the work was cancelled",
    ];
    expect(told).toEqual(expected);
    expect(workers.every(({ ended }) => ended)).toBe(true);
    for (const resolve of waiting) resolve();
    await result;
    expect(told).toEqual(expected);
  });

  test("cancels everything when it is aborted before it starts", async () => {
    const controller = new AbortController();
    controller.abort(abortError());
    const told: number[] = [];
    await scanAll([job(1, 10), job(2, 10)], {
      size: 1,
      side: 1,
      spawn: () => {
        throw new Error("not to be started");
      },
      bytes: () => new Blob(),
      signal: controller.signal,
      events: {
        progress: () => undefined,
        done: () => undefined,
        failed: ({ job: number }) => told.push(number),
      },
    });
    expect(told).toEqual([1, 2]);
  });

  test("ends with what an event handler throws", async () => {
    const result = scanAll([job(1, 10), job(2, 10)], {
      size: 1,
      side: 1,
      spawn: () => new FakeScanWorker((number) => Promise.resolve(scanned(number))),
      bytes: () => new Blob(),
      signal: new AbortController().signal,
      events: {
        progress: () => undefined,
        done: () => {
          throw new WebAssembly.RuntimeError("unreachable");
        },
        failed: () => undefined,
      },
    });
    expect(await outcome(result)).toBe("other: RuntimeError: unreachable");
  });
});
