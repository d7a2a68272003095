import { describe, expect, test } from "vitest";

import type { ScanJob } from "../generated/simd/engine.js";
import { abortError, EngineError } from "../src/errors.js";
import { ScanPool, type PoolWork, type ScanWorker } from "../src/pool.js";
import type { Scanned } from "../src/protocol.js";
import { job } from "./support/fake-core.js";
import { outcome } from "./support/settle.js";

type Behaviour = (number: number, worker: FakeScanWorker) => Promise<Scanned>;
type Work = PoolWork<FakeScanWorker>;

class FakeScanWorker implements ScanWorker {
  ended: EngineError | undefined;
  readonly told = new Map<number, (stored: number) => void>();
  readonly #behaviour: Behaviour;

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
  }

  call: ScanWorker["call"] = (_call, { job: { job: number } }, { signal, onProgress }) => {
    this.told.set(number, (stored) => onProgress?.({ stored, unpacked: stored }));
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

/** A pool in which nobody is helped. */
function poolOf(side: number): ScanPool<FakeScanWorker> {
  const help = (): void => {
    throw new Error("nobody is to be helped");
  };
  return new ScanPool({ side, helped: Infinity, help });
}

function scanAll(jobs: Work["jobs"], work: Omit<Work, "jobs" | "processors">): Promise<void> {
  return poolOf(1).scan({ ...work, jobs, processors: 2 });
}

function run(numbers: number[], size: number, behaviour: Behaviour, side = 1): Run {
  return runIn(poolOf(side), numbers, behaviour, size);
}

function runIn(
  pool: ScanPool<FakeScanWorker>,
  numbers: number[],
  behaviour: Behaviour,
  processors: number,
  workers: FakeScanWorker[] = [],
): Run {
  const told: string[] = [];
  const controller = new AbortController();
  const result = pool.scan({
    processors,
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

  test("begins with the workers that are ready, and ends them if nothing comes", async () => {
    const gate = new Gate();
    const pool = poolOf(1);
    const ready: FakeScanWorker[] = [];
    const spawn = (): FakeScanWorker => {
      if (ready.length === 2) throw new Error("no more");
      const worker = new FakeScanWorker(gate.behaviour);
      ready.push(worker);
      return worker;
    };
    pool.ready(1, spawn);
    pool.ready(3, spawn);
    expect(ready).toHaveLength(2);
    const { workers, result } = runIn(pool, [1, 2, 3], gate.behaviour, 3);
    pool.rest();
    expect(gate.at).toEqual(["1 in 0", "2 in 1", "3 in 2"]);
    expect(gate.workers).toEqual([...ready, ...workers]);
    expect(ready.map(({ ended }) => ended)).toEqual([undefined, undefined]);
    gate.letGo(1, 2, 3);
    await result;
    expect(gate.workers.every(({ ended }) => ended)).toBe(true);
    ready.length = 0;
    pool.ready(1, spawn);
    pool.rest();
    expect(ready.map(({ ended }) => ended !== undefined)).toEqual([true]);
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

  test("ends with what a handler of progress throws, too", async () => {
    const failed: number[] = [];
    const result = scanAll([job(1, 10)], {
      // Each tells of a page, and is never through.
      spawn: () => {
        const worker = new FakeScanWorker((number) => {
          setTimeout(() => worker.told.get(number)?.(5));
          return new Promise(() => undefined);
        });
        return worker;
      },
      bytes: () => new Blob(),
      signal: new AbortController().signal,
      events: {
        progress: () => {
          throw new Error("not the next page");
        },
        done: () => undefined,
        failed: ({ job: number }) => failed.push(number),
      },
    });
    expect(await outcome(result)).toBe("other: Error: not the next page");
    expect(failed).toEqual([]);
  });

  describe("of two scans at once", () => {
    test("shares the workers, and takes turns", async () => {
      const [pool, gate] = [poolOf(2), new Gate()];
      const big = runIn(pool, [1, 2, 3, 4, 5, 6], gate.behaviour, 2);
      const small = runIn(pool, [11, 12], gate.behaviour, 2);
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
      const [pool, gate] = [poolOf(1), new Gate()];
      const one = runIn(pool, [1, 2, 3], gate.behaviour, 2);
      const other = runIn(pool, [11], gate.behaviour, 2);
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
      const [pool, gate] = [poolOf(2), new Gate()];
      const one = runIn(pool, [1], gate.behaviour, 1);
      const other = runIn(pool, [11], gate.behaviour, 1);
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
  });

  describe("with workers that no job is left for", () => {
    /** A pool that notes who is helped by whom, of jobs of 10 bytes. */
    function helping(gate: Gate, numbers: number[], processors: number) {
      const helps: string[] = [];
      const workers: FakeScanWorker[] = [];
      const pool = new ScanPool<FakeScanWorker>({
        side: 4,
        helped: 8,
        help: (reader, helper) => {
          helps.push(`${workers.indexOf(helper)} helps ${workers.indexOf(reader)}`);
        },
      });
      const also = (more: number[]): Run => runIn(pool, more, gate.behaviour, processors, workers);
      return { ...also(numbers), also, helps };
    }

    test("has one of them help a single job at once", async () => {
      const gate = new Gate();
      const { helps, told, workers, result } = helping(gate, [1], 4);
      await later();
      expect([gate.at, helps]).toEqual([["1 in 0"], ["1 helps 0"]]);
      gate.letGo(1);
      await result;
      expect([told, workers.length]).toEqual([["1 done"], 2]);
      expect(workers.every(({ ended }) => ended)).toBe(true);
    });

    test("has the first that is through help the one with most left", async () => {
      const gate = new Gate();
      const { helps, workers, result } = helping(gate, [1, 2, 3, 4], 3);
      await later();
      expect([gate.at.length, helps]).toEqual([4, []]);
      // Worker 0 has 1 and 4 to go, worker 1 has the rest of 2.
      workers[1]?.told.get(2)?.(1);
      gate.letGo(3);
      await later();
      expect(helps).toEqual(["2 helps 0"]);
      gate.letGo(1, 4);
      await later();
      // Another one: the first two are a pair for good.
      expect(helps).toEqual(["2 helps 0", "3 helps 1"]);
      expect(workers.map(({ ended }) => !ended)).toEqual([false, true, false, true]);
      gate.letGo(2);
      await result;
      expect(workers.every(({ ended }) => ended)).toBe(true);
    });

    test("helps nobody who is nearly through, and no more workers than asked for", async () => {
      const gate = new Gate();
      const { helps, workers, result } = helping(gate, [1, 2], 2);
      await later();
      workers[1]?.told.get(2)?.(3);
      gate.letGo(1);
      await later();
      expect([helps, workers.length]).toEqual([[], 2]);
      gate.letGo(2);
      await result;
    });

    test("goes on without where none can be started", async () => {
      const helped: string[] = [];
      const pool = new ScanPool<FakeScanWorker>({
        side: 1,
        helped: 1,
        help: () => helped.push("helped"),
      });
      const gate = new Gate();
      let spawned = 0;
      const told: number[] = [];
      const result = pool.scan({
        jobs: [job(1, 10)],
        processors: 2,
        spawn: () => {
          spawned += 1;
          if (spawned > 1) throw new Error("refused");
          return new FakeScanWorker(gate.behaviour);
        },
        bytes: () => new Blob(),
        signal: new AbortController().signal,
        events: {
          progress: () => undefined,
          done: ({ job: number }) => told.push(number),
          failed: () => undefined,
        },
      });
      await later();
      gate.letGo(1);
      await result;
      expect([told, helped, spawned]).toEqual([[1], [], 2]);
    });

    test("scans again without help what ended both", async () => {
      const gate = new Gate();
      const { helps, told, workers, result } = helping(gate, [1], 2);
      await later();
      expect(helps).toEqual(["1 helps 0"]);
      for (const worker of workers) worker.end(dead);
      gate.letGo(1);
      await later();
      expect([gate.at, helps]).toEqual([["1 in 0", "1 in 1"], ["1 helps 0"]]);
      gate.letGo(1);
      await result;
      expect(told).toEqual(["1 done"]);
    });

    test("begins what comes meanwhile beside a pair, and apart when the pair is through", async () => {
      const gate = new Gate();
      const { also, helps, workers, result } = helping(gate, [1, 2], 3);
      await later();
      workers[1]?.told.get(2)?.(5);
      const other = also([11, 12, 13]);
      await later();
      expect(gate.at.slice(2)).toEqual(["11 in 1", "12 in 0", "13 in 1"]);
      gate.letGo(1, 12);
      await later();
      const last = also([21]);
      await later();
      // In a new one: what the pair reads is all hashed by one of them.
      expect(gate.at.slice(5)).toEqual(["21 in 2"]);
      expect(helps).toEqual(["2 helps 0", "3 helps 1"]);
      gate.letGo(2, 11, 13, 21);
      await Promise.all([result, other.result, last.result]);
      expect([other.told.length, last.told]).toEqual([3, ["21 done"]]);
    });
  });
});
