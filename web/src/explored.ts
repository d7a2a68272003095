import type {
  ChecksumDifference,
  ChecksumView,
  CompareView,
  ContentView,
  DockerfileView,
  DocumentView,
  EntryPlace,
  ExportView,
  HiddenPage,
  KeysView,
  LayerRange,
  PathChanges,
  Report,
  StatementDetail,
  StoryView,
  WasteView,
} from "../generated/simd/engine.js";
import { WorkerCache, type OpenedCache } from "./cache.js";
import type { CallOptions } from "./caller.js";
import type { ChecksumOf } from "./checksums.js";
import type { TarOf } from "./contents.js";
import type {
  ByteProgress,
  CacheCalls,
  Content,
  ContentsRead,
  EngineCalls,
  ExploreCalls,
  ScanUpdate,
} from "./protocol.js";

/** Long work that can be watched and cancelled. */
export interface Watched {
  signal?: AbortSignal;
  onProgress?: (progress: ByteProgress) => void;
}

/** What can be asked of an open archive beside its report and its trees. */
export interface Explored<Other> {
  /**
   * What each layer did to a path, given by its exact bytes, and what links to
   * it; without steps for a path that no layer ever named.
   */
  story: (image: number, path: Uint8Array) => Promise<StoryView>;
  /** Bytes that an image's layers store and that it does not show. */
  waste: (image: number) => Promise<WasteView>;
  /** What BuildKit and containerd know an image by; of its lowest layers alone with a limit. */
  keys: (image: number, layerLimit?: number) => Promise<KeysView>;
  /** Entries that are stored and not shown, by path and then layer. */
  hidden: (image: number, offset: number, limit: number) => Promise<HiddenPage>;

  /** Part of a file's content: 64 MiB at most, fewer where the file ends. */
  content: (
    image: number,
    place: EntryPlace,
    options?: { offset?: number; length?: number } & Watched,
  ) => Promise<Content>;
  /** What a file seems to be by its first bytes and its name. */
  describe: (bytes: Uint8Array, name: string) => Promise<ContentView>;
  /** SHA-256 of a file's content, in hex. */
  contentDigest: (image: number, place: EntryPlace, options?: Watched) => Promise<string>;
  /** BuildKit's content checksum of a path, and what is hashed for it. */
  checksum: (image: number, what: ChecksumOf, options?: Watched) => Promise<ChecksumView>;
  /**
   * A layer's tar as it is, or a tar of what some layers make of a path: of the
   * root where that is empty. It is made as it is read; what is left out is known before.
   */
  exportTar: (image: number, what: TarOf) => Promise<TarExport>;
  /** A blob's stored bytes: a reference to them. */
  blob: (digest: string) => Promise<Blob>;
  /** Reads layers again for the digests of what their files hold; says which were not read. */
  readContents: (images: readonly number[], options?: Watched) => Promise<ContentsRead>;

  /** A document by its digest, or a root document by its name. */
  document: (key: string) => Promise<DocumentView>;
  /** An in-toto statement or a package list. */
  statement: (digest: string) => Promise<StatementDetail>;
  /** The Dockerfile that an image's history makes up. */
  dockerfile: (image: number) => Promise<DockerfileView>;
  /** Puts an image of this archive, or of another of the same engine, beside one of this. */
  compare: (image: number, other: Other, otherImage: number) => Promise<Comparison>;
  /** A build cache, by its number in the report. */
  cache: (cache: number) => OpenedCache<Other>;
  /** A summary of the report; of one image, or of all. */
  markdown: (image?: number) => Promise<string>;
  /** Paths as CSV, made as it is read: those that some layers made or changed, or all. */
  csv: (image: number, range?: LayerRange) => Promise<ReadableStream<string>>;
}

/** A tar that is made as it is read, and what it holds. */
export interface TarExport {
  view: ExportView;
  stream: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Two images side by side. */
export interface Comparison {
  /** Resolves when all paths that are known are compared. */
  view: () => Promise<CompareView>;
  paths: (offset: number, limit: number) => Promise<PathChanges>;
  /** What makes the content checksums of a path differ, given by its exact bytes. */
  checksum: (path: Uint8Array) => Promise<ChecksumDifference>;
  close: () => Promise<void>;
}

/** Calls the worker that has an archive open, about that archive. */
export type CallExplored = <K extends keyof (ExploreCalls & CacheCalls)>(
  call: K,
  params: Omit<EngineCalls[K]["params"], "archive">,
  options?: CallOptions<EngineCalls[K]["progress"]>,
) => Promise<EngineCalls[K]["result"]>;

/** An archive as it is explored in the engine worker. */
export abstract class WorkerExplored<Other> implements Explored<Other> {
  /** The calls of this archive. */
  protected abstract explore: CallExplored;
  /** What the worker calls another archive. */
  protected abstract numberOf(other: Other): number;
  protected abstract keep(report: Report): Report;

  story(image: number, path: Uint8Array): Promise<StoryView> {
    return this.explore("story", { image, path });
  }

  waste(image: number): Promise<WasteView> {
    return this.explore("waste", { image });
  }

  keys(image: number, layerLimit?: number): Promise<KeysView> {
    return this.explore("keys", { image, layerLimit });
  }

  hidden(image: number, offset: number, limit: number): Promise<HiddenPage> {
    return this.explore("hidden", { image, offset, limit });
  }

  content(
    image: number,
    place: EntryPlace,
    options: { offset?: number; length?: number } & Watched = {},
  ): Promise<Content> {
    const { offset = 0, length = Number.MAX_SAFE_INTEGER } = options;
    return this.explore("content", { image, place, offset, length }, options);
  }

  describe(bytes: Uint8Array, name: string): Promise<ContentView> {
    return this.explore("describe", { bytes, name });
  }

  contentDigest(image: number, place: EntryPlace, options: Watched = {}): Promise<string> {
    return this.explore("contentDigest", { image, place }, options);
  }

  checksum(image: number, what: ChecksumOf, options: Watched = {}): Promise<ChecksumView> {
    return this.explore("checksum", { image, what }, options);
  }

  async exportTar(image: number, what: TarOf): Promise<TarExport> {
    const { stream, view } = await this.explore("exportTar", { image, what });
    return { view, stream: this.#stream<Uint8Array<ArrayBuffer>>(stream) };
  }

  blob(digest: string): Promise<Blob> {
    return this.explore("blob", { digest });
  }

  async readContents(images: readonly number[], options: Watched = {}): Promise<ContentsRead> {
    const { signal, onProgress } = options;
    const read = await this.explore(
      "readContents",
      { images },
      {
        signal,
        onProgress: ({ stored, total }: ScanUpdate) => onProgress?.({ done: stored, total }),
      },
    );
    this.keep(read.report);
    return read;
  }

  document(key: string): Promise<DocumentView> {
    return this.explore("document", { key });
  }

  statement(digest: string): Promise<StatementDetail> {
    return this.explore("statement", { digest });
  }

  dockerfile(image: number): Promise<DockerfileView> {
    return this.explore("dockerfile", { image });
  }

  async compare(image: number, other: Other, otherImage: number): Promise<Comparison> {
    const right = this.numberOf(other);
    const comparison = await this.explore("compare", { image, other: right, otherImage });
    return {
      view: () => this.explore("compared", { other: right, comparison }),
      paths: (offset, limit) => {
        return this.explore("comparedPaths", { other: right, comparison, offset, limit });
      },
      checksum: (path) => {
        return this.explore("comparedChecksum", { other: right, comparison, path });
      },
      close: async () => {
        // With an archive that is closed, its comparisons are gone already.
        await this.explore("closeComparison", { comparison }).catch(() => undefined);
      },
    };
  }

  cache(cache: number): OpenedCache<Other> {
    return new WorkerCache<Other>(this.explore, (other) => this.numberOf(other), cache);
  }

  markdown(image?: number): Promise<string> {
    return this.explore("markdown", { image });
  }

  async csv(image: number, range: LayerRange = { first: 0 }): Promise<ReadableStream<string>> {
    return this.#stream<string>(await this.explore("csv", { image, range }));
  }

  // One piece is asked for at a time, when there is room for it.
  #stream<T extends Uint8Array | string>(stream: number): ReadableStream<T> {
    return new ReadableStream<T>(
      {
        pull: async (controller) => {
          const piece = await this.explore("streamNext", { stream });
          if (piece === undefined) controller.close();
          else controller.enqueue(piece as Uint8Array | string as T);
        },
        cancel: async () => {
          await this.explore("streamEnd", { stream }).catch(() => undefined);
        },
      },
      { highWaterMark: 1 },
    );
  }
}
