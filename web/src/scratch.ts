import { EngineError } from "./errors.js";

/**
 * A place outside this process's memory to write bytes to, in order, and then
 * to read them from at random.
 */
export interface Scratch {
  /** Takes the bytes now: the caller may use the memory again. */
  write: (bytes: Uint8Array<ArrayBuffer>) => void;
  /** Nothing is written after this. */
  finish: () => Promise<void>;
  /** What was written. */
  blob: () => Promise<Blob>;
  /** Gives the storage back. */
  discard: () => Promise<void>;
}

/** Whether bytes of a `Blob` are outside of this process's memory: browsers see to that. */
export function spillsBlobs(): boolean {
  return true;
}

const FOLDER = "oci-lens";

// The worker types of TypeScript exclude those of the page, and this is all that differs.
interface SyncAccessHandle {
  write: (bytes: Uint8Array<ArrayBuffer>, options: { at: number }) => number;
  flush: () => void;
  close: () => void;
}
type WorkerFileHandle = FileSystemFileHandle & {
  createSyncAccessHandle?: () => Promise<SyncAccessHandle>;
};

/** In the origin-private file system, or in blobs where there is none. */
export async function createScratch(): Promise<Scratch> {
  try {
    return await createFile();
  } catch {
    // An insecure context, a private window, or a browser without it.
    return createParts();
  }
}

async function createFile(): Promise<Scratch> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const name = `unpacked-${crypto.randomUUID()}`;
  const release = await lock(name);
  try {
    const handle: WorkerFileHandle = await folder.getFileHandle(name, { create: true });
    if (!handle.createSyncAccessHandle) throw new Error("no synchronous access");
    const file = await handle.createSyncAccessHandle();
    let at = 0;
    let open = true;
    const close = (): void => {
      if (open) file.close();
      open = false;
    };
    return {
      write: (bytes) => {
        for (let from = 0; from < bytes.length;) {
          const written = file.write(bytes.subarray(from), { at });
          if (written <= 0) throw new DOMException("nothing was written", "QuotaExceededError");
          from += written;
          at += written;
        }
      },
      finish: () => {
        file.flush();
        close();
        return Promise.resolve();
      },
      blob: () => handle.getFile(),
      discard: async () => {
        close();
        await folder.removeEntry(name).catch(() => undefined);
        release();
      },
    };
  } catch (error) {
    await folder.removeEntry(name).catch(() => undefined);
    release();
    throw error;
  }
}

// Bytes of a blob leave this process as soon as it is made.
function createParts(): Promise<Scratch> {
  let parts: Blob[] = [];
  return Promise.resolve({
    write: (bytes: Uint8Array<ArrayBuffer>) => {
      parts.push(new Blob([bytes]));
    },
    finish: () => {
      parts = [new Blob(parts)];
      return Promise.resolve();
    },
    blob: () => Promise.resolve(parts[0] ?? new Blob()),
    discard: () => {
      parts = [];
      return Promise.resolve();
    },
  });
}

/** Removes what pages left behind that are gone: nobody holds the lock of it any more. */
export async function removeStaleScratch(): Promise<void> {
  let folder: FileSystemDirectoryHandle;
  try {
    const root = await navigator.storage.getDirectory();
    folder = await root.getDirectoryHandle(FOLDER);
  } catch {
    return;
  }
  for await (const name of folder.keys()) {
    await navigator.locks.request(lockName(name), { ifAvailable: true }, async (held) => {
      if (held) await folder.removeEntry(name).catch(() => undefined);
    });
  }
}

// Held until released or until this worker ends, however it ends.
async function lock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(
        lockName(name),
        () =>
          new Promise<void>((release) => {
            resolve(release);
          }),
      )
      .catch(reject);
  });
}

function lockName(name: string): string {
  return `${FOLDER}:${name}`;
}

/** Says what was needed and what there is, where storage was too small. */
export async function storageError(error: unknown, needed: number): Promise<unknown> {
  if (!(error instanceof DOMException) || error.name !== "QuotaExceededError") return error;
  let available: number | undefined;
  try {
    const { quota, usage } = await navigator.storage.estimate();
    if (quota !== undefined && usage !== undefined) available = Math.max(0, quota - usage);
  } catch {
    available = undefined;
  }
  const has = available === undefined ? "does not have that much" : `has ${available} bytes left`;
  return new EngineError({
    code: "storage-quota",
    message: `the unpacked archive needs about ${needed} bytes of the browser's storage, which ${has}`,
  });
}
