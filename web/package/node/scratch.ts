import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { EngineError } from "../../src/errors.js";
import type { Scratch } from "../../src/scratch.js";
import { ThreadBlob } from "./thread-blob.js";

/** A `Blob` that Node makes is in this process's memory. */
export function spillsBlobs(): boolean {
  return false;
}

/** In a folder for temporary files. */
export function createScratch(): Promise<Scratch> {
  const folder = mkdtempSync(join(tmpdir(), "oci-lens-"));
  const path = join(folder, "unpacked");
  const file = openSync(path, "wx");
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.on("exit", remove);
  let size = 0;
  let open = true;
  const close = (): void => {
    if (open) closeSync(file);
    open = false;
  };
  return Promise.resolve({
    write: (bytes: Uint8Array<ArrayBuffer>) => {
      for (let from = 0; from < bytes.length;) {
        const written = writeSync(file, bytes, from);
        from += written;
        size += written;
      }
    },
    finish: () => {
      fsyncSync(file);
      close();
      return Promise.resolve();
    },
    blob: () => Promise.resolve(new ThreadBlob(path, 0, size)),
    discard: () => {
      close();
      remove();
      process.off("exit", remove);
      return Promise.resolve();
    },
  });
}

/** Threads remove theirs when they end; what a killed process leaves, the system does. */
export function removeStaleScratch(): Promise<void> {
  return Promise.resolve();
}

/** Says what was needed where the disk was too small. */
export function storageError(error: unknown, needed: number): Promise<unknown> {
  const isFull = error instanceof Error && "code" in error && error.code === "ENOSPC";
  if (!isFull) return Promise.resolve(error);
  const message = `the unpacked archive needs about ${needed} bytes in ${tmpdir()}, which has fewer left`;
  return Promise.resolve(new EngineError({ code: "storage-quota", message }));
}
