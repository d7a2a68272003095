import type { StoredBytes } from "./bytes.js";
import { piecesOfPart } from "./remote.js";
import { Turns } from "./turns.js";

/** Bytes of a slice, where a blob is read by slices. */
export const SLICE = 8 * 1024 * 1024;

// As much as a stream gives at once, with room to spare.
const READ = 2 * 1024 * 1024;

/**
 * Bytes handed to wasm at once. V8 never replaces code that is running: a call
 * that takes whole slices would stay in the slow first tier for all of them.
 */
export const CHUNK = 256 * 1024;

/** Takes bytes and says how many of them: what is left is pushed again. */
export interface Sink {
  push: (chunk: Uint8Array) => number;
}

export interface PourOptions {
  signal: AbortSignal;
  /** Called now and then, with the bytes taken so far. */
  progress?: (taken: number) => void;
}

/** Pours bytes into a sink, piece by piece; of what was poured nothing is kept. */
export async function pour(bytes: StoredBytes, sink: Sink, options: PourOptions): Promise<void> {
  const { signal, progress } = options;
  const turns = new Turns();
  let taken = 0;
  for await (const piece of piecesOf(bytes, signal)) {
    for (let from = 0; from < piece.length;) {
      signal.throwIfAborted();
      const pushed = sink.push(piece.subarray(from, from + CHUNK));
      if (pushed < 0 || pushed > CHUNK) throw new RangeError("a sink took what was not there");
      from += pushed;
      taken += pushed;
      if (turns.due()) {
        progress?.(taken);
        await turns.pass();
      }
    }
  }
  signal.throwIfAborted();
}

/** The bytes in order. A piece is good until the next one is asked for. */
function piecesOf(bytes: StoredBytes, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (!(bytes instanceof Blob)) return piecesOfPart(bytes, signal);
  let reader: ReadableStreamBYOBReader;
  try {
    reader = bytes.stream().getReader({ mode: "byob" });
  } catch {
    return slicesOf(bytes);
  }
  return streamOf(reader);
}

/** A buffer that no stream is reading into. */
let spare: ArrayBuffer | undefined;

// All into one buffer: buffers that a browser hands out itself are given back
// only when the garbage collector finds them, a gigabyte later in the worst
// case. Of many blobs, too: one that was thrown away for each had Chromium collect
// garbage in the middle of a read, which then was never answered.
// The stream reads ahead while a piece is being worked on.
async function* streamOf(reader: ReadableStreamBYOBReader): AsyncGenerator<Uint8Array> {
  let view = new Uint8Array(spare ?? new ArrayBuffer(READ));
  spare = undefined;
  try {
    for (;;) {
      const { value, done } = await reader.read(view);
      if (done) {
        spare = value?.buffer;
        return;
      }
      yield value;
      view = new Uint8Array(value.buffer);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

// Where streams cannot fill a buffer of ours: in large slices, because each
// costs several milliseconds, with the next one being read meanwhile.
async function* slicesOf(bytes: Blob): AsyncGenerator<Uint8Array> {
  let next = readSlice(bytes, 0);
  try {
    for (let offset = 0; offset < bytes.size; offset += SLICE) {
      const slice = await next;
      if (offset + SLICE < bytes.size) next = readSlice(bytes, offset + SLICE);
      yield slice;
    }
  } finally {
    // The slice being read is wanted by nobody any more.
    next.catch(() => undefined);
  }
}

async function readSlice(bytes: Blob, offset: number): Promise<Uint8Array> {
  return new Uint8Array(await bytes.slice(offset, offset + SLICE).arrayBuffer());
}
