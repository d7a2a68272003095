import type { Reason, ScanJob } from "../generated/simd/engine.js";
import type { StoredBytes } from "./bytes.js";
import type { CallOptions } from "./caller.js";
import { abortError, EngineError, isAbort } from "./errors.js";
import type { JobProgress, ScanCalls, Scanned } from "./protocol.js";

/** A scan worker as the pool sees it. */
export interface ScanWorker {
  readonly ended: EngineError | undefined;
  call: (
    call: "scan",
    params: ScanCalls["scan"]["params"],
    options: CallOptions<JobProgress>,
  ) => Promise<Scanned>;
  end: (error: EngineError) => void;
}

/** What happens to the jobs. Each job is told of once, by `done` or `failed`. */
export interface PoolEvents {
  progress: (job: ScanJob, progress: JobProgress) => void;
  done: (job: ScanJob, scanned: Scanned) => void;
  failed: (job: ScanJob, reason: Reason, message: string) => void;
}

export interface PoolOptions {
  /** Workers at most. */
  size: number;
  /** Jobs at most that one worker is at, side by side. */
  side: number;
  spawn: () => ScanWorker;
  /** The bytes of a job: a reference to them, nothing is read. */
  bytes: (job: ScanJob) => StoredBytes;
  signal: AbortSignal;
  events: PoolEvents;
}

/**
 * Scans every job, each in one worker, several side by side, begun in the order given.
 * What a worker was at when it ended is scanned once more, each by itself: so a layer that
 * ends its worker takes no other along.
 *
 * Resolves when every job was told of. On abort what is left fails as
 * `cancelled` at once. Rejects only with what an event handler throws.
 */
export function scanAll(jobs: readonly ScanJob[], options: PoolOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    new Pool(jobs, options, resolve, reject).start();
  });
}

/** A worker, and what it is at. */
interface Place {
  readonly worker: ScanWorker;
  readonly jobs: Set<ScanJob>;
}

class Pool {
  #queue: ScanJob[];
  readonly #options: PoolOptions;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  readonly #running = new Set<ScanJob>();
  readonly #places = new Set<Place>();
  /** Their worker has ended once. */
  readonly #suspects = new Set<ScanJob>();
  #over = false;

  constructor(
    jobs: readonly ScanJob[],
    options: PoolOptions,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#queue = [...jobs];
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { signal } = this.#options;
    if (signal.aborted) {
      this.#cancel();
      return;
    }
    signal.addEventListener("abort", this.#cancel);
    this.#pump();
  }

  #pump(): void {
    for (;;) {
      const [job] = this.#queue;
      if (!job || this.#over) break;
      let place: Place | undefined;
      try {
        place = this.#placeFor(job);
      } catch (error) {
        this.#queue.shift();
        this.#tellFailed(job, error);
        continue;
      }
      if (!place) break;
      this.#queue.shift();
      place.jobs.add(job);
      this.#running.add(job);
      void this.#scan(job, place);
    }
    if (!this.#over && this.#running.size === 0) this.#finish();
  }

  /** Where a job can be done now: by preference in a worker that has nothing else to do. */
  #placeFor(job: ScanJob): Place | undefined {
    const { size, side, spawn } = this.#options;
    for (const place of this.#places) {
      if (place.worker.ended && place.jobs.size === 0) this.#places.delete(place);
    }
    const [least] = [...this.#places].sort((a, b) => a.jobs.size - b.jobs.size);
    if (least?.jobs.size === 0) return least;
    if (this.#places.size < size) {
      const place = { worker: spawn(), jobs: new Set<ScanJob>() };
      this.#places.add(place);
      return place;
    }
    if (this.#suspects.has(job)) return undefined;
    const open = [...this.#places].filter(
      ({ jobs }) => jobs.size < side && ![...jobs].some((other) => this.#suspects.has(other)),
    );
    return open.sort((a, b) => a.jobs.size - b.jobs.size)[0];
  }

  async #scan(job: ScanJob, place: Place): Promise<void> {
    const { bytes, events } = this.#options;
    const { worker } = place;
    let tell: () => void;
    try {
      const scanned = await worker.call(
        "scan",
        { job, bytes: bytes(job) },
        {
          onProgress: (progress) => {
            if (!this.#over) events.progress(job, progress);
          },
        },
      );
      tell = () => {
        events.done(job, scanned);
      };
    } catch (error) {
      const isSuspect = worker.ended !== undefined && !this.#suspects.has(job);
      tell = () => {
        if (isSuspect) this.#again(job);
        else this.#tellFailed(job, error);
      };
    }
    place.jobs.delete(job);
    this.#running.delete(job);
    if (worker.ended) this.#places.delete(place);
    if (this.#over) return;
    this.#attempt(tell);
    this.#pump();
  }

  #again(job: ScanJob): void {
    this.#suspects.add(job);
    this.#queue.push(job);
  }

  #tellFailed(job: ScanJob, error: unknown): void {
    const [reason, message] = describe(error);
    this.#attempt(() => {
      this.#options.events.failed(job, reason, message);
    });
  }

  #attempt(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#reject(error);
      this.#finish();
    }
  }

  readonly #cancel = (): void => {
    const left = [...this.#running, ...this.#queue];
    // Before the rest is told: no result may come in after this.
    this.#over = true;
    for (const job of left) {
      this.#tellFailed(job, abortError());
    }
    this.#finish();
  };

  #finish(): void {
    this.#over = true;
    this.#options.signal.removeEventListener("abort", this.#cancel);
    const reason = new EngineError({ code: "worker-failed", message: "the scan is over" });
    for (const { worker } of this.#places) worker.end(reason);
    this.#places.clear();
    this.#resolve();
  }
}

function describe(error: unknown): [Reason, string] {
  if (isAbort(error)) return ["cancelled", "the work was cancelled"];
  if (error instanceof EngineError) {
    return [error.code === "read-failed" ? "read-failed" : "worker-failed", error.message];
  }
  return ["worker-failed", error instanceof Error ? error.message : String(error)];
}
