import { createHash } from "node:crypto";

import type { ContentInfo, IngestStatus } from "../../generated/simd/store.js";
import type { StoreModule } from "../../src/wasm.js";

const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

// What the core throws is a plain object.
function failure(code: string, message: string): Error {
  return { code, message } as unknown as Error;
}

/** What the fake core holds; it thinks as little as it can. */
export class FakeStore {
  readonly blobs = new Map<string, Uint8Array>();
  readonly ingests = new Map<string, Uint8Array>();
  readonly below = new Map<string, Uint8Array>();
  /** Children by the digest of who lists them. */
  readonly children = new Map<string, { digest: string; mediaType?: string }[]>();
  readonly adopted: [string, string | undefined, boolean][] = [];
  readonly writers = { open: 0 };

  info(digest: string): ContentInfo {
    const stored = this.blobs.get(digest);
    const bytes = stored ?? this.below.get(digest);
    if (!bytes) throw failure("not-found", `no blob ${digest}`);
    return { digest, size: bytes.length, labels: [], readOnly: stored === undefined };
  }

  core(): StoreModule {
    return coreOf(this);
  }
}

function coreOf(held: FakeStore): StoreModule {
  class Writer {
    #bytes: Uint8Array;
    constructor(readonly ref: string) {
      this.#bytes = held.ingests.get(ref) ?? new Uint8Array();
      held.ingests.set(ref, this.#bytes);
      held.writers.open += 1;
    }
    offset(): number {
      return this.#bytes.length;
    }
    digest(): string {
      return digestOf(this.#bytes);
    }
    writeAt(offset: number, bytes: Uint8Array): Promise<void> {
      if (offset !== this.#bytes.length) throw new Error("a hole");
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      held.ingests.set(this.ref, this.#bytes);
      return Promise.resolve();
    }
    restart(): Promise<void> {
      this.#bytes = new Uint8Array();
      return Promise.resolve();
    }
    commit(_size: number, expected: string): Promise<string> {
      const digest = this.digest();
      if (expected !== "" && expected !== digest) {
        return Promise.reject(failure("failed-precondition", `expected ${expected}`));
      }
      held.ingests.delete(this.ref);
      if (held.blobs.has(digest)) {
        return Promise.reject(failure("already-exists", "it is stored"));
      }
      held.blobs.set(digest, this.#bytes);
      return Promise.resolve(digest);
    }
    close(): Promise<void> {
      return Promise.resolve();
    }
    free(): void {
      held.writers.open -= 1;
    }
  }
  class Verdict {
    readonly #bytes: Uint8Array[] = [];
    constructor(readonly digest: string) {}
    update(bytes: Uint8Array): void {
      this.#bytes.push(bytes);
    }
    finish(): void {
      if (digestOf(Buffer.concat(this.#bytes)) !== this.digest) throw failure("x", "other");
    }
  }
  const status = ([ref, bytes]: [string, Uint8Array]): IngestStatus => ({
    ref,
    offset: bytes.length,
    total: 0,
    started: "",
    updated: "",
    active: false,
  });
  class Store {
    setArchive = () => undefined;
    list = () => Promise.resolve({ blobs: [...held.blobs.keys()].map((d) => held.info(d)) });
    info = (digest: string) =>
      new Promise((resolve) => {
        resolve(held.info(digest));
      });
    read = (digest: string, offset: number, length: number) =>
      Promise.resolve(
        new Uint8Array(held.blobs.get(digest)?.subarray(offset, offset + length) ?? []),
      );
    writer = (ref: string, _total: number, expected: string) =>
      held.blobs.has(expected)
        ? Promise.reject(failure("already-exists", "it is stored"))
        : Promise.resolve(new Writer(ref));
    ingests = () => Promise.resolve({ ingests: [...held.ingests].map(status) });
    abort = (ref: string) => Promise.resolve(void held.ingests.delete(ref));
    adopt = (digest: string, mediaType: string | undefined, isRoot: boolean) => {
      held.adopted.push([digest, mediaType, isRoot]);
      return Promise.resolve({ children: held.children.get(digest) ?? [] });
    };
  }
  // Only what the calls of the tests need is there.
  return { Store, Writer, Verdict } as unknown as StoreModule;
}
