import { createEngine as createWorkerEngine, type Engine } from "../../src/client.js";
import { shared } from "./source.js";

export type {
  ArchiveSource,
  BaseImage,
  BaseImages,
  CacheQuery,
  ChecksumOf,
  Comparison,
  Content,
  ContentsRead,
  Engine,
  ImageView,
  LayerRange,
  OpenedArchive,
  OpenedCache,
  OpenOptions,
  OpenProgress,
  Report,
  ScanOptions,
  ScanUpdate,
  Status,
  TarExport,
  Tree,
  Watched,
} from "../../src/client.js";
export { EngineError, isAbort, sourceFromBlob, sourceFromUrl } from "../../src/client.js";
export { sourceFromPath } from "./source.js";

export interface EngineOptions {
  /** Scan workers at most; by default as many as help on this machine. */
  workers?: number;
}

/**
 * An engine whose workers are threads. They keep the process alive until `close`.
 *
 * Open what `sourceFromPath` or `sourceFromUrl` gives: of a `Blob` all bytes are read into memory.
 */
export function createEngine(options: EngineOptions = {}): Engine {
  const engine = createWorkerEngine(options);
  return {
    open: async (source, options) => engine.open(await shared(source), options),
    close: () => {
      engine.close();
    },
  };
}
