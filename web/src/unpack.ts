import type { Unpacker } from "../generated/simd/oci_lens.js";
import type { OpenProgress } from "./protocol.js";
import { createScratch, storageError, type Scratch } from "./scratch.js";
import { pour } from "./slices.js";

// Pieces of this size are written: each write crosses to another process.
const BLOCK = 4 * 1024 * 1024;

export interface UnpackOptions {
  signal: AbortSignal;
  progress: (progress: OpenProgress) => void;
  /** Where to unpack to. */
  scratch?: () => Promise<Scratch>;
}

/**
 * Unpacks what is around a whole archive, once, to where it can be read at
 * random, and never into memory.
 */
export async function unpackOuter(
  file: Blob,
  unpacker: Pick<Unpacker, "push" | "consumed" | "finish">,
  options: UnpackOptions,
): Promise<Scratch> {
  const total = file.size;
  const scratch = await (options.scratch ?? createScratch)();
  const block = new Block(scratch);
  let read = 0;
  const tell = (): void => {
    options.progress({ read, total, unpacked: block.added });
  };
  try {
    const sink = {
      push: (chunk: Uint8Array): number => {
        block.add(unpacker.push(chunk));
        const consumed = unpacker.consumed();
        read += consumed;
        return consumed;
      },
    };
    await pour(file, sink, { signal: options.signal, progress: tell });
    unpacker.finish();
    block.flush();
    await scratch.finish();
    tell();
    return scratch;
  } catch (error) {
    await scratch.discard();
    // The part that was unpacked tells what the whole would have come to.
    const share = read === 0 ? 1 : total / read;
    throw await storageError(error, Math.ceil(Math.max(block.added, 1) * share));
  }
}

/** Gathers small pieces to one write. */
class Block {
  readonly #scratch: Scratch;
  readonly #bytes = new Uint8Array(BLOCK);
  #filled = 0;
  /** Bytes added so far. */
  added = 0;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
  }

  add(bytes: Uint8Array): void {
    this.added += bytes.length;
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.subarray(from, from + this.#bytes.length - this.#filled);
      this.#bytes.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled === this.#bytes.length) this.flush();
    }
  }

  flush(): void {
    if (this.#filled > 0) this.#scratch.write(this.#bytes.subarray(0, this.#filled));
    this.#filled = 0;
  }
}
