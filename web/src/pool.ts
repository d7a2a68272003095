import type { Reason, ScanJob } from "../generated/simd/engine.js";
import type { StoredBytes } from "./bytes.js";
import type { CallOptions } from "./caller.js";
import { abortError, EngineError, isAbort, messageOf } from "./errors.js";
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

/** What is scanned together, an archive's layers say. */
export interface PoolWork {
  jobs: readonly ScanJob[];
  /** Processors at most that are kept busy while this is scanned. */
  processors: number;
  /** Processors that one of its workers keeps busy. */
  weight: number;
  spawn: () => ScanWorker;
  /** The bytes of a job: a reference to them, nothing is read. */
  bytes: (job: ScanJob) => StoredBytes;
  signal: AbortSignal;
  events: PoolEvents;
}

/** A worker, and what it is at. */
interface Place {
  readonly worker: ScanWorker;
  readonly weight: number;
  readonly jobs: Set<ScanJob>;
}

/** Work that is not over. */
interface Scan {
  readonly work: PoolWork;
  readonly queue: ScanJob[];
  readonly running: Set<ScanJob>;
  /** Aborted when it is over. */
  readonly over: AbortController;
  readonly reject: (error: unknown) => void;
  readonly finish: () => void;
}

/** The workers that scan, for all archives of an engine. They end when there is nothing to scan. */
export class ScanPool {
  readonly #side: number;
  readonly #scans = new Set<Scan>();
  readonly #places = new Set<Place>();
  /** Their worker has ended once. */
  readonly #suspects = new WeakSet<ScanJob>();

  /** `side`: jobs at most that one worker is at, side by side. */
  constructor(side: number) {
    this.#side = side;
  }

  /**
   * Scans every job, each in one worker, several side by side, begun in the order given. What is
   * scanned at the same time takes turns, and shares the workers.
   * What a worker was at when it ended is scanned once more, each by itself: so a layer that
   * ends its worker takes no other along.
   *
   * Resolves when every job was told of. On abort what is left fails as
   * `cancelled` at once. Rejects only with what an event handler throws.
   */
  scan(work: PoolWork): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = work;
      const cancel = (): void => {
        this.#cancel(scan);
      };
      const finish = (): void => {
        signal.removeEventListener("abort", cancel);
        resolve();
      };
      const over = new AbortController();
      const scan = {
        work,
        queue: [...work.jobs],
        running: new Set<ScanJob>(),
        over,
        reject,
        finish,
      };
      this.#scans.add(scan);
      if (signal.aborted) {
        this.#cancel(scan);
        return;
      }
      signal.addEventListener("abort", cancel);
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#beginOne());
    for (const scan of this.#scans) {
      if (scan.running.size === 0 && scan.queue.length === 0) this.#finish(scan);
    }
  }

  /** Begins a job of what has the fewest under way. Returns whether there was one, and a place. */
  #beginOne(): boolean {
    const inTurn = [...this.#scans].sort((a, b) => a.running.size - b.running.size);
    for (const scan of inTurn) {
      const [job] = scan.queue;
      if (!job) continue;
      let place: Place | undefined;
      try {
        place = this.#placeFor(job, scan.work);
      } catch (error) {
        scan.queue.shift();
        this.#tellFailed(scan, job, error);
        return true;
      }
      if (!place) continue;
      scan.queue.shift();
      place.jobs.add(job);
      scan.running.add(job);
      void this.#run(scan, job, place);
      return true;
    }
    return false;
  }

  /** Where a job can be done now: by preference in a worker that has nothing else to do. */
  #placeFor(job: ScanJob, { processors, weight, spawn }: PoolWork): Place | undefined {
    for (const place of this.#places) {
      if (place.worker.ended && place.jobs.size === 0) this.#places.delete(place);
    }
    const places = [...this.#places].sort((a, b) => a.jobs.size - b.jobs.size);
    if (places[0]?.jobs.size === 0) return places[0];
    const busy = places.reduce((sum, place) => sum + place.weight, 0);
    if (busy === 0 || busy + weight <= processors) {
      const place = { worker: spawn(), weight, jobs: new Set<ScanJob>() };
      this.#places.add(place);
      return place;
    }
    if (this.#suspects.has(job)) return undefined;
    return places.find(
      ({ jobs }) => jobs.size < this.#side && ![...jobs].some((other) => this.#suspects.has(other)),
    );
  }

  async #run(scan: Scan, job: ScanJob, place: Place): Promise<void> {
    const { bytes, events } = scan.work;
    const { signal } = scan.over;
    const { worker } = place;
    let tell: () => void;
    try {
      const scanned = await worker.call(
        "scan",
        { job, bytes: bytes(job) },
        {
          signal,
          onProgress: (progress) => {
            events.progress(job, progress);
          },
        },
      );
      tell = () => {
        events.done(job, scanned);
      };
    } catch (error) {
      const isSuspect = worker.ended !== undefined && !this.#suspects.has(job);
      tell = () => {
        if (isSuspect) this.#again(scan, job);
        else this.#tellFailed(scan, job, error);
      };
    }
    place.jobs.delete(job);
    scan.running.delete(job);
    if (worker.ended) this.#places.delete(place);
    if (!signal.aborted) this.#attempt(scan, tell);
    this.#pump();
  }

  #again(scan: Scan, job: ScanJob): void {
    this.#suspects.add(job);
    scan.queue.push(job);
  }

  #tellFailed(scan: Scan, job: ScanJob, error: unknown): void {
    const [reason, message] = describe(error);
    this.#attempt(scan, () => {
      scan.work.events.failed(job, reason, message);
    });
  }

  #attempt(scan: Scan, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      scan.reject(error);
      this.#finish(scan);
    }
  }

  #cancel(scan: Scan): void {
    const left = [...scan.running, ...scan.queue];
    // Before the rest is told: no result may come in after this.
    scan.over.abort(abortError());
    for (const job of left) this.#tellFailed(scan, job, abortError());
    this.#finish(scan);
  }

  #finish(scan: Scan): void {
    scan.over.abort(abortError());
    this.#scans.delete(scan);
    if (this.#scans.size === 0) {
      const reason = new EngineError({ code: "worker-failed", message: "the scan is over" });
      for (const { worker } of this.#places) worker.end(reason);
      this.#places.clear();
    }
    scan.finish();
  }
}

function describe(error: unknown): [Reason, string] {
  if (isAbort(error)) return ["cancelled", "the work was cancelled"];
  if (error instanceof EngineError) {
    return [error.code === "read-failed" ? "read-failed" : "worker-failed", error.message];
  }
  return ["worker-failed", messageOf(error)];
}
