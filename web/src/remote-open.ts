import { BlobInput, type Input } from "./bytes.js";
import { abortError, EngineError } from "./errors.js";
import { ask, broken, PartReader, rangeOf, type RemotePart, type Version } from "./remote.js";
import { storageError, type Scratch } from "./scratch.js";
import type { OpenProgress } from "./protocol.js";

/** Bytes that are fetched together: about what one request costs anyway. */
const BLOCK = 16 * 1024;

/** A file up to this size is fetched whole: that takes no longer than a few ranges of it. */
const SMALL = 512 * 1024;

/** An archive that takes more requests or bytes than this to be listed is fetched whole. */
const MOST_REQUESTS = 300;
const MOST_BYTES = 32 * 1024 * 1024;

/** Pieces of a download of this size are written: each write crosses to another process. */
const WRITE = 4 * 1024 * 1024;

interface DownloadContext {
  signal: AbortSignal;
  progress: (progress: OpenProgress) => void;
  createScratch: () => Promise<Scratch>;
}

/** A file on a server: read by ranges, or kept here whole. */
export type Remote =
  | { readonly input: RemoteFile }
  | { readonly input: BlobInput; readonly blob: Blob; readonly scratch: Scratch };

/** Asks a server for a file; `whole` where ranges of it are of no use. */
export async function openRemote(
  url: string,
  whole: boolean,
  context: DownloadContext,
): Promise<Remote> {
  const { signal } = context;
  if (whole) return download(await ask(url, { signal }), context);
  const answer = await ask(url, { signal, range: [0, BLOCK] }).catch((error: unknown) => {
    // Of an empty file there is no range.
    if (error instanceof EngineError && error.code === "source-status") return undefined;
    throw error;
  });
  if (answer?.status === 200) return download(answer, context);
  if (answer) {
    const range = rangeOf(answer);
    if (range?.from === 0 && range.to === BLOCK && range.of.size > SMALL) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      if (bytes.length === BLOCK) return { input: new RemoteFile(url, range.of, bytes) };
    } else {
      void answer.body?.cancel();
    }
  }
  return openRemote(url, true, context);
}

// To where it can be read at random, and never into memory.
async function download(
  answer: Response,
  { signal, progress, createScratch }: DownloadContext,
): Promise<Remote> {
  const { body, headers, url } = answer;
  // The length of what was encoded on the way is not that of the file.
  const total = headers.has("Content-Encoding") ? 0 : Number(headers.get("Content-Length") ?? 0);
  const scratch = await createScratch();
  const reader = body?.getReader();
  let read = 0;
  let gathered: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const write = async (): Promise<void> => {
    scratch.write(new Uint8Array(await new Blob(gathered).arrayBuffer()));
    gathered = [];
    size = 0;
  };
  try {
    progress({ read, total, unpacked: 0 });
    while (reader) {
      signal.throwIfAborted();
      const { value, done } = await reader.read().catch((error: unknown) => {
        throw signal.aborted ? abortError() : broken(url, read, error);
      });
      if (done) break;
      gathered.push(value);
      size += value.length;
      read += value.length;
      progress({ read, total, unpacked: 0 });
      if (size >= WRITE) await write();
    }
    await write();
    await scratch.finish();
    const blob = await scratch.blob();
    return { input: new BlobInput(blob), blob, scratch };
  } catch (error) {
    await scratch.discard();
    throw await storageError(error, Math.max(total, read));
  } finally {
    reader?.cancel().catch(() => undefined);
  }
}

/** Whether an archive was too much to be listed by ranges. */
export function wantsWhole(error: unknown): boolean {
  return error instanceof EngineError && error.code === "source-scattered";
}

/** A file that is read by ranges; what was read of it for the core is kept. */
export class RemoteFile implements Input {
  readonly size: number;
  readonly #url: string;
  readonly #of: Version | undefined;
  readonly #blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  readonly #missing = new Map<number, number>();
  #requests = 0;
  #fetched = 0;
  #absent = false;

  /** `of` is what the server said of it; none for a file of which only the size was told. */
  constructor(
    url: string,
    of: Version | { readonly size: number },
    first?: Uint8Array<ArrayBuffer>,
  ) {
    this.#url = url;
    this.size = of.size;
    this.#of = "tag" in of ? of : undefined;
    if (first) this.#blocks.set(0, first);
  }

  /** Whether the server turned out not to have it. */
  get isAbsent(): boolean {
    return this.#absent;
  }

  get lacks(): boolean {
    return this.#missing.size > 0;
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    const bytes = new Uint8Array(Math.max(0, end - offset));
    const first = Math.floor(offset / BLOCK);
    const last = Math.ceil(end / BLOCK);
    for (let number = first; number < last; number += 1) {
      const block = this.#blocks.get(number);
      if (!block) {
        if (!this.#absent) this.#missing.set(number, last);
        throw new Error("these bytes are still to be fetched");
      }
      const at = number * BLOCK;
      const from = Math.max(0, offset - at);
      bytes.set(block.subarray(from, end - at), at + from - offset);
    }
    return bytes;
  }

  part(offset: number, size: number): RemotePart {
    return { url: this.#url, offset, size, of: this.#of };
  }

  async fetch(signal: AbortSignal): Promise<void> {
    const missing = [...this.#missing];
    this.#missing.clear();
    const reader = new PartReader(this.part(0, this.size));
    for (const [first, last] of missing) {
      this.#requests += 1;
      this.#fetched += (last - first) * BLOCK;
      if (this.#requests > MOST_REQUESTS || this.#fetched > MOST_BYTES) {
        throw new EngineError({
          code: "source-scattered",
          message: `${this.#url} takes too many requests to be read by ranges`,
        });
      }
      const bytes = await reader
        .read(first * BLOCK, last * BLOCK, signal)
        .catch((error: unknown) => {
          // Of a folder's blob it was only assumed that it is there.
          if (this.#of || !(error instanceof EngineError) || error.code !== "source-status") {
            throw error;
          }
          this.#absent = true;
        });
      if (!bytes) return;
      for (let number = first; number < last; number += 1) {
        const from = (number - first) * BLOCK;
        this.#blocks.set(number, bytes.slice(from, from + BLOCK));
      }
    }
  }
}
