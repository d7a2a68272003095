import type {
  Annotation,
  BlobView,
  ContentChildren,
  ContentInfo,
  ContentList,
  GcPlan,
  IngestList,
} from "../generated/simd/store.js";
import type { ByteProgress, Part } from "./protocol.js";

/** A call that tells nothing on the way. */
interface Call<P extends object, R> {
  params: P;
  result: R;
  progress: never;
}

/** Where a store's blobs are kept. */
export type StorePlace = "files" | "no-files" | "no-locks";

/** What is to be stored. */
export interface IngestOf {
  ref: string;
  bytes: Blob;
  /** Digest that the bytes have to have. */
  expected?: string | undefined;
  labels: Annotation[];
  /** Forgets what an ingest of this name has. */
  restart?: boolean;
}

/** What became of it. */
export interface Ingested {
  digest: string;
  /** Whether it was stored before. */
  existed: boolean;
}

/** The calls that the store worker answers. */
export interface StoreCalls {
  start: Call<{ wasm: Part }, StorePlace>;
  setArchive: Call<{ blobs: BlobView[] }, undefined>;
  list: Call<{ filters: string[] }, ContentList>;
  info: Call<{ digest: string }, ContentInfo>;
  read: Call<{ digest: string; offset: number; length: number }, Uint8Array<ArrayBuffer>>;
  update: Call<{ digest: string; labels: Annotation[]; paths: string[] }, ContentInfo>;
  remove: Call<{ digest: string }, undefined>;
  ingest: { params: IngestOf; result: Ingested; progress: ByteProgress };
  ingests: Call<object, IngestList>;
  abort: Call<{ ref: string }, undefined>;
  adopt: Call<{ digest: string; mediaType?: string; isRoot: boolean }, ContentChildren>;
  plan: Call<object, GcPlan>;
  collect: Call<object, GcPlan>;
}
