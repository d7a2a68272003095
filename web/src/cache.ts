import type {
  CacheAnswer,
  CacheCompareView,
  CacheGraphView,
  CacheLayerPage,
  CacheRecordPage,
  CacheRecordView,
} from "../generated/simd/engine.js";
import type { CallExplored } from "./explored.js";
import type { CacheQuery } from "./protocol.js";

/** An image that a build began with, and the archive that holds it. */
export interface BaseImage<Other> {
  readonly archive: Other;
  readonly image: number;
}

/** The images that two builds began with, as far as they are known. */
export type BaseImages<Other> = readonly [
  left: BaseImage<Other> | undefined,
  right: BaseImage<Other> | undefined,
];

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
  /**
   * Puts a cache of this archive, or of another of the same engine, beside this one. The images
   * that the two builds began with may be in these archives or in others.
   */
  compare: (
    other: Other,
    otherCache: number,
    bases?: BaseImages<Other>,
  ) => Promise<CacheCompareView>;
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

  compare(
    other: Other,
    otherCache: number,
    bases: BaseImages<Other> = [undefined, undefined],
  ): Promise<CacheCompareView> {
    return this.#call("compareCaches", {
      cache: this.#cache,
      other: this.#numberOf(other),
      otherCache,
      bases: bases.map((base) => {
        return base && { archive: this.#numberOf(base.archive), image: base.image };
      }),
    });
  }
}
