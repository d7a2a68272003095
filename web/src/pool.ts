import type { Reason, ScanJob } from "../generated/simd/engine.js";
import type { StoredBytes } from "./bytes.js";
import type { CallOptions } from "./caller.js";
import { abortError, EngineError, isAbort, messageOf } from "./errors.js";
import type { ScanCalls, Scanned, ScanProgress } from "./protocol.js";

/** A scan worker as the pool sees it. */
export interface ScanWorker {
  readonly ended: EngineError | undefined;
  call: (
    call: "scan",
    params: ScanCalls["scan"]["params"],
    options: CallOptions<ScanProgress>,
  ) => Promise<Scanned>;
  end: (error: EngineError) => void;
}

/** What happens to the jobs. Each job is told of once, by `done` or `failed`. */
export interface PoolEvents {
  progress: (job: ScanJob, progress: ScanProgress) => void;
  done: (job: ScanJob, scanned: Scanned) => void;
  failed: (job: ScanJob, reason: Reason, message: string) => void;
}

/** What is scanned together, an archive's layers say. */
export interface PoolWork<Worker extends ScanWorker> {
  jobs: readonly ScanJob[];
  /** Workers at most while this is scanned. */
  processors: number;
  spawn: () => Worker;
  /** The bytes of a job: a reference to them, nothing is read. */
  bytes: (job: ScanJob) => StoredBytes;
  signal: AbortSignal;
  events: PoolEvents;
}

/** A worker, and what it is at. */
interface Place<Worker extends ScanWorker> {
  readonly worker: Worker;
  readonly jobs: Map<ScanJob, Running<Worker>>;
  /** Another that hashes for it. */
  helper?: Worker;
}

interface Running<Worker extends ScanWorker> {
  readonly scan: Scan<Worker>;
  /** Stored bytes still to be read. */
  left: number;
}

/** Work that is not over. */
interface Scan<Worker extends ScanWorker> {
  readonly work: PoolWork<Worker>;
  readonly queue: ScanJob[];
  readonly running: Set<ScanJob>;
  /** Aborted when it is over. */
  readonly over: AbortController;
  readonly reject: (error: unknown) => void;
  readonly finish: () => void;
}

export interface PoolOptions<Worker extends ScanWorker> {
  /** Jobs at most that one worker is at, side by side. */
  side: number;
  /** Stored bytes that a worker has left at least when another begins to hash for it. */
  helped: number;
  /** Has a worker that nothing else is left for hash for one that reads. */
  help: (reader: Worker, helper: Worker) => void;
}

/** The workers that scan, for all archives of an engine. They end when there is nothing to scan. */
export class ScanPool<Worker extends ScanWorker> {
  readonly #options: PoolOptions<Worker>;
  readonly #scans = new Set<Scan<Worker>>();
  readonly #places = new Set<Place<Worker>>();
  /** Their worker has ended once. */
  readonly #suspects = new WeakSet<ScanJob>();

  constructor(options: PoolOptions<Worker>) {
    this.#options = options;
  }

  /** Spawns workers for what is about to be scanned, up to so many: they begin when it is known. */
  ready(count: number, spawn: () => Worker): void {
    try {
      while (this.#workers < count) this.#add(spawn());
    } catch {
      // Whoever scans tries again, and is told.
    }
  }

  /** Ends the workers if nothing is scanned, as when nothing came after all. */
  rest(): void {
    if (this.#scans.size > 0) return;
    for (const place of this.#places) this.#end(place);
  }

  /**
   * Scans every job, each in one worker, several side by side, begun in the order given. What is
   * scanned at the same time takes turns, and shares the workers.
   * A worker that no job is left for hashes for the one that has most left to read.
   * What a worker was at when it ended is scanned once more, each by itself: so a layer that
   * ends its worker takes no other along.
   *
   * Resolves when every job was told of. On abort what is left fails as
   * `cancelled` at once. Rejects only with what an event handler throws.
   */
  scan(work: PoolWork<Worker>): Promise<void> {
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
    while (this.#helpOne());
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
      let place: Place<Worker> | undefined;
      try {
        place = this.#placeFor(job, scan.work);
      } catch (error) {
        scan.queue.shift();
        this.#tellFailed(scan, job, error);
        return true;
      }
      if (!place) continue;
      scan.queue.shift();
      place.jobs.set(job, { scan, left: job.size });
      scan.running.add(job);
      void this.#run(scan, job, place);
      return true;
    }
    return false;
  }

  /** Where a job can be done now: by preference in a worker that has nothing else to do. */
  #placeFor(job: ScanJob, { processors, spawn }: PoolWork<Worker>): Place<Worker> | undefined {
    this.#retire();
    const places = [...this.#places].sort((a, b) => leftOf(a) - leftOf(b));
    const idle = places.find(({ jobs }) => jobs.size === 0);
    if (idle) return idle;
    if (places.length === 0 || this.#workers < processors) return this.#add(spawn());
    if (this.#suspects.has(job)) return undefined;
    return places.find((place) => place.jobs.size < this.#options.side && !this.#isSuspect(place));
  }

  /** Ends those that are through and good for nothing else: a pair stays a pair. */
  #retire(): void {
    for (const place of this.#places) {
      if (place.jobs.size === 0 && (place.worker.ended ?? place.helper)) this.#end(place);
    }
  }

  #add(worker: Worker): Place<Worker> {
    const place = { worker, jobs: new Map<ScanJob, Running<Worker>>() };
    this.#places.add(place);
    return place;
  }

  /** Has a worker without a job help that with most to read. Returns whether there were both. */
  #helpOne(): boolean {
    this.#retire();
    const [most] = [...this.#places]
      .filter((place) => !place.helper && !place.worker.ended && !this.#isSuspect(place))
      .filter((place) => leftOf(place) >= this.#options.helped)
      .sort((a, b) => leftOf(b) - leftOf(a));
    const [running] = most?.jobs.values() ?? [];
    if (!most || !running) return false;
    const idle = [...this.#places].find(({ jobs }) => jobs.size === 0);
    if (idle) {
      this.#places.delete(idle);
      most.helper = idle.worker;
    } else {
      const { processors, spawn } = running.scan.work;
      if (this.#workers >= processors) return false;
      try {
        most.helper = spawn();
      } catch {
        // It goes on without.
        return false;
      }
    }
    this.#options.help(most.worker, most.helper);
    return true;
  }

  get #workers(): number {
    return [...this.#places].reduce((sum, { helper }) => sum + (helper ? 2 : 1), 0);
  }

  #isSuspect({ jobs }: Place<Worker>): boolean {
    return [...jobs.keys()].some((job) => this.#suspects.has(job));
  }

  #end(place: Place<Worker>): void {
    const reason = new EngineError({ code: "worker-failed", message: "the scan is over" });
    place.worker.end(reason);
    place.helper?.end(reason);
    this.#places.delete(place);
  }

  async #run(scan: Scan<Worker>, job: ScanJob, place: Place<Worker>): Promise<void> {
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
            const running = place.jobs.get(job);
            if (running) running.left = job.size - progress.stored;
            this.#attempt(scan, () => {
              events.progress(job, progress);
            });
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
    if (worker.ended) this.#end(place);
    if (!signal.aborted) this.#attempt(scan, tell);
    this.#pump();
  }

  #again(scan: Scan<Worker>, job: ScanJob): void {
    this.#suspects.add(job);
    scan.queue.push(job);
  }

  #tellFailed(scan: Scan<Worker>, job: ScanJob, error: unknown): void {
    const [reason, message] = describe(error);
    this.#attempt(scan, () => {
      scan.work.events.failed(job, reason, message);
    });
  }

  #attempt(scan: Scan<Worker>, tell: () => void): void {
    try {
      tell();
    } catch (error) {
      scan.reject(error);
      this.#finish(scan);
    }
  }

  #cancel(scan: Scan<Worker>): void {
    const left = [...scan.running, ...scan.queue];
    // Before the rest is told: no result may come in after this.
    scan.over.abort(abortError());
    for (const job of left) this.#tellFailed(scan, job, abortError());
    this.#finish(scan);
  }

  #finish(scan: Scan<Worker>): void {
    scan.over.abort(abortError());
    this.#scans.delete(scan);
    this.rest();
    scan.finish();
  }
}

function leftOf({ jobs }: Place<ScanWorker>): number {
  return [...jobs.values()].reduce((sum, { left }) => sum + left, 0);
}

function describe(error: unknown): [Reason, string] {
  if (isAbort(error)) return ["cancelled", "the work was cancelled"];
  if (error instanceof EngineError) {
    return [error.code === "read-failed" ? "read-failed" : "worker-failed", error.message];
  }
  return ["worker-failed", messageOf(error)];
}
