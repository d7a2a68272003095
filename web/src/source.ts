import { abortError, EngineError } from "./errors.js";

/**
 * What can be opened: one file, the files of a folder by their paths in it, or what a server has
 * at an address: a file, or an OCI layout folder by its `index.json`.
 */
export type ArchiveSource =
  | { kind: "file"; name: string; file: Blob }
  | { kind: "folder"; name: string; paths: string[]; files: Blob[] }
  | { kind: "url"; name: string; url: string };

/** A folder with more files than this is no image archive. */
export const MOST_FILES = 100_000;

/** A blob, or a file under its own name. */
export function sourceFromBlob(file: Blob, name?: string): ArchiveSource {
  return { kind: "file", name: name ?? (file instanceof File ? file.name : "archive"), file };
}

/** An address, relative to the page if there is one; named by its last part. */
export function sourceFromUrl(
  address: string,
  { name, sameOrigin = false }: { name?: string | undefined; sameOrigin?: boolean } = {},
): ArchiveSource {
  const url = new URL(address, (globalThis.document as Document | undefined)?.baseURI);
  if (!/^(?:https?|blob):$/.test(url.protocol)) {
    throw new EngineError({
      code: "source-status",
      message: `${url.href} is no address of a file`,
    });
  }
  if (sameOrigin && url.origin !== location.origin) {
    throw new EngineError({
      code: "source-origin",
      message: `this page opens addresses of its own origin alone, and ${url.href} is of another`,
    });
  }
  const parts = url.pathname.replace(/(?:\/index\.json|\/)$/, "").split("/");
  return { kind: "url", name: name ?? decoded(parts.at(-1)) ?? url.host, url: url.href };
}

function decoded(part: string | undefined): string | undefined {
  if (part === undefined || part === "") return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** What an `<input type=file>` holds, with `webkitdirectory` or without. */
export function sourceFromFiles(files: Iterable<File>): ArchiveSource {
  const found = [...files];
  const [first] = found;
  if (!first) throw nothing();
  if (found.length === 1 && first.webkitRelativePath === "") return sourceFromBlob(first);
  checkCount(found.length);
  return folder(found.map((file) => [file.webkitRelativePath || file.name, file]));
}

/**
 * What was dropped. The items are taken before this returns: a `DataTransfer`
 * is empty once its event is over.
 */
export function sourceFromDrop(
  transfer: Pick<DataTransfer, "items" | "files">,
  signal?: AbortSignal,
): Promise<ArchiveSource> {
  const entries: FileSystemEntry[] = [];
  const loose: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    if (entry) {
      entries.push(entry);
      continue;
    }
    const file = item.getAsFile();
    if (file) loose.push(file);
  }
  if (entries.length === 0 && loose.length === 0) loose.push(...transfer.files);
  return fromEntries(entries, loose, signal);
}

async function fromEntries(
  entries: FileSystemEntry[],
  loose: File[],
  signal: AbortSignal | undefined,
): Promise<ArchiveSource> {
  const [only] = entries;
  if (!only) return sourceFromFiles(loose);
  if (entries.length === 1 && loose.length === 0 && isFile(only)) {
    return sourceFromBlob(await fileOf(only));
  }
  const found = await walk(entries, signal);
  return folder([...found, ...loose.map((file): [string, File] => [file.name, file])]);
}

// With an explicit stack: a folder tree may be deeper than the call stack.
async function walk(
  roots: readonly FileSystemEntry[],
  signal: AbortSignal | undefined,
): Promise<[string, File][]> {
  const found: [string, File][] = [];
  const left = [...roots];
  for (let entry = left.pop(); entry; entry = left.pop()) {
    if (signal?.aborted === true) throw abortError();
    if (isFile(entry)) {
      found.push([entry.fullPath.replace(/^\//, ""), await fileOf(entry)]);
      checkCount(found.length);
    } else if (isDirectory(entry)) {
      const reader = entry.createReader();
      // An answer holds a hundred entries or so; only an empty one is the last.
      for (;;) {
        const batch = await readBatch(reader);
        if (batch.length === 0) break;
        left.push(...batch);
        checkCount(left.length + found.length);
      }
    }
  }
  return found;
}

// Sorted, because neither a drop nor a picker promises an order; and without the
// folder's own name, which is none of the archive's.
function folder(found: [string, File][]): ArchiveSource {
  if (found.length === 0) throw nothing();
  const top = found[0]?.[0].split("/", 1)[0] ?? "";
  const inOne = found.every(([path]) => path.startsWith(`${top}/`));
  const files = found
    .map(([path, file]): [string, File] => [inOne ? path.slice(top.length + 1) : path, file])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    kind: "folder",
    name: inOne ? top : "dropped files",
    paths: files.map(([path]) => path),
    files: files.map(([, file]) => file),
  };
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => {
    entry.file(resolve, (error) => {
      reject(unreadable(entry, error));
    });
  });
}

function readBatch(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => {
    reader.readEntries(resolve, (error) => {
      reject(unreadable(undefined, error));
    });
  });
}

function unreadable(entry: FileSystemEntry | undefined, error: DOMException): EngineError {
  const what = entry ? entry.fullPath.replace(/^\//, "") : "a folder";
  return new EngineError({
    code: "read-failed",
    message: `${what} cannot be read: ${error.message}`,
  });
}

function checkCount(count: number): void {
  if (count > MOST_FILES) {
    throw new EngineError({
      code: "limit-folder-files",
      message: `the folder holds more than ${MOST_FILES} files`,
    });
  }
}

function nothing(): EngineError {
  return new EngineError({ code: "nothing-dropped", message: "there is no file in it" });
}
