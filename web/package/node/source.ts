import { readdir, stat } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";

import { EngineError } from "../../src/errors.js";
import { MOST_FILES, sourceFromBlob, type ArchiveSource } from "../../src/source.js";
import { ThreadBlob } from "./thread-blob.js";

/** An archive's file, or a folder with an OCI layout, read as it is needed. */
export async function sourceFromPath(path: string): Promise<ArchiveSource> {
  try {
    const name = basename(resolve(path));
    const status = await stat(path);
    if (!status.isDirectory()) return { kind: "file", name, file: await fileAt(path) };
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
      .sort();
    if (paths.length > MOST_FILES) {
      throw new EngineError({
        code: "limit-folder-files",
        message: `the folder holds more than ${MOST_FILES} files`,
      });
    }
    const files = await Promise.all(paths.map((file) => fileAt(join(path, file))));
    return { kind: "folder", name, paths, files };
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new EngineError({ code: "read-failed", message: `${path} cannot be read: ${why}` });
  }
}

async function fileAt(path: string): Promise<ThreadBlob> {
  return new ThreadBlob(resolve(path), 0, (await stat(path)).size);
}

/** The same source with bytes that every thread can read: those of other blobs are read now. */
export async function shared(source: ArchiveSource | Blob): Promise<ArchiveSource> {
  if (source instanceof Blob) return shared(sourceFromBlob(source));
  switch (source.kind) {
    case "file":
      return { ...source, file: await sharedBlob(source.file) };
    case "folder":
      return { ...source, files: await Promise.all(source.files.map(sharedBlob)) };
    case "url":
      return source;
  }
}

async function sharedBlob(blob: Blob): Promise<ThreadBlob> {
  if (blob instanceof ThreadBlob) return blob;
  const memory = new SharedArrayBuffer(blob.size);
  let offset = 0;
  for await (const piece of blob.stream()) {
    new Uint8Array(memory).set(piece, offset);
    offset += piece.length;
  }
  return new ThreadBlob(memory, 0, blob.size);
}
