/** Bytes of a page: some hundred screens of hex. */
export const BYTE_PAGE = 64 * 1024;

/** Pages kept: 2 MiB. */
const KEEP = 32;

export type ReadBytes = (
  offset: number,
  length: number,
  signal: AbortSignal,
) => Promise<Uint8Array>;

/**
 * A file's bytes by page, read when they come into sight. What has gone out of sight before it
 * was read is not read.
 */
export class BytePages {
  readonly #size: number;
  readonly #read: ReadBytes;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  // In order of use, the oldest first.
  readonly #pages = new Map<number, Uint8Array>();
  readonly #pending = new Map<number, AbortController>();
  #stopped = false;

  constructor(
    size: number,
    read: ReadBytes,
    changed: () => void,
    failed: (error: unknown) => void,
  ) {
    this.#size = size;
    this.#read = read;
    this.#changed = changed;
    this.#failed = failed;
  }

  /** Reads what is in sight, and nothing else any more. */
  want(from: number, to: number): void {
    const first = Math.floor(from / BYTE_PAGE);
    const last = Math.floor(Math.max(from, Math.min(to, this.#size) - 1) / BYTE_PAGE);
    for (const [page, pending] of this.#pending) {
      if (page >= first && page <= last) continue;
      this.#pending.delete(page);
      pending.abort();
    }
    for (let page = first; page <= last && page * BYTE_PAGE < this.#size; page += 1) {
      const kept = this.#pages.get(page);
      if (kept) {
        this.#pages.delete(page);
        this.#pages.set(page, kept);
      } else if (!this.#pending.has(page) && !this.#stopped) {
        void this.#load(page);
      }
    }
  }

  /** Some bytes that lie in one page; undefined until they are read. */
  get(offset: number, length: number): Uint8Array | undefined {
    const page = Math.floor(offset / BYTE_PAGE);
    const from = offset - page * BYTE_PAGE;
    return this.#pages.get(page)?.subarray(from, from + length);
  }

  /** After a failure, reads again what is wanted. */
  retry(): void {
    this.#stopped = false;
  }

  /** Reads nothing any more. */
  close(): void {
    this.#stopped = true;
    for (const pending of this.#pending.values()) pending.abort();
    this.#pending.clear();
  }

  async #load(page: number): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#pending.set(page, controller);
    const offset = page * BYTE_PAGE;
    try {
      const bytes = await this.#read(offset, Math.min(BYTE_PAGE, this.#size - offset), signal);
      if (signal.aborted) return;
      this.#pending.delete(page);
      this.#pages.set(page, bytes);
      for (const oldest of this.#pages.keys()) {
        if (this.#pages.size <= KEEP) break;
        this.#pages.delete(oldest);
      }
      this.#changed();
    } catch (error) {
      if (signal.aborted) return;
      this.#pending.delete(page);
      // Not asked again by every scroll; the reader may try again.
      this.#stopped = true;
      this.#failed(error);
    }
  }
}
