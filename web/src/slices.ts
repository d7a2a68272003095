import type { StoredBytes } from "./bytes.js";
import { piecesOfPart } from "./remote.js";
import { Turns } from "./turns.js";

/** Bytes of a slice, where a blob is read by slices. */
export const SLICE = 8 * 1024 * 1024;

// Half of what a stream gives at once: there are two buffers for each that is read.
const READ = 1024 * 1024;

/**
 * Bytes handed to wasm at once. V8 never replaces code that is running: a call
 * that takes whole slices would stay in the slow first tier for all of them.
 */
export const CHUNK = 64 * 1024;

// Milliseconds between two reports of progress.
const TOLD_EVERY = 100;

/** Takes bytes and says how many of them: what is left is pushed again. */
export interface Sink {
  push: (chunk: Uint8Array) => number;
  /** Resolves when it can take more; nothing where that is now. */
  ready?: () => Promise<void> | undefined;
}

export interface PourOptions {
  signal: AbortSignal;
  /** Shared by those that pour in one worker, so that all let its event loop turn at once. */
  turns?: Turns;
  /** Called now and then, with the bytes taken so far. */
  progress?: (taken: number) => void;
}

/** Pours a blob into a sink, piece by piece; of what was poured nothing is kept. */
export async function pour(bytes: StoredBytes, sink: Sink, options: PourOptions): Promise<void> {
  const { signal, progress, turns = new Turns() } = options;
  let taken = 0;
  let told = performance.now();
  await turns.share(async () => {
    for await (const piece of piecesOf(bytes, signal)) {
      for (let from = 0; from < piece.length;) {
        signal.throwIfAborted();
        const pushed = sink.push(piece.subarray(from, from + CHUNK));
        if (pushed < 0 || pushed > CHUNK) throw new RangeError("a sink took what was not there");
        from += pushed;
        taken += pushed;
        if (performance.now() - told >= TOLD_EVERY) {
          progress?.(taken);
          told = performance.now();
        }
        const ready = sink.ready?.();
        if (ready) await ready;
        // One piece of each that pours, in turn.
        await (turns.due() ? turns.pass() : undefined);
      }
    }
  });
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

/** Buffers that no stream is reading into. */
const spare: ArrayBuffer[] = [];

// All of a blob into two buffers: buffers that a browser hands out itself are given back
// only when the garbage collector finds them, a gigabyte later in the worst
// case. Of many blobs, too: one that was thrown away for each had Chromium collect
// garbage in the middle of a read, which then was never answered.
// One is filled while the other is being worked on, so that those who pour side by side
// seldom wait, and their bytes are there to be hashed together.
async function* streamOf(reader: ReadableStreamBYOBReader): AsyncGenerator<Uint8Array> {
  const read = () => reader.read(new Uint8Array(spare.pop() ?? new ArrayBuffer(READ)));
  let next = read();
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) {
        if (value) spare.push(value.buffer);
        return;
      }
      next = read();
      yield value;
      spare.push(value.buffer);
    }
  } finally {
    // What is being read is wanted by nobody any more.
    next.catch(() => undefined);
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
