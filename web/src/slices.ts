/** Bytes read at once: reading costs several milliseconds a slice, whatever its size. */
export const SLICE = 8 * 1024 * 1024;

/**
 * Bytes handed to wasm at once. V8 never replaces code that is running: a call
 * that takes whole slices would stay in the slow first tier for all of them.
 */
export const CHUNK = 256 * 1024;

// How long a worker may stay deaf to aborts and pings.
const TURN = 50;

/** Takes bytes and says how many of them: what is left is pushed again. */
export interface Sink {
  push: (chunk: Uint8Array) => number;
}

export interface PourOptions {
  signal: AbortSignal;
  /** Called now and then, with the bytes taken so far. */
  progress?: (taken: number) => void;
}

/**
 * Pours a blob into a sink, a slice after the other with the next one being
 * read meanwhile. Never holds more than two slices.
 */
export async function pour(bytes: Blob, sink: Sink, options: PourOptions): Promise<void> {
  const { signal, progress } = options;
  const turns = new Turns();
  let taken = 0;
  let next = readSlice(bytes, 0);
  try {
    for (let offset = 0; offset < bytes.size; offset += SLICE) {
      const slice = await next;
      if (offset + SLICE < bytes.size) next = readSlice(bytes, offset + SLICE);
      for (let from = 0; from < slice.length;) {
        signal.throwIfAborted();
        const pushed = sink.push(slice.subarray(from, from + CHUNK));
        if (pushed < 0 || pushed > CHUNK) throw new RangeError("a sink took what was not there");
        from += pushed;
        taken += pushed;
        if (turns.due()) {
          progress?.(taken);
          await turns.pass();
        }
      }
      release(slice);
    }
    signal.throwIfAborted();
  } catch (error) {
    // The slice being read is wanted by nobody any more.
    next.catch(() => undefined);
    throw error;
  }
}

async function readSlice(bytes: Blob, offset: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await bytes.slice(offset, offset + SLICE).arrayBuffer());
}

// Gives the memory back now: the garbage collector lets dozens of slices pile up.
function release(slice: Uint8Array<ArrayBuffer>): void {
  const buffer: ArrayBuffer & { transfer?: (length: number) => ArrayBuffer } = slice.buffer;
  buffer.transfer?.(0);
}

/** Lets a busy worker's event loop turn, so that it hears aborts and answers pings. */
class Turns {
  #last = performance.now();

  due(): boolean {
    return performance.now() - this.#last >= TURN;
  }

  // A message to oneself comes after the messages that wait already; a timer
  // would be held back by several milliseconds.
  async pass(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    await new Promise((resolve) => {
      port1.onmessage = resolve;
      port2.postMessage(undefined);
    });
    port1.close();
    this.#last = performance.now();
  }
}
