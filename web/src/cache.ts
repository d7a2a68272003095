import type {
  CacheAnswer,
  CacheCompareView,
  CacheGraphView,
  CacheLayerPage,
  CacheRecordPage,
  CacheRecordView,
} from "../generated/simd/engine.js";
import type { CallExplored } from "./explored.js";
import type { CacheImages, CacheQuery } from "./protocol.js";

/** A build cache of an open archive. */
export interface OpenedCache<Other> {
  /** Records by level, those that fit the query. */
  records: (query: CacheQuery, offset: number, limit: number) => Promise<CacheRecordPage>;
  /** All of one record. */
  record: (record: number) => Promise<CacheRecordView>;
  layers: (offset: number, limit: number) => Promise<CacheLayerPage>;
  /** A drawing of the records around one, or of the lowest ones. */
  graph: (around?: number) => Promise<CacheGraphView>;
  /** What BuildKit's importer answers to a key. */
  answer: (key: string) => Promise<CacheAnswer>;
  /** Puts a cache of this archive, or of another of the same engine, beside this one. */
  compare: (other: Other, otherCache: number, images?: CacheImages) => Promise<CacheCompareView>;
}

/** A build cache as it is asked in the engine worker. */
export class WorkerCache<Other> implements OpenedCache<Other> {
  readonly #call: CallExplored;
  readonly #numberOf: (other: Other) => number;
  readonly #cache: number;

  constructor(call: CallExplored, numberOf: (other: Other) => number, cache: number) {
    this.#call = call;
    this.#numberOf = numberOf;
    this.#cache = cache;
  }

  records(query: CacheQuery, offset: number, limit: number): Promise<CacheRecordPage> {
    return this.#call("cacheRecords", { cache: this.#cache, ...query, offset, limit });
  }

  record(record: number): Promise<CacheRecordView> {
    return this.#call("cacheRecord", { cache: this.#cache, record });
  }

  layers(offset: number, limit: number): Promise<CacheLayerPage> {
    return this.#call("cacheLayers", { cache: this.#cache, offset, limit });
  }

  graph(around?: number): Promise<CacheGraphView> {
    return this.#call("cacheGraph", { cache: this.#cache, around });
  }

  answer(key: string): Promise<CacheAnswer> {
    return this.#call("cacheAnswer", { cache: this.#cache, key });
  }

  compare(other: Other, otherCache: number, images: CacheImages = {}): Promise<CacheCompareView> {
    return this.#call("compareCaches", {
      cache: this.#cache,
      other: this.#numberOf(other),
      otherCache,
      ...images,
    });
  }
}
