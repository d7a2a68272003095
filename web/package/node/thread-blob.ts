import { closeSync, openSync, readSync } from "node:fs";

/** Where bytes are that every thread can reach: a file by its path, or shared memory. */
type Place = string | SharedArrayBuffer;

const PIECE = 1 << 20;

/**
 * Bytes that any thread reads, also synchronously, which a `Blob` of Node cannot: nor does one
 * that is backed by a file survive its way to another thread in Node 20.
 */
export class ThreadBlob extends Blob {
  readonly #place: Place;
  readonly #start: number;
  readonly #end: number;

  constructor(place: Place, start: number, end: number) {
    super();
    this.#place = place;
    this.#start = start;
    this.#end = end;
  }

  override get size(): number {
    return this.#end - this.#start;
  }

  override slice(start = 0, end = this.size): ThreadBlob {
    const at = (offset: number): number => {
      const counted = offset < 0 ? this.size + offset : offset;
      return this.#start + Math.min(Math.max(counted, 0), this.size);
    };
    return new ThreadBlob(this.#place, at(start), Math.max(at(start), at(end)));
  }

  readSync(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    if (typeof this.#place !== "string") {
      bytes.set(new Uint8Array(this.#place, this.#start, this.size));
      return bytes;
    }
    const file = openSync(this.#place, "r");
    try {
      for (let done = 0; done < bytes.length;) {
        const read = readSync(file, bytes, done, bytes.length - done, this.#start + done);
        if (read === 0) throw new Error(`${this.#place} has become shorter`);
        done += read;
      }
    } finally {
      closeSync(file);
    }
    return bytes;
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve) => {
      resolve(this.readSync());
    });
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let offset = 0;
    return new ReadableStream({
      pull: async (controller) => {
        const piece = await this.slice(offset, offset + PIECE).bytes();
        offset += piece.length;
        if (piece.length > 0) controller.enqueue(piece);
        else controller.close();
      },
    });
  }

  /** What can be posted in its stead. */
  posted(): Posted {
    return { [POSTED]: [this.#place, this.#start, this.#end] };
  }
}

const POSTED = "oci-lens-blob";

interface Posted {
  [POSTED]: [place: Place, start: number, end: number];
}

/** A message as it can be posted. */
export function pack(message: unknown): unknown {
  return replaced(message, (value) => (value instanceof ThreadBlob ? value.posted() : undefined));
}

/** A message as it was before it was posted. */
export function unpack(message: unknown): unknown {
  return replaced(message, (value) => {
    return POSTED in value ? new ThreadBlob(...(value as Posted)[POSTED]) : undefined;
  });
}

// Messages are shallow: what is deep in them is packed by the core.
function replaced(value: unknown, by: (value: object) => object | undefined): unknown {
  if (typeof value !== "object" || value === null) return value;
  const found = by(value);
  if (found) return found;
  if (Array.isArray(value)) return value.map((item) => replaced(item, by));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, by)]));
}
