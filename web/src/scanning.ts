import type { Completed, Reason, Report, ScanJob } from "../generated/simd/engine.js";
import type { CallContext } from "./answerer.js";
import type { Surroundings } from "./archives.js";
import { bytesAt, type DecoderWorker } from "./contents.js";
import { unlessAborted } from "./errors.js";
import type { Explored } from "./explorer.js";
import { ScanPool } from "./pool.js";
import type { JobProgress, ScanUpdate } from "./protocol.js";

// More workers than this have been measured to gain nothing.
const MOST_WORKERS = 4;

// What is hashed of four layers fills the lanes that it is hashed in.
const LAYERS_SIDE_BY_SIDE = 4;

// Stored bytes that are read in some 100 ms: before a worker is there to help, less is over.
const HELPED_BYTES = 8 << 20;

/** What is to be scanned. */
export interface ScanWork {
  jobs: () => ScanJob[];
  workers: number | undefined;
  /** What has changed before the first job. */
  changed?: Completed;
  /** Told of each job that did not come to its end. */
  failed?: (job: ScanJob, message: string) => void;
}

/** Scans an archive; `closed` is aborted when that is closed. */
export type ScanArchive = (
  archive: Explored,
  work: ScanWork,
  context: CallContext<ScanUpdate> & { closed: AbortSignal },
) => Promise<Report>;

/** What scans archives: those that are scanned at the same time share its workers. */
export interface Scanner {
  scan: ScanArchive;
  /** Starts the workers for an archive, or an image of it, that is listed and about to be scanned. */
  ready: (report: Report, image: number | undefined, workers: number | undefined) => void;
  /** Ends the workers if nothing is scanned. */
  rest: () => void;
}

/** A scanner without workers: they are spawned as they are needed. */
export function scanner({
  processors,
  prepareScan,
  spawnScan,
}: Pick<Surroundings, "processors" | "prepareScan" | "spawnScan">): Scanner {
  const wantedOf = (workers: number | undefined): number =>
    workers ?? Math.min(processors, MOST_WORKERS);
  const pool = new ScanPool<DecoderWorker>({
    side: LAYERS_SIDE_BY_SIDE,
    helped: HELPED_BYTES,
    help: hashElsewhere,
  });
  const ready: Scanner["ready"] = ({ images }, image, workers) => {
    const scanned = image === undefined ? images : images.slice(image, image + 1);
    const layers = scanned.flatMap(({ layers }) => layers);
    const stored = new Set(layers.map(({ digest, member }) => digest ?? member));
    pool.ready(Math.min(wantedOf(workers), stored.size), spawnScan);
  };
  const scan: ScanArchive = async (archive, work, { signal: cancelled, closed, progress }) => {
    const { jobs: list, workers, changed, failed } = work;
    const { engine } = archive;
    const signal = AbortSignal.any([closed, cancelled]);
    const jobs = list();
    const sums = new Sums(jobs);
    if (changed && changed.layers.length > 0) progress({ ...sums.update(), changed });
    if (jobs.length > 0) await unlessAborted(prepareScan(), signal);
    // Its engine is gone.
    closed.throwIfAborted();
    await pool.scan({
      jobs,
      processors: wantedOf(workers),
      spawn: spawnScan,
      bytes: ({ job, source, offset, size }) =>
        bytesAt({ number: job, source, offset, size }, archive),
      signal,
      events: {
        progress: (job, { page, stored, unpacked }) => {
          if (page) engine.putPage(job.job, page);
          sums.running(job, { stored, unpacked });
          progress(sums.update());
        },
        done: (job, { table, histories, stored, unpacked }) => {
          if (histories) archive.histories.set(job.job, histories);
          sums.over(job, { stored, unpacked });
          progress({ ...sums.update(), changed: engine.complete(table) });
        },
        failed: (job, reason: Reason, message) => {
          sums.over(job, { stored: job.size, unpacked: 0 });
          failed?.(job, message);
          progress({ ...sums.update(), changed: engine.fail(job.job, reason, message) });
        },
      },
    });
    signal.throwIfAborted();
    return engine.report();
  };
  return {
    scan,
    ready,
    rest: () => {
      pool.rest();
    },
  };
}

/** Has one worker hash what another reads and unpacks. The one ends with the other. */
function hashElsewhere(reader: DecoderWorker, hasher: DecoderWorker): void {
  const { port1, port2 } = new MessageChannel();
  const failed = (): void => {
    // Both hear of it: see below.
  };
  reader.call("hashElsewhere", { port: port1 }, { transfer: [port1] }).catch(failed);
  hasher.call("hashFor", { port: port2 }, { transfer: [port2] }).catch(failed);
  reader.onEnd((error) => {
    hasher.end(error);
  });
  hasher.onEnd((error) => {
    reader.end(error);
  });
}

/** Adds up how far the jobs of a scan have come. */
class Sums {
  readonly #total: number;
  readonly #jobs: number;
  readonly #progress = new Map<number, JobProgress>();
  #done = 0;

  constructor(jobs: readonly ScanJob[]) {
    this.#jobs = jobs.length;
    this.#total = jobs.reduce((sum, { size }) => sum + size, 0);
  }

  running(job: ScanJob, progress: JobProgress): void {
    this.#progress.set(job.job, progress);
  }

  over(job: ScanJob, { unpacked }: JobProgress): void {
    this.#progress.set(job.job, { stored: job.size, unpacked });
    this.#done += 1;
  }

  update(): ScanUpdate {
    let stored = 0;
    let unpacked = 0;
    for (const progress of this.#progress.values()) {
      stored += progress.stored;
      unpacked += progress.unpacked;
    }
    return { stored, total: this.#total, unpacked, done: this.#done, jobs: this.#jobs };
  }
}
