/** What the views ask of an open archive. */
export type { Comparison, Content, OpenedArchive, Tree, Watched } from "../client.js";
