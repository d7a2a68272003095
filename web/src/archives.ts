import type { Completed, Engine, Reason, Report, ScanJob } from "../generated/simd/engine.js";
import type { CallContext, Handlers } from "./answerer.js";
import { cacheHandlers } from "./caches.js";
import { bytesAt } from "./contents.js";
import { abortError, EngineError } from "./errors.js";
import { explorerHandlers, leaveExplored, type Explored } from "./explorer.js";
import { scanAll, type ScanWorker } from "./pool.js";
import type { CoreUrls, EngineCalls, JobProgress, OpenProgress, ScanUpdate } from "./protocol.js";
import type { Scratch } from "./scratch.js";
import type { ArchiveSource } from "./source.js";
import { treeHandlers } from "./trees.js";
import type { EngineModule, ScanModule } from "./wasm.js";

// More workers than this have been measured to gain nothing.
const MOST_WORKERS = 4;

/** What the archives of an engine worker need from their surroundings. */
export interface Surroundings {
  /** Loads the core without its decoders, once. */
  start: (urls: CoreUrls) => Promise<EngineModule>;
  /** Loads the decoders into this worker, if they are not there yet. */
  decoders: () => Promise<ScanModule>;
  /** Loads the decoders, if they are not there yet, for scan workers to be spawned. */
  prepareScan: () => Promise<() => ScanWorker>;
  /** Processors of this machine. */
  processors: number;
  createScratch?: () => Promise<Scratch>;
}

/** An archive that is open in the core; `sources` is what the numbers in `ScanJob.source` mean. */
interface Archive extends Explored {
  scratch: Scratch | undefined;
  scan: AbortController | undefined;
}

/** The calls of the page, answered by the core. */
export function archiveHandlers(surroundings: Surroundings): Handlers<EngineCalls> {
  let starting: Promise<EngineModule> | undefined;
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
      const found = find(archive);
      const changed = found.engine.retry();
      const jobs = () => found.engine.jobs();
      return scanArchive(found, { jobs, workers, changed }, surroundings, context);
    },

    ...treeHandlers((archive) => find(archive).engine),
    ...cacheHandlers((archive) => find(archive).engine),

    ...explorerHandlers({
      find,
      engine: async () => {
        const core = await starting;
        if (!core) throw new EngineError({ code: "internal", message: "a call before start" });
        return core;
      },
      decoders: surroundings.decoders,
      readContents: (archive, images, context) => {
        const found = find(archive);
        const jobs = () => found.engine.contentJobs(Uint32Array.from(images));
        return scanArchive(found, { jobs, workers: undefined }, surroundings, context);
      },
    }),

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
  core: EngineModule,
  surroundings: Surroundings,
  context: CallContext<OpenProgress>,
): Promise<Archive> {
  if (source.kind === "folder") {
    const engine = core.Engine.openFolder(source.paths, source.files);
    return opened(engine, source.files);
  }

  const { file } = source;
  const head = new Uint8Array(await file.slice(0, core.sniffBytes()).arrayBuffer());
  if (core.sniff(head) === "none") {
    const engine = core.Engine.openFile(file);
    return opened(engine, [file]);
  }

  const { createScratch } = surroundings;
  const [{ unpackOuter }, { Unpacker }] = await Promise.all([
    import("./unpack.js"),
    surroundings.decoders(),
  ]);
  const { scratch, outer } = await unpackOuter(file, new Unpacker(), {
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
    return opened(engine, [unpacked], scratch);
  } catch (error) {
    await scratch.discard();
    throw error;
  }
}

function opened(engine: Engine, sources: Blob[], scratch?: Scratch): Archive {
  return {
    engine,
    sources,
    scratch,
    scan: undefined,
    comparisons: new Map(),
    streams: new Map(),
  };
}

async function closeArchive(archive: Archive): Promise<void> {
  archive.scan?.abort(abortError());
  await leaveExplored(archive);
  archive.engine.free();
  await archive.scratch?.discard();
}

/** What is to be scanned. */
interface ScanWork {
  jobs: () => ScanJob[];
  workers: number | undefined;
  /** What has changed before the first job. */
  changed?: Completed;
}

async function scanArchive(
  archive: Archive,
  { jobs: list, workers, changed }: ScanWork,
  surroundings: Surroundings,
  context: CallContext<ScanUpdate>,
): Promise<Report> {
  if (archive.scan) {
    throw new EngineError({ code: "scan-running", message: "the archive is being scanned" });
  }
  const { engine } = archive;
  const jobs = list();
  const wanted = workers ?? Math.min(surroundings.processors, MOST_WORKERS);
  const sums = new Sums(jobs);
  const closed = new AbortController();
  archive.scan = closed;
  if (changed && changed.layers.length > 0) context.progress({ ...sums.update(), changed });
  const signal = AbortSignal.any([closed.signal, context.signal]);
  try {
    const spawn =
      jobs.length > 0 ? await unlessAborted(surroundings.prepareScan(), signal) : undefined;
    // Its engine is gone.
    closed.signal.throwIfAborted();
    await scanAll(jobs, {
      size: Math.max(1, Math.min(wanted, jobs.length)),
      spawn: () => {
        if (!spawn) throw abortError();
        return spawn();
      },
      bytes: ({ job, source, offset, size }) =>
        bytesAt({ number: job, source, offset, size }, archive),
      signal,
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

/** What a promise gives, or nothing as soon as the signal is aborted. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    const give = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
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
