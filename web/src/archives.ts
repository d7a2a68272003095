import type { Failure, Report } from "../generated/simd/engine.js";
import type { CallContext, Handlers } from "./answerer.js";
import { BlobInput, TarInput, withBytes, type Input } from "./bytes.js";
import { cacheHandlers } from "./caches.js";
import { ContentReader, type DecoderWorker } from "./contents.js";
import { abortError, EngineError, unlessAborted } from "./errors.js";
import { explorerHandlers, leaveExplored, type Explored } from "./explorer.js";
import type { EngineCalls, ImagePlace, OpenProgress, ScanUpdate } from "./protocol.js";
import type { Scratch } from "./scratch.js";
import type { ArchiveSource } from "./source.js";
import type { ScanWork } from "./scanning.js";
import { treeHandlers } from "./trees.js";
import type { EngineModule, ListModule, ScanModule } from "./wasm.js";

/** What the archives of an engine worker need from their surroundings. */
export interface Surroundings {
  /** Loads what lists archives, once. */
  start: (given: EngineCalls["start"]["params"]) => Promise<ListModule>;
  /** Loads what answers for them. */
  engine: () => Promise<EngineModule>;
  /** Loads the decoders into this worker, if they are not there yet. */
  decoders: () => Promise<ScanModule>;
  /** Loads the decoders for workers with them, if they are not there yet. */
  prepareScan: () => Promise<unknown>;
  /** Spawns a worker with the decoders, also while they are still being loaded. */
  spawnScan: () => DecoderWorker;
  /** Processors of this machine. */
  processors: number;
  createScratch?: () => Promise<Scratch>;
}

/** An archive that is open in the engine; `sources` is what the numbers in `ScanJob.source` mean. */
interface Archive extends Explored {
  scan: AbortController | undefined;
}

/** What is known of an archive before the engine has it. */
interface Listed {
  source: Unpacked;
  /** What was listed, until the engine has it. */
  report: Report | undefined;
  closed: AbortController;
  /** Opens the archive in the engine, if it is not open there. */
  opened: () => Promise<void>;
}

type Others = Omit<EngineCalls, "start" | "open" | "close">;

/** The calls of the page, answered by the core. */
export function archiveHandlers(surroundings: Surroundings): Handlers<EngineCalls> {
  let starting: Promise<ListModule> | undefined;
  const engine = once(surroundings.engine);
  const scanner = once(async () => (await import("./scanning.js")).scanner(surroundings));
  const opening = new Map<number, AbortController>();
  const listed = new Map<number, Listed>();
  const open = new Map<number, Archive>();

  /**
   * Begins to load what scans an archive that is listed, and starts its workers: a scan that fails
   * to says so. Returns what ends them if none came.
   */
  const prepareToScan = ({ archive, image, workers }: EngineCalls["scan"]["params"]) => {
    surroundings.prepareScan().catch(() => undefined);
    const report = listed.get(archive)?.report;
    const ready = scanner().then(
      (scanner) => {
        if (report) scanner.ready(report, image, workers);
        return scanner;
      },
      () => undefined,
    );
    return (): void => {
      void ready.then((scanner) => scanner?.rest());
    };
  };

  const find = (number: number): Archive => {
    const archive = open.get(number);
    if (!archive) throw archiveClosed();
    return archive;
  };
  const enter = (number: number, source: Unpacked, report: Report): Listed => {
    let failure: unknown;
    const closed = new AbortController();
    const opened = once(async (): Promise<void> => {
      const core = await engine();
      if (!listed.has(number)) throw archiveClosed();
      // What has failed may have trapped, and a trapped module is never used again.
      if (failure !== undefined) throw failure as Error;
      let archive: Archive;
      try {
        archive = await openedIn(core, source, surroundings, closed.signal);
      } catch (error) {
        // A server may be back the next time.
        if (!(error instanceof EngineError)) failure = error;
        throw error;
      }
      entry.report = undefined;
      if (listed.has(number)) open.set(number, archive);
      else await closeArchive(archive);
    });
    const entry: Listed = { source, report, closed, opened };
    listed.set(number, entry);
    return entry;
  };

  const scan = async (
    archive: Archive,
    work: ScanWork,
    context: CallContext<ScanUpdate>,
  ): Promise<Report> => {
    if (archive.scan) {
      throw new EngineError({ code: "scan-running", message: "the archive is being scanned" });
    }
    const closed = new AbortController();
    archive.scan = closed;
    try {
      const { scan } = await scanner();
      closed.signal.throwIfAborted();
      return await scan(archive, work, { ...context, closed: closed.signal });
    } finally {
      archive.scan = undefined;
    }
  };

  const others: Handlers<Others> = {
    report: ({ archive }) => find(archive).engine.report(),

    scan: ({ archive, workers, image }, context) => {
      const found = find(archive);
      const changed = found.engine.retry();
      const jobs = () => found.engine.jobs(image);
      return scan(found, { jobs, workers, changed }, context);
    },

    listLayers: async ({ archive, image }, { signal }) => {
      const { listLayers } = await import("./listing.js");
      return listLayers(() => find(archive), image, signal);
    },

    ...treeHandlers((archive) => find(archive).engine),
    ...cacheHandlers((archive) => find(archive).engine),

    ...explorerHandlers({
      find,
      engine,
      readContents: async (archive, images, context) => {
        const found = find(archive);
        const unread: Failure[] = [];
        const work: ScanWork = {
          jobs: () => found.engine.contentJobs(Uint32Array.from(images)),
          workers: undefined,
          failed: ({ job }, message) => unread.push(found.engine.contentsUnread(job, message)),
        };
        return { report: await scan(found, work, context), unread };
      },
    }),

    setPlatform: ({ archive, image, platform }) => {
      return find(archive).engine.setPlatform(image, platform);
    },
  };

  const waiting = after(others, async (number, { signal }) => {
    const entry = listed.get(number);
    if (!entry) throw archiveClosed();
    const ended = AbortSignal.any([entry.closed.signal, signal]);
    await unlessAborted(entry.opened(), ended);
    ended.throwIfAborted();
  });

  return {
    start: async (given) => {
      starting = surroundings.start(given);
      return { core: (await starting).version() };
    },

    open: async ({ archive: number, source }, context) => {
      const controller = new AbortController();
      const signal = AbortSignal.any([controller.signal, context.signal]);
      opening.set(number, controller);
      try {
        const core = await starting;
        if (!core) throw new EngineError({ code: "internal", message: "open comes before start" });
        const watched = { signal, progress: context.progress };
        const [unpacked, report] = await list(source, core, surroundings, watched);
        if (signal.aborted) {
          await unpacked.scratch?.discard();
          throw abortError();
        }
        // Comes after the list, and is asked for again by the first call that finds it missing.
        void enter(number, unpacked, report)
          .opened()
          .catch(() => undefined);
        return { report, onDemand: unpacked.onDemand };
      } finally {
        opening.delete(number);
      }
    },

    ...waiting,

    scan: async (params, context) => {
      if (open.has(params.archive)) return waiting.scan(params, context);
      // While the engine is still being loaded, not after it.
      const rest = prepareToScan(params);
      try {
        return await waiting.scan(params, context);
      } finally {
        rest();
      }
    },

    close: async ({ archive: number }) => {
      opening.get(number)?.abort(abortError());
      const entry = listed.get(number);
      const archive = open.get(number);
      listed.delete(number);
      open.delete(number);
      entry?.closed.abort(archiveClosed());
      if (archive) await closeArchive(archive);
      await entry?.source.scratch?.discard();
      return undefined;
    },
  };
}

/** The same calls, each of which waits for the archives that it names. */
function after(
  handlers: Handlers<Others>,
  ready: (archive: number, context: CallContext<unknown>) => Promise<void>,
): Handlers<Others> {
  const waiting = Object.entries(handlers).map(([name, handler]) => {
    const waits = async (
      params: { archive: number; other?: number; bases?: readonly (ImagePlace | undefined)[] },
      context: CallContext<unknown>,
    ): Promise<unknown> => {
      const { archive, other, bases = [] } = params;
      for (const named of [archive, other, ...bases.map((base) => base?.archive)]) {
        if (named !== undefined) await ready(named, context);
      }
      return (handler as (params: unknown, context: unknown) => unknown)(params, context);
    };
    return [name, waits];
  });
  // Each is called as the one that it stands for.
  return Object.fromEntries(waiting) as Handlers<Others>;
}

/** What a function gave when it was first called without failing. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      // The network may be back the next time.
      made = undefined;
      throw error;
    }));
}

function archiveClosed(): EngineError {
  return new EngineError({ code: "archive-closed", message: "the archive is closed" });
}

/** What is opened, once it is no longer compressed. */
export interface Unpacked {
  /** The paths of a folder's files. */
  paths?: string[];
  inputs: Input[];
  /** What is known of the compression around it, as the core packs it. */
  outer?: Uint8Array;
  scratch?: Scratch;
  /** Whether layers are on a server, and read from there when they are wanted. */
  onDemand: boolean;
}

/** What is opened, and its first report. */
async function list(
  source: ArchiveSource,
  core: ListModule,
  surroundings: Surroundings,
  context: CallContext<OpenProgress>,
): Promise<[Unpacked, Report]> {
  if (source.kind === "url") {
    const [remote, scratch] = await Promise.all([
      import("./remote-source.js"),
      import("./scratch.js"),
    ]);
    const parts = {
      ...context,
      core,
      createScratch: surroundings.createScratch ?? scratch.createScratch,
      unpackFile: (file: Blob) => unpackFile(file, core, surroundings, context),
      list: (unpacked: Unpacked) => listOf(unpacked, core, context.signal),
    };
    return remote.listRemote(source.url, parts);
  }
  const unpacked =
    source.kind === "file"
      ? await unpackFile(source.file, core, surroundings, context)
      : {
          paths: source.paths,
          inputs: source.files.map((file) => new BlobInput(file)),
          onDemand: false,
        };
  return [unpacked, await listOf(unpacked, core, context.signal)];
}

async function unpackFile(
  file: Blob,
  core: ListModule,
  surroundings: Surroundings,
  context: CallContext<OpenProgress>,
): Promise<Unpacked> {
  const tarOf = (blob: Blob): TarInput =>
    new TarInput(blob, (read) => {
      context.progress({ read, total: blob.size, unpacked: 0 });
    });
  const tar = tarOf(file);
  if (core.sniff(await tar.head(core.sniffBytes())) === "none") {
    return { inputs: [tar], onDemand: false };
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
    const inputs = [tarOf(await scratch.blob())];
    return { inputs, outer, scratch, onDemand: false };
  } catch (error) {
    await scratch.discard();
    throw error;
  }
}

async function listOf(
  { paths, inputs, outer, scratch }: Unpacked,
  core: ListModule,
  signal: AbortSignal,
): Promise<Report> {
  const [file] = inputs;
  try {
    return await withBytes(
      inputs,
      () => (paths || !file ? core.listFolder(paths ?? [], inputs) : core.listFile(file, outer)),
      signal,
    );
  } catch (error) {
    await scratch?.discard();
    throw error;
  }
}

async function openedIn(
  core: EngineModule,
  { paths, inputs, outer }: Unpacked,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<Archive> {
  const [file] = inputs;
  const { Engine } = core;
  const engine = await withBytes(
    inputs,
    () => (paths || !file ? Engine.openFolder(paths ?? [], inputs) : Engine.openFile(file, outer)),
    signal,
    (opened) => {
      opened.free();
    },
  );
  // What it reads later is read once.
  if (file instanceof TarInput) file.forget();
  return {
    engine,
    sources: inputs,
    histories: new Map(),
    scan: undefined,
    comparisons: new Map(),
    streams: new Map(),
    reader: new ContentReader(surroundings),
  };
}

async function closeArchive(archive: Archive): Promise<void> {
  archive.scan?.abort(abortError());
  await leaveExplored(archive);
  archive.engine.free();
}
