import type { Engine } from "../generated/simd/engine.js";
import type { Handlers } from "./answerer.js";
import type { CacheCalls } from "./protocol.js";

/** The calls about build caches, answered by the core. */
export function cacheHandlers(engine: (archive: number) => Engine): Handlers<CacheCalls> {
  return {
    cacheRecords: ({ archive, cache, choice, text, layer, offset, limit }) => {
      return engine(archive).cacheRecords(cache, choice, text, layer, offset, limit);
    },
    cacheRecord: ({ archive, cache, record }) => engine(archive).cacheRecord(cache, record),
    cacheLayers: ({ archive, cache, offset, limit }) => {
      return engine(archive).cacheLayers(cache, offset, limit);
    },
    cacheGraph: ({ archive, cache, around }) => engine(archive).cacheGraph(cache, around),
    cacheAnswer: ({ archive, cache, key }) => engine(archive).cacheAnswer(cache, key),
    compareCaches: ({ archive, cache, other, otherCache, bases }) => {
      const [base, otherBase] = bases.map((at) => at && engine(at.archive).baseImage(at.image));
      return engine(archive).compareCaches(cache, engine(other), otherCache, base, otherBase);
    },
  };
}
