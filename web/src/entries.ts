import { abortError, EngineError } from "./errors.js";

/**
 * The files below dropped folders, with their paths. `check` is told how many there are at
 * least, and throws what ends the search.
 */
export async function filesBelow(
  roots: readonly FileSystemEntry[],
  check: (count: number) => void,
  signal: AbortSignal | undefined,
): Promise<[string, File][]> {
  const found: [string, File][] = [];
  // With an explicit stack: a folder tree may be deeper than the call stack.
  const left = [...roots];
  for (let entry = left.pop(); entry; entry = left.pop()) {
    if (signal?.aborted === true) throw abortError();
    if (isFile(entry)) {
      found.push([entry.fullPath.replace(/^\//, ""), await fileOf(entry)]);
      check(found.length);
    } else if (isDirectory(entry)) {
      const reader = entry.createReader();
      // An answer holds a hundred entries or so; only an empty one is the last.
      for (;;) {
        const batch = await readBatch(reader);
        if (batch.length === 0) break;
        left.push(...batch);
        check(left.length + found.length);
      }
    }
  }
  return found;
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
