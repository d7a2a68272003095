import { describe, expect, test } from "vitest";

import type { ScanJob } from "../generated/simd/engine.js";
import { abortError, EngineError } from "../src/errors.js";
import { ScanPool, type PoolWork, type ScanWorker } from "../src/pool.js";
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

  call: ScanWorker["call"] = (_call, { job: { job: number } }, { signal }) => {
    return new Promise((resolve, reject) => {
      this.#behaviour(number, this).then(resolve, reject);
      signal?.addEventListener("abort", () => {
        reject(abortError());
      });
    });
  };

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

interface Options extends Omit<PoolWork, "jobs" | "processors" | "weight"> {
  size: number;
  side: number;
}

function scanAll(jobs: PoolWork["jobs"], { size, side, ...work }: Options): Promise<void> {
  return new ScanPool(side).scan({ ...work, jobs, processors: size, weight: 1 });
}

function run(numbers: number[], size: number, behaviour: Behaviour, side = 1): Run {
  return runIn(new ScanPool(side), numbers, behaviour, { processors: size, weight: 1 });
}

function runIn(
  pool: ScanPool,
  numbers: number[],
  behaviour: Behaviour,
  size: Pick<PoolWork, "processors" | "weight">,
): Run {
  const told: string[] = [];
  const workers: FakeScanWorker[] = [];
  const controller = new AbortController();
  const result = pool.scan({
    ...size,
    jobs: numbers.map((number) => job(number, 10)),
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
  });
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

  describe("of two scans at once", () => {
    /** Jobs that wait until they are let go. */
    class Gate {
      readonly at: string[] = [];
      readonly workers: FakeScanWorker[] = [];
      readonly open = new Map<number, () => void>();

      readonly behaviour: Behaviour = async (number, worker) => {
        if (!this.workers.includes(worker)) this.workers.push(worker);
        this.at.push(`${number} in ${this.workers.indexOf(worker)}`);
        await new Promise<void>((resolve) => this.open.set(number, resolve));
        if (worker.ended) throw dead;
        return scanned(number);
      };

      letGo(...numbers: number[]): void {
        for (const number of numbers) this.open.get(number)?.();
      }
    }
    const two = { processors: 2, weight: 1 };

    test("shares the workers, and takes turns", async () => {
      const [pool, gate] = [new ScanPool(2), new Gate()];
      const big = runIn(pool, [1, 2, 3, 4, 5, 6], gate.behaviour, two);
      const small = runIn(pool, [11, 12], gate.behaviour, two);
      await later();
      expect(gate.at).toEqual(["1 in 0", "2 in 1", "3 in 0", "4 in 1"]);
      gate.letGo(1, 2);
      await later();
      // Before what was there first, which has two under way.
      expect(gate.at.slice(4)).toEqual(["11 in 0", "12 in 1"]);
      gate.letGo(11, 12);
      await small.result;
      expect([small.told, big.told]).toEqual([
        ["11 done", "12 done"],
        ["1 done", "2 done"],
      ]);
      expect(gate.workers.some(({ ended }) => ended)).toBe(false);
      gate.letGo(3, 4);
      await later();
      gate.letGo(5, 6);
      await big.result;
      expect([big.told.length, gate.workers.length]).toEqual([6, 2]);
      expect(gate.workers.every(({ ended }) => ended)).toBe(true);
    });

    test("cancels the one and goes on with the other", async () => {
      const [pool, gate] = [new ScanPool(1), new Gate()];
      const one = runIn(pool, [1, 2, 3], gate.behaviour, two);
      const other = runIn(pool, [11], gate.behaviour, two);
      await later();
      one.abort();
      await one.result;
      expect(one.told).toEqual([1, 2, 3].map((job) => `${job} cancelled: the work was cancelled`));
      expect(gate.workers.some(({ ended }) => ended)).toBe(false);
      await later();
      expect(gate.at.slice(2)).toEqual(["11 in 0"]);
      gate.letGo(1, 2, 11);
      await other.result;
      expect(other.told).toEqual(["11 done"]);
      expect(one.told).toHaveLength(3);
    });

    test("scans again what either had in a worker that ended", async () => {
      const [pool, gate] = [new ScanPool(2), new Gate()];
      const single = { processors: 1, weight: 1 };
      const one = runIn(pool, [1], gate.behaviour, single);
      const other = runIn(pool, [11], gate.behaviour, single);
      await later();
      expect(gate.at).toEqual(["1 in 0", "11 in 0"]);
      gate.workers[0]?.end(dead);
      gate.letGo(1, 11);
      await later();
      expect(gate.at.slice(2)).toEqual(["1 in 1"]);
      gate.letGo(1);
      await later();
      expect(gate.at.slice(3)).toEqual(["11 in 1"]);
      gate.letGo(11);
      await Promise.all([one.result, other.result]);
      expect([one.told, other.told]).toEqual([["1 done"], ["11 done"]]);
    });

    test("begins no second pair where there are processors for one", async () => {
      const [pool, gate] = [new ScanPool(4), new Gate()];
      const pair = { processors: 3, weight: 2 };
      const one = runIn(pool, [1], gate.behaviour, pair);
      const other = runIn(pool, [11], gate.behaviour, pair);
      await later();
      expect(gate.at).toEqual(["1 in 0", "11 in 0"]);
      gate.letGo(1, 11);
      await Promise.all([one.result, other.result]);
    });
  });
});
