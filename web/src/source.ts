import { EngineError } from "./errors.js";

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
  const folders: FileSystemEntry[] = [];
  const files: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    const file = entry?.isDirectory ? undefined : item.getAsFile();
    if (file) files.push(file);
    else if (entry) folders.push(entry);
  }
  if (folders.length === 0 && files.length === 0) files.push(...transfer.files);
  return fromDrop(folders, files, signal);
}

async function fromDrop(
  folders: readonly FileSystemEntry[],
  files: readonly File[],
  signal: AbortSignal | undefined,
): Promise<ArchiveSource> {
  if (folders.length === 0) return sourceFromFiles(files);
  const { filesBelow } = await import("./entries.js");
  const found = await filesBelow(folders, checkCount, signal);
  return folder([...found, ...files.map((file): [string, File] => [file.name, file])]);
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
