import { count, counted, exactBytes } from "../view/format.js";
import type { ChecksumKind, RecordKind } from "../view/types.js";

const KIND: Record<ChecksumKind, string> = {
  object: "SHA-256 of the header’s bytes and, of a file, its content behind them.",
  folder:
    "SHA-256 of the records below, in order: each path with zero bytes for its slashes, one zero byte where it is empty, and then the text of its digest.",
  selection:
    "SHA-256 of the records that the patterns choose, in order: each path with zero bytes for its slashes, one zero byte where it is empty, and then the text of its digest.",
  nothing: "SHA-256 of nothing: there is nothing to be copied.",
};

const RECORD: Record<RecordKind, string> = {
  header: "header alone",
  object: "header and content",
  folder: "folder with all in it",
  followed: "what the link leads to",
};

/** What is said of content checksums. */
export const checksumText = {
  title: "Checksum for COPY",
  lead: "By which BuildKit tells what it copies from here: names, modes, owners, targets and contents, no times.",
  compute: "Compute checksum",
  computing: "Reading contents",
  waits: "Once all layers are read.",
  listed: "Once the layers are read: Verify reads them.",
  range: (first: number, last: number | undefined) =>
    last === undefined
      ? `Of the layers from ${count(first)} on, on an empty folder.`
      : `Of layers ${count(first)} to ${count(last)}, on an empty folder.`,
  options: "Options",
  follow: "Follow a symlink at the end, as COPY does",
  include: "Only what fits (a pattern as in .dockerignore a line)",
  exclude: "Without what fits",
  checksum: "Checksum",
  madeOf: "Made of",
  kind: (kind: ChecksumKind) => KIND[kind],
  of: "Of",
  header: "Header",
  headerLabel: "header",
  base64: "Header in base64",
  base64Label: "header in base64",
  content: "Content",
  contentBytes: (size: number) => `${exactBytes(size)} behind the header`,
  fields: "Fields of the header",
  fieldColumns: ["Field", "Value"],
  empty: "empty",
  records: (n: number) => counted(n, "record"),
  recordColumns: ["Path", "Digest of", "Digest", "Header"],
  recordKind: (kind: RecordKind) => RECORD[kind],
  ownPath: "(itself)",
  more: (n: number) => `${counted(n, "more record")} ${n === 1 ? "is" : "are"} not listed.`,
  read: (files: number, bytes: number) =>
    `Read for it: ${counted(files, "file")}, ${exactBytes(bytes)}.`,
} as const;
