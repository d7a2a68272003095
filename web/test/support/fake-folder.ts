/** Files of a fake private file system, by name, and those that are open. */
export interface FakeFile {
  bytes: Uint8Array;
  isOpen: boolean;
}

function missing(name: string): DOMException {
  return new DOMException(`${name} is not there`, "NotFoundError");
}

/** The part of a private file system that the store uses, in memory. */
export class FakeFolder {
  readonly entries = new Map<string, FakeFolder | FakeFile>();
  /** Browsers that can move files, and those that cannot. */
  static canMove = true;

  getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    const found = this.entries.get(name);
    if (found instanceof FakeFolder) return Promise.resolve(found);
    if (!create) return Promise.reject(missing(name));
    const folder = new FakeFolder();
    this.entries.set(name, folder);
    return Promise.resolve(folder);
  }

  getFileHandle(name: string, { create = false } = {}): Promise<object> {
    let file = this.entries.get(name);
    if (!file) {
      if (!create) return Promise.reject(missing(name));
      file = { bytes: new Uint8Array(), isOpen: false };
      this.entries.set(name, file);
    }
    if (file instanceof FakeFolder) return Promise.reject(new TypeError("a folder"));
    return Promise.resolve(handle(this, name, file));
  }

  removeEntry(name: string, { recursive = false } = {}): Promise<void> {
    const found = this.entries.get(name);
    if (!found) return Promise.reject(missing(name));
    if (found instanceof FakeFolder && found.entries.size > 0 && !recursive) {
      return Promise.reject(new DOMException("not empty", "InvalidModificationError"));
    }
    this.entries.delete(name);
    return Promise.resolve();
  }

  async *keys(): AsyncGenerator<string> {
    for (const name of this.entries.keys()) {
      await Promise.resolve();
      yield name;
    }
  }

  /** Names of all files in it, with their folders. */
  names(): string[] {
    return [...this.entries].flatMap(([name, entry]) =>
      entry instanceof FakeFolder ? entry.names().map((inside) => `${name}/${inside}`) : [name],
    );
  }
}

function handle(folder: FakeFolder, name: string, file: FakeFile): object {
  const put = (bytes: Uint8Array): void => {
    file.bytes = bytes;
  };
  return {
    getFile: () =>
      Promise.resolve(new File([new Uint8Array(file.bytes)], name, { lastModified: 7 })),
    createSyncAccessHandle: () => {
      if (file.isOpen) {
        return Promise.reject(new DOMException("it is open", "NoModificationAllowedError"));
      }
      file.isOpen = true;
      return Promise.resolve({
        getSize: () => file.bytes.length,
        read: (buffer: Uint8Array, { at }: { at: number }) => {
          const part = file.bytes.subarray(at, at + buffer.length);
          buffer.set(part);
          return part.length;
        },
        // As disks do, it takes only a part at a time.
        write: (bytes: Uint8Array, { at }: { at: number }) => {
          const part = bytes.subarray(0, 3);
          const all = new Uint8Array(Math.max(file.bytes.length, at + part.length));
          all.set(file.bytes);
          all.set(part, at);
          put(all);
          return part.length;
        },
        truncate: (size: number) => {
          put(file.bytes.slice(0, size));
        },
        flush: () => undefined,
        close: () => {
          file.isOpen = false;
        },
      });
    },
    createWritable: () => {
      const parts: Uint8Array[] = [];
      const close = (): void => {
        put(Buffer.concat(parts));
      };
      return Promise.resolve(
        Object.assign(
          new WritableStream<Uint8Array>({ write: (part) => void parts.push(part), close }),
          {
            write: (part: Uint8Array) => {
              parts.push(part);
              return Promise.resolve();
            },
            close: () => {
              close();
              return Promise.resolve();
            },
          },
        ),
      );
    },
    ...(FakeFolder.canMove
      ? {
          move: (target: FakeFolder, wanted: string) => {
            folder.entries.delete(name);
            target.entries.set(wanted, file);
            return Promise.resolve();
          },
        }
      : {}),
  };
}

/** Locks as browsers have them, all of one page. */
export class FakeLocks {
  readonly #held = new Map<string, Promise<unknown>>();

  request(
    name: string,
    options: { ifAvailable?: boolean },
    work: (lock: object | null) => unknown,
  ): Promise<unknown> {
    const held = this.#held.get(name);
    if (held && options.ifAvailable === true) return Promise.resolve(work(null));
    const run = (held ?? Promise.resolve()).then(() => work({ name }));
    this.#held.set(name, run);
    return run.finally(() => {
      if (this.#held.get(name) === run) this.#held.delete(name);
    });
  }

  query(): Promise<{ held: { name: string }[] }> {
    return Promise.resolve({ held: [...this.#held.keys()].map((name) => ({ name })) });
  }
}
