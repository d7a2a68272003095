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

/** Least that is read of a tar at once: a read takes as long for one header as for this much. */
const LEAST_READ = 64 * 1024;

/** Most of it, where one read about follows the other, as it does where members are small. */
const MOST_READ = 1024 * 1024;

/** Most that is kept of a tar. */
const MOST_KEPT = 8 * 1024 * 1024;

/** Milliseconds between two reports of progress. */
const TOLD_EVERY = 50;

/**
 * A tar that is at hand. Each read of a file takes milliseconds and the core reads header by header,
 * twice: for the list, and when the engine opens the archive. So more is read than is asked for, and
 * kept until {@link TarInput.forget}. `progress` is told where is read, should that take long.
 */
export class TarInput extends BlobInput {
  /** In the order in which they were read. */
  #pieces: { readonly start: number; readonly end: number; readonly bytes: Uint8Array }[] = [];
  #kept = 0;
  #isKeeping = true;
  #told = performance.now();
  readonly #progress: ((offset: number) => void) | undefined;

  constructor(blob: Blob, progress?: (offset: number) => void) {
    super(blob);
    this.#progress = progress;
  }

  /** The first bytes, which are kept with what follows. */
  async head(length: number): Promise<Uint8Array> {
    const first = this.part(0, Math.max(length, LEAST_READ));
    const bytes = new Uint8Array(await first.arrayBuffer());
    this.#keep(0, bytes);
    return bytes.subarray(0, length);
  }

  override read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    const piece = this.#pieces.findLast((piece) => piece.start <= offset && end <= piece.end);
    const { start, bytes } = piece ?? this.#readAhead(offset, end - offset);
    return bytes.subarray(offset - start, end - start);
  }

  /** Keeps nothing from now on, and tells nothing. */
  forget(): void {
    this.#isKeeping = false;
    this.#pieces = [];
  }

  #readAhead(offset: number, length: number): { start: number; bytes: Uint8Array } {
    if (!this.#isKeeping) return { start: offset, bytes: super.read(offset, length) };
    const now = performance.now();
    if (now - this.#told >= TOLD_EVERY) {
      this.#progress?.(offset);
      this.#told = now;
    }
    const last = this.#pieces.at(-1);
    const isNear = last && offset >= last.start && offset <= last.end + LEAST_READ;
    const ahead = isNear ? Math.min(2 * last.bytes.length, MOST_READ) : LEAST_READ;
    const bytes = super.read(offset, Math.max(length, ahead));
    this.#keep(offset, bytes);
    return { start: offset, bytes };
  }

  #keep(start: number, bytes: Uint8Array): void {
    this.#pieces.push({ start, end: start + bytes.length, bytes });
    this.#kept += bytes.length;
    while (this.#kept > MOST_KEPT && this.#pieces.length > 1) {
      this.#kept -= this.#pieces.shift()?.bytes.length ?? 0;
    }
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
