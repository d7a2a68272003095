/** What the views ask of an open archive. */
export type {
  CacheQuery,
  ChecksumOf,
  Comparison,
  Content,
  OpenedArchive,
  OpenedCache,
  Tree,
  Watched,
} from "../client.js";
