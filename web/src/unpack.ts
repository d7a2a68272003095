import type * as Scan from "../generated/simd/scan.js";
import type { OpenProgress } from "./protocol.js";
import { createScratch, storageError, type Scratch } from "./scratch.js";
import { pour } from "./slices.js";

// Pieces of this size are written: each write crosses to another process.
const BLOCK = 4 * 1024 * 1024;

/** What unpacks. */
export type Unpacker = Pick<Scan.Unpacker, "push" | "consumed" | "finish" | "outer" | "free">;

export interface UnpackOptions {
  signal: AbortSignal;
  progress: (progress: OpenProgress) => void;
  /**
   * Looks at the first bytes that come out, `headBytes` of them or all there
   * are, and throws where the rest is not worth unpacking.
   */
  check: (head: Uint8Array) => void;
  headBytes: number;
  /** Where to unpack to. */
  scratch?: () => Promise<Scratch>;
}

/** A whole archive without what was around it. */
export interface Unpacked {
  scratch: Scratch;
  /** What is known of it, as the core packs it. */
  outer: Uint8Array;
}

/**
 * Unpacks what is around a whole archive, once, to where it can be read at
 * random, and never into memory.
 */
export async function unpackOuter(
  file: Blob,
  unpacker: Unpacker,
  options: UnpackOptions,
): Promise<Unpacked> {
  const total = file.size;
  const scratch = await (options.scratch ?? createScratch)();
  const block = new Block(scratch, options);
  let read = 0;
  const take = (piece: Uint8Array): void => {
    block.add(piece);
    giveBack(piece.buffer);
  };
  const tell = (): void => {
    options.progress({ read, total, unpacked: block.added });
  };
  try {
    const sink = {
      push: (chunk: Uint8Array): number => {
        take(unpacker.push(chunk));
        const consumed = unpacker.consumed();
        read += consumed;
        return consumed;
      },
    };
    await pour(file, sink, { signal: options.signal, progress: tell });
    for (let rest = unpacker.finish(); rest.length > 0; rest = unpacker.finish()) take(rest);
    block.flush();
    await scratch.finish();
    tell();
    const outer = unpacker.outer(total);
    unpacker.free();
    return { scratch, outer };
  } catch (error) {
    await scratch.discard();
    // The part that was unpacked tells what the whole would have come to.
    const share = read === 0 ? 1 : total / read;
    throw await storageError(error, Math.ceil(Math.max(block.added, 1) * share));
  }
}

// Pieces would pile up until the garbage collector finds them.
function giveBack(buffer: ArrayBufferLike & { transfer?: (length: number) => unknown }): void {
  buffer.transfer?.(0);
}

/** Gathers small pieces to one write. */
class Block {
  readonly #scratch: Scratch;
  readonly #bytes = new Uint8Array(BLOCK);
  readonly #options: Pick<UnpackOptions, "check" | "headBytes">;
  #filled = 0;
  #checked = false;
  /** Bytes added so far. */
  added = 0;

  constructor(scratch: Scratch, options: Pick<UnpackOptions, "check" | "headBytes">) {
    this.#scratch = scratch;
    this.#options = options;
  }

  add(bytes: Uint8Array): void {
    this.added += bytes.length;
    for (let from = 0; from < bytes.length;) {
      const piece = bytes.subarray(from, from + this.#bytes.length - this.#filled);
      this.#bytes.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled >= this.#options.headBytes) this.#check();
      if (this.#filled === this.#bytes.length) this.flush();
    }
  }

  flush(): void {
    this.#check();
    if (this.#filled > 0) this.#scratch.write(this.#bytes.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #check(): void {
    if (this.#checked) return;
    this.#checked = true;
    this.#options.check(this.#bytes.subarray(0, Math.min(this.#filled, this.#options.headBytes)));
  }
}
