import type { LayerRange, Report } from "../generated/simd/engine.js";
import { BUILD } from "./build.js";
import { Caller, type CallOptions, type WorkerLike } from "./caller.js";
import { abortError, EngineError } from "./errors.js";
import { WorkerExplored, type CallExplored, type Explored } from "./explored.js";
import { coreParts, type CoreParts } from "./core-parts.js";
import type { EngineCalls, Opened, OpenProgress, Part, ScanUpdate } from "./protocol.js";
import { sourceFromBlob, type ArchiveSource } from "./source.js";
import { spawnWorker } from "./spawn.js";
import { spawnAsAsked } from "./spawner.js";
import { WorkerTree, type Tree } from "./tree.js";

export { EngineError, isAbort } from "./errors.js";
export type { OpenProgress, Part, ScanUpdate } from "./protocol.js";
export type { CoreParts } from "./core-parts.js";
export type { ImageView, LayerRange, Report, Status } from "../generated/simd/engine.js";
export type { CacheQuery } from "./protocol.js";
export type { BaseImage, BaseImages, OpenedCache } from "./cache.js";
export type { Comparison, TarExport, Watched } from "./explored.js";
export type { ChecksumOf } from "./checksums.js";
export type { Content, ContentsRead } from "./protocol.js";
export type { TreePart } from "./protocol.js";
export type { Tree } from "./tree.js";
export {
  sourceFromBlob,
  sourceFromDrop,
  sourceFromFiles,
  sourceFromUrl,
  type ArchiveSource,
} from "./source.js";

export interface EngineOptions {
  /** Scan workers at most; by default as many as help on this machine. */
  workers?: number;
  /** Where the parts are, if not where the module looks for them. */
  urls?: Partial<CoreParts>;
  /** Starts an engine worker; for tests. */
  spawn?: (script: Part) => WorkerLike;
}

export interface OpenOptions {
  signal?: AbortSignal;
  /** Told only while a file is fetched whole, or an outer compression is being unpacked. */
  onProgress?: (progress: OpenProgress) => void;
}

export interface ScanOptions {
  signal?: AbortSignal;
  /** Reads the layers of this image alone. */
  image?: number;
  onUpdate?: (update: ScanUpdate) => void;
}

/**
 * Opens archives, in workers of its own. Every promise settles: with an
 * `EngineError` that has a stable code, or with an `AbortError`, if not well.
 */
export interface Engine {
  /** Resolves when it is known what the archive is, before any layer is read. */
  open: (source: ArchiveSource | Blob, options?: OpenOptions) => Promise<OpenedArchive>;
  /** Ends the workers. Everything pending and everything later rejects. */
  close: () => void;
}

/** One open archive. Rejects after `close`, and when its worker has ended. */
export interface OpenedArchive extends Explored<OpenedArchive> {
  /** The report as it was when last asked for. */
  readonly latest: Report;
  /** Whether layers are on a server, and read from there when they are wanted. */
  readonly onDemand: boolean;
  /** The report as it is now. */
  report: () => Promise<Report>;
  /**
   * Reads every layer that is not read yet, and resolves with the report. When
   * aborted, keeps what is verified; the rest is not checked, being cancelled.
   * What was cancelled or failed on the way is read again by the next scan.
   */
  scan: (options?: ScanOptions) => Promise<Report>;
  /**
   * Lists the files of an image without reading its layers, where each of them carries a table of
   * contents that the manifest vouches for. False where layers have to be read; why, if a table
   * was refused, is among the findings then.
   */
  listLayers: (image: number, signal?: AbortSignal) => Promise<boolean>;
  /** Opens a tree of an image's layers: by default of all, with nothing below them. */
  openTree: (image: number, range?: LayerRange) => Promise<Tree>;
  /** Chooses the platform that cache keys are computed for, as `os/arch[/variant]`. */
  setPlatform: (image: number, platform: string) => Promise<Report>;
  /** Gives memory and storage back. */
  close: () => Promise<void>;
}

export function createEngine(options: EngineOptions = {}): Engine {
  return new WorkerEngine(options);
}

// A core that opens a file of many thousand members is deaf for a while.
const PATIENCE = { interval: 1000, running: 60, starting: 120 };

class WorkerEngine implements Engine {
  readonly #options: EngineOptions;
  #caller: Caller<EngineCalls> | undefined;
  #closed = false;
  #archives = 0;

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  async open(source: ArchiveSource | Blob, options: OpenOptions = {}): Promise<OpenedArchive> {
    if (options.signal?.aborted === true) throw abortError();
    const caller = this.#worker();
    const archive = this.#archives++;
    try {
      const opened = await caller.call(
        "open",
        { archive, source: source instanceof Blob ? sourceFromBlob(source) : source },
        options,
      );
      return new WorkerArchive(caller, archive, opened, this.#options.workers);
    } catch (error) {
      // It may have become open while the abort was on its way.
      caller.call("close", { archive }).catch(() => undefined);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#caller?.end(closed());
    this.#caller = undefined;
  }

  // A worker that ended is replaced: its archives are lost, later ones are not.
  #worker(): Caller<EngineCalls> {
    if (this.#closed) throw closed();
    if (this.#caller && !this.#caller.ended) return this.#caller;
    const { urls: given, spawn } = this.#options;
    const { worker: script, scanWorker, ...urls } = { ...coreParts(), ...absolute(given ?? {}) };
    const worker = spawn?.(script) ?? spawnWorker(script, "oci-lens-engine");
    const caller = new Caller<EngineCalls>(worker, BUILD, PATIENCE);
    this.#caller = caller;
    const { port1: asked, port2: asking } = new MessageChannel();
    caller.onEnd(spawnAsAsked(asked, () => spawnWorker(scanWorker, "oci-lens-scan")));
    caller.begin("start", { urls, asking }, { transfer: [asking] }).catch(() => undefined);
    return caller;
  }
}

class WorkerArchive extends WorkerExplored<OpenedArchive> implements OpenedArchive {
  readonly #caller: Caller<EngineCalls>;
  readonly #archive: number;
  readonly #workers: number | undefined;
  readonly onDemand: boolean;
  #latest: Report;
  readonly #closed = new AbortController();

  constructor(
    caller: Caller<EngineCalls>,
    archive: number,
    { report, onDemand }: Opened,
    workers: number | undefined,
  ) {
    super();
    this.onDemand = onDemand;
    this.#caller = caller;
    this.#archive = archive;
    this.#latest = report;
    this.#workers = workers;
  }

  get latest(): Report {
    return this.#latest;
  }

  async report(): Promise<Report> {
    return this.keep(await this.#call("report", {}));
  }

  async scan(options: ScanOptions = {}): Promise<Report> {
    const { signal, image, onUpdate: onProgress } = options;
    const params = { workers: this.#workers, image };
    return this.keep(await this.#call("scan", params, { signal, onProgress }));
  }

  listLayers(image: number, signal?: AbortSignal): Promise<boolean> {
    return this.#call("listLayers", { image }, { signal });
  }

  async openTree(image: number, range: LayerRange = { first: 0 }): Promise<Tree> {
    const tree = await this.#call("openTree", { image, range });
    return new WorkerTree((call, params) => this.#call(call, params), tree, range);
  }

  async setPlatform(image: number, platform: string): Promise<Report> {
    return this.keep(await this.#call("setPlatform", { image, platform }));
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    // With a worker that is gone, its storage is free already.
    await this.#caller.call("close", { archive: this.#archive }).catch(() => undefined);
  }

  protected override keep(report: Report): Report {
    this.#latest = report;
    return report;
  }

  protected override explore: CallExplored = (call, params, options) => {
    return this.#call(call, params, options);
  };

  protected override numberOf(other: OpenedArchive): number {
    if (other instanceof WorkerArchive && other.#caller === this.#caller) return other.#archive;
    throw new EngineError({
      code: "other-engine",
      message: "the two archives are not open in the same engine",
    });
  }

  async #call<K extends Exclude<keyof EngineCalls, "start" | "open" | "close">>(
    call: K,
    params: Omit<EngineCalls[K]["params"], "archive">,
    options: CallOptions<EngineCalls[K]["progress"]> = {},
  ): Promise<EngineCalls[K]["result"]> {
    const closed = this.#closed.signal;
    if (closed.aborted) throw archiveClosed();
    const signal = options.signal ? AbortSignal.any([options.signal, closed]) : closed;
    const reject = (error: unknown): never => {
      throw closed.aborted ? archiveClosed() : error;
    };
    return this.#caller
      .call(call, { ...params, archive: this.#archive }, { ...options, signal })
      .catch(reject);
  }
}

// A worker that is made of a blob would resolve addresses against that.
function absolute(urls: Partial<CoreParts>): Partial<CoreParts> {
  const resolved = Object.entries(urls).map(([name, part]) => [
    name,
    part instanceof Blob ? part : new URL(part, self.location.href).href,
  ]);
  return Object.fromEntries(resolved) as Partial<CoreParts>;
}

function closed(): EngineError {
  return new EngineError({ code: "engine-closed", message: "the engine is closed" });
}

function archiveClosed(): EngineError {
  return new EngineError({ code: "archive-closed", message: "the archive is closed" });
}
