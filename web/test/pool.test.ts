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

function run(numbers: number[], size: number, behaviour: Behaviour): Run {
  const told: string[] = [];
  const workers: FakeScanWorker[] = [];
  const controller = new AbortController();
  const result = scanAll(
    numbers.map((number) => job(number, 10)),
    {
      size,
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

  test("replaces a worker that ended, and only its job fails", async () => {
    const { told, workers, result } = run([1, 2, 3], 1, async (number, worker) => {
      await later();
      if (number !== 1) return scanned(number);
      worker.end(dead);
      throw dead;
    });
    await result;
    expect(told).toEqual(["1 worker-failed: gone", "2 done", "3 done"]);
    expect(workers).toHaveLength(2);
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
