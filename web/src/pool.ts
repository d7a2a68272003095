import type { Reason, ScanJob } from "../generated/simd/engine.js";
import type { StoredBytes } from "./bytes.js";
import type { CallOptions } from "./caller.js";
import { EngineError, isAbort } from "./errors.js";
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
  spawn: () => ScanWorker;
  /** The bytes of a job: a reference to them, nothing is read. */
  bytes: (job: ScanJob) => StoredBytes;
  signal: AbortSignal;
  events: PoolEvents;
}

/**
 * Scans every job, each in one worker, several side by side, in the order given.
 * A worker that ends takes its job along, no other: a fresh one does the rest.
 *
 * Resolves when every job was told of. On abort what is left fails as
 * `cancelled` at once. Rejects only with what an event handler throws.
 */
export function scanAll(jobs: readonly ScanJob[], options: PoolOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    new Pool(jobs, options, resolve, reject).start();
  });
}

class Pool {
  readonly #queue: ScanJob[];
  readonly #options: PoolOptions;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  readonly #running = new Set<ScanJob>();
  readonly #workers = new Set<ScanWorker>();
  readonly #idle: ScanWorker[] = [];
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
    while (!this.#over && this.#running.size < this.#options.size) {
      const job = this.#queue.shift();
      if (!job) break;
      this.#running.add(job);
      void this.#scan(job);
    }
    if (this.#running.size === 0 && this.#queue.length === 0) this.#finish();
  }

  async #scan(job: ScanJob): Promise<void> {
    const { bytes, events } = this.#options;
    let tell: () => void;
    try {
      const worker = this.#worker();
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
      } finally {
        if (worker.ended) this.#workers.delete(worker);
        else this.#idle.push(worker);
      }
    } catch (error) {
      const [reason, message] = describe(error);
      tell = () => {
        events.failed(job, reason, message);
      };
    }
    if (this.#over) return;
    this.#running.delete(job);
    try {
      tell();
    } catch (error) {
      this.#reject(error);
      this.#finish();
      return;
    }
    this.#pump();
  }

  #worker(): ScanWorker {
    for (;;) {
      const idle = this.#idle.pop();
      if (!idle) break;
      if (!idle.ended) return idle;
      this.#workers.delete(idle);
    }
    const worker = this.#options.spawn();
    this.#workers.add(worker);
    return worker;
  }

  readonly #cancel = (): void => {
    const left = [...this.#running, ...this.#queue];
    // Before the rest is told: no result may come in after this.
    this.#over = true;
    try {
      for (const job of left) {
        this.#options.events.failed(job, "cancelled", "the work was cancelled");
      }
    } catch (error) {
      this.#reject(error);
    }
    this.#finish();
  };

  #finish(): void {
    this.#over = true;
    this.#options.signal.removeEventListener("abort", this.#cancel);
    const reason = new EngineError({ code: "worker-failed", message: "the scan is over" });
    for (const worker of this.#workers) worker.end(reason);
    this.#workers.clear();
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
