import type { Files, OpenFile } from "../generated/simd/store.js";

const FOLDER = "oci-lens-content";

// The worker types of TypeScript exclude those of the page, and this is all that differs.
interface SyncAccessHandle {
  getSize: () => number;
  read: (buffer: Uint8Array, options: { at: number }) => number;
  write: (bytes: Uint8Array, options: { at: number }) => number;
  truncate: (size: number) => void;
  flush: () => void;
  close: () => void;
}
interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle: () => Promise<SyncAccessHandle>;
  move?: (folder: FileSystemDirectoryHandle, name: string) => Promise<void>;
}

/**
 * The store's files in the origin-private file system: `no-files` where there is
 * none, `no-locks` where several pages could not be kept from each other.
 */
export async function openFiles({
  storage,
  locks,
}: {
  storage?: Pick<StorageManager, "getDirectory">;
  locks?: Pick<LockManager, "request" | "query">;
}): Promise<Files | "no-files" | "no-locks"> {
  // Browsers of before 2022, and pages without a secure context.
  if (!storage) return "no-files";
  if (!locks) return "no-locks";
  try {
    const root = await storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const probe = `probe-${crypto.randomUUID()}`;
    // Some browsers have the file system, but not in private windows, or not for writing.
    const handle = (await folder.getFileHandle(probe, { create: true })) as WorkerFileHandle;
    try {
      (await handle.createSyncAccessHandle()).close();
    } finally {
      await folder.removeEntry(probe);
    }
    // Safari has this since 26.
    if (!("createWritable" in handle)) return "no-files";
    return new PrivateFiles(folder, locks);
  } catch {
    return "no-files";
  }
}

class PrivateFiles implements Files {
  readonly #root: FileSystemDirectoryHandle;
  readonly #locks: Pick<LockManager, "request" | "query">;

  constructor(root: FileSystemDirectoryHandle, locks: Pick<LockManager, "request" | "query">) {
    this.#root = root;
    this.#locks = locks;
  }

  /** The folder of a file, and the file's name in it. */
  async #at(name: string, create = false): Promise<[FileSystemDirectoryHandle, string]> {
    const parts = name.split("/");
    const last = parts.pop() ?? "";
    let folder = this.#root;
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return [folder, last];
  }

  async #file(name: string): Promise<File> {
    const [folder, last] = await this.#at(name);
    return (await folder.getFileHandle(last)).getFile();
  }

  async list(folder: string): Promise<string[]> {
    const names: string[] = [];
    const inside = await unlessAbsent(this.#at(`${folder}/`));
    if (inside) for await (const name of inside[0].keys()) names.push(name);
    return names.sort();
  }

  async stat(name: string): Promise<[number, number] | undefined> {
    const file = await unlessAbsent(this.#file(name));
    return file && [file.size, file.lastModified];
  }

  async read(name: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = await unlessAbsent(this.#file(name));
    return file && new Uint8Array(await file.slice(offset, offset + length).arrayBuffer());
  }

  // All of it or nothing: it takes the old one's place when it is closed.
  async write(name: string, bytes: Uint8Array): Promise<void> {
    const [folder, last] = await this.#at(name, true);
    const handle = await folder.getFileHandle(last, { create: true });
    const writable = await handle.createWritable();
    await writable.write(new Uint8Array(bytes));
    await writable.close();
  }

  async open(name: string): Promise<OpenFile> {
    const [folder, last] = await this.#at(name, true);
    const handle = (await folder.getFileHandle(last, { create: true })) as WorkerFileHandle;
    return new PrivateFile(await handle.createSyncAccessHandle());
  }

  async rename(from: string, to: string): Promise<void> {
    const [source, name] = await this.#at(from);
    const [target, wanted] = await this.#at(to, true);
    const handle = (await source.getFileHandle(name)) as WorkerFileHandle;
    if (handle.move) {
      await handle.move(target, wanted);
      return;
    }
    const copy = await target.getFileHandle(wanted, { create: true });
    try {
      await (await handle.getFile()).stream().pipeTo(await copy.createWritable());
    } catch (error) {
      await target.removeEntry(wanted);
      throw error;
    }
    await source.removeEntry(name);
  }

  async remove(name: string): Promise<void> {
    await unlessAbsent(
      (async () => {
        const [folder, last] = await this.#at(name);
        await folder.removeEntry(last, { recursive: true });
      })(),
    );
  }

  async lock(name: string): Promise<() => void> {
    const release = await this.#take(name, {});
    return release ?? (() => undefined);
  }

  tryLock(name: string): Promise<(() => void) | undefined> {
    return this.#take(name, { ifAvailable: true });
  }

  // Held until given back or until this worker ends, however it ends.
  #take(name: string, options: LockOptions): Promise<(() => void) | undefined> {
    return new Promise((resolve, reject) => {
      this.#locks
        .request(lockName(name), options, (lock) => {
          if (!lock) {
            resolve(undefined);
            return undefined;
          }
          return new Promise<void>((release) => {
            resolve(release);
          });
        })
        .catch(reject);
    });
  }

  async isLocked(name: string): Promise<boolean> {
    const { held = [] } = await this.#locks.query();
    return held.some((lock) => lock.name === lockName(name));
  }
}

function lockName(name: string): string {
  return `${FOLDER}:${name}`;
}

class PrivateFile implements OpenFile {
  readonly #handle: SyncAccessHandle;

  constructor(handle: SyncAccessHandle) {
    this.#handle = handle;
  }

  size(): number {
    return this.#handle.getSize();
  }

  readAt(offset: number, buffer: Uint8Array): number {
    return this.#handle.read(buffer, { at: offset });
  }

  writeAt(offset: number, bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const written = this.#handle.write(bytes.subarray(from), { at: offset + from });
      if (written <= 0) throw new DOMException("nothing was written", "QuotaExceededError");
      from += written;
    }
  }

  truncate(size: number): void {
    this.#handle.truncate(size);
  }

  flush(): void {
    this.#handle.flush();
  }

  close(): void {
    this.#handle.close();
  }
}

async function unlessAbsent<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotFoundError") return undefined;
    throw error;
  }
}
