import type { Engine, Reason, Report, ScanJob } from "../generated/simd/oci_lens.js";
import type { CallContext, Handlers } from "./answerer.js";
import { abortError, EngineError } from "./errors.js";
import { scanAll, type ScanWorker } from "./pool.js";
import type { CoreUrls, EngineCalls, JobProgress, OpenProgress, ScanUpdate } from "./protocol.js";
import type { Scratch } from "./scratch.js";
import type { ArchiveSource } from "./source.js";
import { treeHandlers } from "./trees.js";
import { unpackOuter } from "./unpack.js";
import type { CoreModule } from "./wasm.js";

// More workers than this have been measured to gain nothing.
const MOST_WORKERS = 4;

/** What the archives of an engine worker need from their surroundings. */
export interface Surroundings {
  /** Loads the core, once. */
  start: (urls: CoreUrls) => Promise<CoreModule>;
  spawnScanWorker: () => ScanWorker;
  /** Processors of this machine. */
  processors: number;
  createScratch?: () => Promise<Scratch>;
}

/** An archive that is open in the core. */
interface Archive {
  engine: Engine;
  /** What the numbers in `ScanJob.source` mean. */
  sources: Blob[];
  scratch: Scratch | undefined;
  scan: AbortController | undefined;
}

/** The calls of the page, answered by the core. */
export function archiveHandlers(surroundings: Surroundings): Handlers<EngineCalls> {
  let starting: Promise<CoreModule> | undefined;
  const opening = new Map<number, AbortController>();
  const open = new Map<number, Archive>();

  const find = (number: number): Archive => {
    const archive = open.get(number);
    if (!archive) {
      throw new EngineError({ code: "archive-closed", message: "the archive is closed" });
    }
    return archive;
  };

  return {
    start: async ({ urls }) => {
      starting = surroundings.start(urls);
      return { core: (await starting).version() };
    },

    open: async ({ archive: number, source }, context) => {
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, context.signal]);
      opening.set(number, controller);
      try {
        const core = await starting;
        if (!core) throw new EngineError({ code: "internal", message: "open comes before start" });
        const archive = await openArchive(source, core, surroundings, {
          signal,
          progress: context.progress,
        });
        if (signal.aborted) {
          await closeArchive(archive);
          throw abortError();
        }
        open.set(number, archive);
        return archive.engine.report();
      } finally {
        opening.delete(number);
      }
    },

    report: ({ archive }) => find(archive).engine.report(),

    scan: ({ archive, workers }, context) => {
      return scanArchive(find(archive), workers, surroundings, context);
    },

    ...treeHandlers((archive) => find(archive).engine),

    setPlatform: ({ archive, image, platform }) => {
      return find(archive).engine.setPlatform(image, platform);
    },

    close: async ({ archive: number }) => {
      opening.get(number)?.abort(abortError());
      const archive = open.get(number);
      open.delete(number);
      if (archive) await closeArchive(archive);
      return undefined;
    },
  };
}

async function openArchive(
  source: ArchiveSource,
  core: CoreModule,
  surroundings: Surroundings,
  context: CallContext<OpenProgress>,
): Promise<Archive> {
  if (source.kind === "folder") {
    const engine = core.Engine.openFolder(source.paths, source.files);
    return { engine, sources: source.files, scratch: undefined, scan: undefined };
  }

  const { file } = source;
  const head = new Uint8Array(await file.slice(0, core.sniffBytes()).arrayBuffer());
  if (core.sniff(head) === "none") {
    const engine = core.Engine.openFile(file);
    return { engine, sources: [file], scratch: undefined, scan: undefined };
  }

  const { createScratch } = surroundings;
  const { scratch, outer } = await unpackOuter(file, new core.Unpacker(), {
    ...context,
    headBytes: core.sniffBytes(),
    check: (head) => {
      core.sniff(head);
    },
    ...(createScratch ? { scratch: createScratch } : {}),
  });
  try {
    const unpacked = await scratch.blob();
    context.signal.throwIfAborted();
    const engine = core.Engine.openFile(unpacked, outer);
    return { engine, sources: [unpacked], scratch, scan: undefined };
  } catch (error) {
    await scratch.discard();
    throw error;
  }
}

async function closeArchive(archive: Archive): Promise<void> {
  archive.scan?.abort(abortError());
  archive.engine.free();
  await archive.scratch?.discard();
}

async function scanArchive(
  archive: Archive,
  workers: number | undefined,
  surroundings: Surroundings,
  context: CallContext<ScanUpdate>,
): Promise<Report> {
  if (archive.scan) {
    throw new EngineError({ code: "scan-running", message: "the archive is being scanned" });
  }
  const { engine, sources } = archive;
  const changed = engine.retry();
  const jobs = engine.jobs();
  const wanted = workers ?? Math.min(surroundings.processors, MOST_WORKERS);
  const sums = new Sums(jobs);
  const closed = new AbortController();
  archive.scan = closed;
  if (changed.layers.length > 0) context.progress({ ...sums.update(), changed });
  try {
    await scanAll(jobs, {
      size: Math.max(1, Math.min(wanted, jobs.length)),
      spawn: surroundings.spawnScanWorker,
      bytes: ({ source, offset, size }) => {
        const bytes = sources[source];
        if (!bytes) {
          throw new EngineError({ code: "internal", message: `there is no source ${source}` });
        }
        return bytes.slice(offset, offset + size);
      },
      signal: AbortSignal.any([closed.signal, context.signal]),
      events: {
        progress: (job, progress) => {
          sums.running(job, progress);
          context.progress(sums.update());
        },
        done: (job, { table, stored, unpacked }) => {
          sums.over(job, { stored, unpacked });
          context.progress({ ...sums.update(), changed: engine.complete(table) });
        },
        failed: (job, reason: Reason, message) => {
          sums.over(job, { stored: job.size, unpacked: 0 });
          context.progress({ ...sums.update(), changed: engine.fail(job.job, reason, message) });
        },
      },
    });
    closed.signal.throwIfAborted();
    context.signal.throwIfAborted();
    return engine.report();
  } finally {
    archive.scan = undefined;
  }
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
