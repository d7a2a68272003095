/** What the views ask of an open archive. */
export type {
  BaseImage,
  CacheQuery,
  ChecksumOf,
  Comparison,
  Content,
  OpenedArchive,
  OpenedCache,
  Tree,
  TreePart,
  Watched,
} from "../client.js";
