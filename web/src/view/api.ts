import type { ScanOptions } from "../client.js";
/** What the views ask of an open archive. */
import type {
  CompareView,
  ContentView,
  DockerfileView,
  DocumentView,
  EntryPlace,
  HiddenPage,
  LayerRange,
  PathChanges,
  Report,
  RowsView,
  SizeView,
  StatementDetail,
  StoryView,
  TreeQuery,
  TreeState,
  WasteView,
} from "./types.js";

export interface Watched {
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** Some bytes of a file. */
export interface Content {
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes of the whole file. */
  size: number;
}

export interface OpenedArchive {
  readonly latest: Report;
  report: () => Promise<Report>;
  scan: (options?: ScanOptions) => Promise<Report>;
  setPlatform: (image: number, platform: string) => Promise<Report>;
  close: () => Promise<void>;

  openTree: (image: number, range?: LayerRange) => Promise<Tree>;

  story: (image: number, path: Uint8Array) => Promise<StoryView>;
  waste: (image: number) => Promise<WasteView>;
  hidden: (image: number, offset: number, limit: number) => Promise<HiddenPage>;

  content: (
    image: number,
    place: EntryPlace,
    options?: { offset?: number; length?: number } & Watched,
  ) => Promise<Content>;
  describe: (bytes: Uint8Array, name: string) => Promise<ContentView>;
  contentDigest: (image: number, place: EntryPlace, options?: Watched) => Promise<string>;
  exportTar: (
    image: number,
    what: { layer: number } | { range?: LayerRange; path: Uint8Array },
    options?: Watched,
  ) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  blob: (digest: string) => Promise<Blob>;
  readContents: (images: readonly number[], options?: Watched) => Promise<Report>;

  document: (digest: string) => Promise<DocumentView>;
  statement: (digest: string) => Promise<StatementDetail>;
  dockerfile: (image: number) => Promise<DockerfileView>;
  compare: (image: number, other: OpenedArchive, otherImage: number) => Promise<Comparison>;
  markdown: (image?: number) => Promise<string>;
  csv: (image: number, range?: LayerRange) => Promise<ReadableStream<string>>;
}

/** The tree of some layers of an image. */
export interface Tree {
  readonly range: LayerRange;
  state: () => Promise<TreeState>;
  rows: (offset: number, limit: number) => Promise<RowsView>;
  arrange: (query: TreeQuery) => Promise<TreeState>;
  expand: (node: number) => Promise<void>;
  collapse: (node: number) => Promise<void>;
  expandTo: (depth: number) => Promise<void>;
  reveal: (path: Uint8Array) => Promise<number | undefined>;
  sizes: (node: number, depth: number) => Promise<SizeView>;
  close: () => Promise<void>;
}

/** Two images side by side. */
export interface Comparison {
  view: () => Promise<CompareView>;
  paths: (offset: number, limit: number) => Promise<PathChanges>;
  close: () => Promise<void>;
}
