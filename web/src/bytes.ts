import type { Bytes } from "../generated/simd/engine.js";
import type { RemotePart } from "./remote.js";

/** Stored bytes, as workers pass them on: a reference to them, nothing is read. */
export type StoredBytes = Blob | RemotePart;

/** What the core reads documents from, and what layers lie in. */
export interface Input extends Bytes {
  /** Bytes of it, for whoever reads layers. */
  part: (offset: number, size: number) => StoredBytes;
  /** Whether the core wanted bytes that are not at hand. */
  readonly lacks: boolean;
  /** Fetches them. */
  fetch: (signal: AbortSignal) => Promise<void>;
}

// The worker types of TypeScript exclude those of the page, and this is all that differs.
declare const FileReaderSync: new () => { readAsArrayBuffer: (blob: Blob) => ArrayBuffer };

/** A file or blob: all of it is at hand. */
export class BlobInput implements Input {
  readonly lacks = false;
  readonly #blob: Blob;
  #reader: InstanceType<typeof FileReaderSync> | undefined;

  constructor(blob: Blob) {
    this.#blob = blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  read(offset: number, length: number): Uint8Array {
    this.#reader ??= new FileReaderSync();
    return new Uint8Array(this.#reader.readAsArrayBuffer(this.part(offset, length)));
  }

  part(offset: number, size: number): Blob {
    return this.#blob.slice(offset, offset + size);
  }

  fetch(): Promise<void> {
    return Promise.resolve();
  }
}

/**
 * What a call of the core gives once all that it reads is at hand. The core reads synchronously:
 * a call that lacked something is made again when that is fetched, and what it gave is dropped.
 */
export async function withBytes<T>(
  inputs: readonly Input[],
  call: () => T,
  signal: AbortSignal,
  drop: (given: T) => void = () => undefined,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    let given: { value: T } | undefined;
    let failure: unknown;
    try {
      given = { value: call() };
    } catch (error) {
      // A trapped instance is not called again.
      if (error instanceof WebAssembly.RuntimeError) throw error;
      failure = error;
    }
    const lacking = inputs.filter(({ lacks }) => lacks);
    if (lacking.length === 0) {
      if (given) return given.value;
      throw failure as Error;
    }
    if (given) drop(given.value);
    await Promise.all(lacking.map((input) => input.fetch(signal)));
  }
}
