/** What the views ask of an open archive. */
export type { ChecksumOf, Comparison, Content, OpenedArchive, Tree, Watched } from "../client.js";
