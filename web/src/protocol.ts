import type {
  CacheAnswer,
  CacheChoice,
  CacheCompareView,
  CacheGraphView,
  CacheLayerPage,
  CacheRecordPage,
  CacheRecordView,
  ChecksumDifference,
  ChecksumView,
  CompareView,
  Completed,
  ContentView,
  DockerfileView,
  DocumentView,
  EntryPlace,
  ExportView,
  Failure,
  HiddenPage,
  KeysView,
  LayerRange,
  PathChanges,
  PathPattern,
  Report,
  RowsView,
  ScanJob,
  SizeView,
  StatementDetail,
  StoryView,
  TreeQuery,
  TreeState,
  WasteView,
} from "../generated/simd/engine.js";
import type { StoredBytes } from "./bytes.js";
import type { ChecksumOf } from "./checksums.js";
import type { TarOf } from "./contents.js";
import type { WireError } from "./errors.js";
import type { ArchiveSource } from "./source.js";

/** One call: what it takes, what it answers, what it tells on the way. */
export interface CallShape {
  params: object;
  result: unknown;
  progress: unknown;
}

/** The calls that a worker answers, by name. */
export type CallMap<C> = { [K in keyof C]: CallShape };

/** A call that tells nothing on the way. */
interface Call<P extends object, R> {
  params: P;
  result: R;
  progress: never;
}

/** A tree, as its archive numbers it. */
interface TreePlace {
  archive: number;
  tree: number;
}

/** What of a tree is shown, and what is pointed out in it. */
export interface TreePart {
  /** The folder in which it lies, its exact bytes; the whole tree when absent. */
  path?: Uint8Array | undefined;
  /** How many levels below that folder are expanded. */
  depth?: number;
  /** What is highlighted, with what leads there expanded. */
  highlight?: PathPattern | undefined;
}

/** Calls about one tree of an image's layers. */
export interface TreeCalls {
  /** Answers the number of the tree. */
  openTree: Call<{ archive: number; image: number; range?: LayerRange }, number>;
  treeState: Call<TreePlace, TreeState>;
  rows: Call<TreePlace & { offset: number; limit: number }, RowsView>;
  arrange: Call<TreePlace & { query: TreeQuery }, TreeState>;
  expand: Call<TreePlace & { node: number }, undefined>;
  collapse: Call<TreePlace & { node: number }, undefined>;
  expandTo: Call<TreePlace & { depth: number }, undefined>;
  reveal: Call<TreePlace & { path: Uint8Array }, number | undefined>;
  showPart: Call<TreePlace & TreePart, number | undefined>;
  sizes: Call<TreePlace & { node: number; depth: number }, SizeView>;
  closeTree: Call<TreePlace, undefined>;
}

/** Calls about a path's story, documents, contents and comparisons. */
export interface ExploreCalls {
  story: {
    params: { archive: number; image: number; path: Uint8Array };
    result: StoryView;
    progress: never;
  };
  waste: { params: { archive: number; image: number }; result: WasteView; progress: never };
  keys: Call<{ archive: number; image: number; layerLimit?: number | undefined }, KeysView>;
  hidden: {
    params: { archive: number; image: number; offset: number; limit: number };
    result: HiddenPage;
    progress: never;
  };
  document: { params: { archive: number; key: string }; result: DocumentView; progress: never };
  statement: {
    params: { archive: number; digest: string };
    result: StatementDetail;
    progress: never;
  };
  dockerfile: {
    params: { archive: number; image: number };
    result: DockerfileView;
    progress: never;
  };
  markdown: {
    params: { archive: number; image: number | undefined };
    result: string;
    progress: never;
  };
  /** Gives the number of a stream. */
  csv: {
    params: { archive: number; image: number; range?: LayerRange };
    result: number;
    progress: never;
  };
  compare: {
    params: { archive: number; image: number; other: number; otherImage: number };
    result: number;
    progress: never;
  };
  compared: {
    params: { archive: number; other: number; comparison: number };
    result: CompareView;
    progress: never;
  };
  comparedPaths: {
    params: { archive: number; other: number; comparison: number; offset: number; limit: number };
    result: PathChanges;
    progress: never;
  };
  comparedChecksum: {
    params: { archive: number; other: number; comparison: number; path: Uint8Array };
    result: ChecksumDifference;
    progress: never;
  };
  closeComparison: {
    params: { archive: number; comparison: number };
    result: undefined;
    progress: never;
  };
  content: {
    params: { archive: number; image: number; place: EntryPlace; offset: number; length: number };
    result: Content;
    progress: ByteProgress;
  };
  contentDigest: {
    params: { archive: number; image: number; place: EntryPlace };
    result: string;
    progress: ByteProgress;
  };
  checksum: {
    params: { archive: number; image: number; what: ChecksumOf };
    result: ChecksumView;
    progress: ByteProgress;
  };
  describe: {
    params: { archive: number; bytes: Uint8Array; name: string };
    result: ContentView;
    progress: never;
  };
  exportTar: Call<
    { archive: number; image: number; what: TarOf },
    { stream: number; view: ExportView }
  >;
  blob: { params: { archive: number; digest: string }; result: Blob; progress: never };
  readContents: {
    params: { archive: number; images: readonly number[] };
    result: ContentsRead;
    progress: ScanUpdate;
  };
  /** The next piece of a stream; nothing when it is over. */
  streamNext: {
    params: { archive: number; stream: number };
    result: Uint8Array<ArrayBuffer> | string | undefined;
    progress: never;
  };
  streamEnd: { params: { archive: number; stream: number }; result: undefined; progress: never };
}

/** A build cache, as its archive numbers it. */
interface CachePlace {
  archive: number;
  cache: number;
}

/** Which records of a cache are wanted. */
export interface CacheQuery {
  choice: CacheChoice;
  /** A part of the digest; empty for any. */
  text: string;
  /** The layer that the result ends in. */
  layer?: number | undefined;
}

/** An image, as its archive numbers it. */
export interface ImagePlace {
  archive: number;
  image: number;
}

/** Calls about build caches. */
export interface CacheCalls {
  cacheRecords: Call<CachePlace & CacheQuery & { offset: number; limit: number }, CacheRecordPage>;
  cacheRecord: Call<CachePlace & { record: number }, CacheRecordView>;
  cacheLayers: Call<CachePlace & { offset: number; limit: number }, CacheLayerPage>;
  cacheGraph: Call<CachePlace & { around: number | undefined }, CacheGraphView>;
  cacheAnswer: Call<CachePlace & { key: string }, CacheAnswer>;
  compareCaches: Call<
    CachePlace & { other: number; otherCache: number; bases: readonly (ImagePlace | undefined)[] },
    CacheCompareView
  >;
}

/** What came of reading layers again for the digests of their files' contents. */
export interface ContentsRead {
  report: Report;
  /** Why contents are still unknown, for each layer that was not read. */
  unread: Failure[];
}

/** Some bytes of a file. */
export interface Content {
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the whole file. */
  size: number;
}

/** Bytes read so far, and those to be read at most. */
export interface ByteProgress {
  done: number;
  total: number;
}

/** Calls from the page to the engine worker. */
export interface EngineCalls extends TreeCalls, ExploreCalls, CacheCalls {
  /** Comes first: loads what lists archives. The engine follows with the first list. */
  start: {
    /** Through `asking`, workers with the decoders are asked for. */
    params: { urls: Required<CoreUrls>; asking: MessagePort };
    result: { core: string };
    progress: never;
  };
  /** The caller numbers the archives, so that one can be closed before it is open. */
  open: {
    params: { archive: number; source: ArchiveSource };
    result: Opened;
    progress: OpenProgress;
  };
  report: { params: { archive: number }; result: Report; progress: never };
  /** Settles when nothing is left to scan. Aborting it keeps the results so far. */
  scan: {
    params: { archive: number; workers: number | undefined; image: number | undefined };
    result: Report;
    progress: ScanUpdate;
  };
  /**
   * Lists an image's layers by their tables of contents, without reading them. Answers whether it
   * could: if not, they have to be read.
   */
  listLayers: Call<{ archive: number; image: number }, boolean>;
  setPlatform: {
    params: { archive: number; image: number; platform: string };
    result: Report;
    progress: never;
  };
  close: { params: { archive: number }; result: undefined; progress: never };
}

/** What an archive is. */
export interface Opened {
  report: Report;
  /** Whether layers are on a server, and read from there when they are wanted. */
  onDemand: boolean;
}

/**
 * A part of the engine: its address, or its bytes; those of a blob of the type
 * `application/gzip` are packed.
 */
export type Part = string | Blob;

/** Where the parts of the engine are, if not where the module looks for them. */
export interface CoreUrls {
  /** The wasm file that lists archives; both builds of it do. */
  listWasm?: Part;
  /** The wasm file that answers for them; both builds of it do. */
  wasm?: Part;
  /** The wasm file that decodes; both builds of it do. */
  scanWasm?: Part;
}

/** Calls about contents, from the engine worker to the worker that reads them. */
export interface ReadCalls {
  /** `blob` is the number of the layer's blob, `plan` what the core wants of its `bytes`. */
  content: {
    params: { blob: number; plan: Uint8Array; history?: Blob | undefined; bytes: StoredBytes };
    result: Uint8Array<ArrayBuffer>;
    progress: ByteProgress;
  };
  contentDigest: {
    params: { plan: Uint8Array; history?: Blob | undefined; bytes: StoredBytes };
    result: string;
    progress: ByteProgress;
  };
  /**
   * A layer as its table of contents lists it, both as the core packs them; nothing where a server
   * gives no parts of the layer.
   */
  readToc: Call<{ job: Uint8Array; bytes: StoredBytes }, Uint8Array | undefined>;
  describe: Call<{ bytes: Uint8Array; name: string }, ContentView>;
  documentView: Call<{ key: string; name: string; bytes: Uint8Array }, DocumentView>;
  statementDetail: Call<{ bytes: Uint8Array }, StatementDetail>;
  /** Begins a layer's tar as it is. The caller numbers the streams. */
  readLayer: Call<{ stream: number; plan: Uint8Array; bytes: StoredBytes }, undefined>;
  /** Begins a tar, or goes on with it when `next` has given nothing more. */
  writeTar: Call<{ stream: number; batch: Uint8Array; bytes: StoredBytes }, undefined>;
  /** Begins digests of contents, or goes on with them likewise. */
  sumContents: Call<{ stream: number; batch: Uint8Array; bytes: StoredBytes }, undefined>;
  next: {
    params: { stream: number };
    result: Uint8Array<ArrayBuffer> | undefined;
    progress: ByteProgress;
  };
  leave: Call<{ stream: number }, undefined>;
}

/** The decoders: by preference as they are compiled, once for all workers. */
export type Decoders = { module: WebAssembly.Module } | { part: Part };

/** Calls from the engine worker to a worker with the decoders. */
export interface ScanCalls extends ReadCalls {
  /** Comes before any other. */
  start: Call<Decoders, undefined>;
  scan: { params: { job: ScanJob; bytes: StoredBytes }; result: Scanned; progress: ScanProgress };
  /** What is scanned is from now on hashed at the other end of a port. Comes once. */
  hashElsewhere: Call<{ port: MessagePort }, undefined>;
  /** Hashes what comes from the other end of a port, for as long as the worker lives. */
  hashFor: Call<{ port: MessagePort }, undefined>;
}

/** Calls from a worker that scans to one that hashes for it, streams by numbers. */
export interface HashCalls {
  /** Goes on with a stream from what is known of it. */
  begin: Call<{ stream: number; known: Uint8Array }, undefined>;
  /** Answers the same bytes, so that they are used again. */
  push: Call<
    { stream: number; bytes: Uint8Array<ArrayBuffer>; length: number },
    Uint8Array<ArrayBuffer>
  >;
  /** Answers the digest, if there was such a stream. */
  finish: Call<{ stream: number }, string | undefined>;
}

/** How much of a download has come, or of an outer compression has been unpacked. */
export interface OpenProgress {
  /** Bytes of the file read so far. */
  read: number;
  /** Bytes of the file; 0 where a server does not say. */
  total: number;
  /** Bytes that they unpacked to; 0 for a download. */
  unpacked: number;
}

/** How far a scan has come. */
export interface ScanUpdate {
  /** Bytes of stored blobs done with, those of failed jobs included. */
  stored: number;
  /** Bytes of all stored blobs of this scan. */
  total: number;
  /** Bytes unpacked from them. */
  unpacked: number;
  /** Blobs done with, failed ones included. */
  done: number;
  /** Blobs of this scan. */
  jobs: number;
  /** Set when a blob's outcome is known: what it changed in report and trees. */
  changed?: Completed;
}

export interface JobProgress {
  stored: number;
  unpacked: number;
}

/** How far a scan has come, and at times a page of what it found, as the core packs it. */
export interface ScanProgress extends JobProgress {
  page?: Uint8Array;
}

/** What a scan found, as the core packs it: its table without the pages that came before. */
export interface Scanned extends JobProgress {
  table: Uint8Array;
  /** The histories of its seek points, where it has some. */
  histories?: Blob;
}

export type ToWorker<C extends CallMap<C>> =
  | { kind: "hello"; build: string }
  | { kind: "ping" }
  | { kind: "abort"; id: number }
  | { kind: "call"; id: number; call: keyof C; params: C[keyof C]["params"] };

export type FromWorker<C extends CallMap<C>> =
  | { kind: "hello"; build: string }
  | { kind: "pong" }
  | { kind: "ok"; id: number; result: C[keyof C]["result"] }
  | { kind: "progress"; id: number; progress: C[keyof C]["progress"] }
  | { kind: "error"; id: number; error: WireError }
  /** Without a call to blame. */
  | { kind: "failed"; error: WireError };
