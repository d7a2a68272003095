import type { ContentSums, Readers, TarWriter } from "../generated/simd/scan.js";
import { Transferred, type CallContext, type Handlers } from "./answerer.js";
import type { StoredBytes } from "./bytes.js";
import { EngineError } from "./errors.js";
import { joined } from "./joined.js";
import type { ByteProgress, ReadCalls } from "./protocol.js";
import { PartReader } from "./remote.js";
import { CHUNK } from "./slices.js";
import { Turns } from "./turns.js";
import type { ScanModule } from "./wasm.js";

/** Stored bytes read at once. */
const SLICE = 1024 * 1024;

/** Bytes that one answer of a stream has at least, but for the last of a batch. */
const PIECE = 1024 * 1024;

/** Takes a layer's stored bytes and gives others. */
interface Machine {
  stored: () => number;
  isDone: () => boolean;
  push: (bytes: Uint8Array) => Uint8Array;
  consumed: () => number;
  end: () => void;
}

/** What a stream is made of: a layer as it is, a tar being written, or digests. */
interface Stream {
  feed: Feed;
  writer?: TarWriter;
  sums?: ContentSums;
  free: () => void;
}

/** The calls about contents, answered by the decoders. */
export function readHandlers(decoders: () => Promise<ScanModule>): Handlers<ReadCalls> {
  let readers: Readers | undefined;
  const streams = new Map<number, Stream>();
  const waiting = new Map<number, Promise<unknown>>();

  /** Parts of one layer are read one after the other: each goes on where one before it stopped. */
  const inTurn = async <T>(blob: number, read: () => Promise<T>): Promise<T> => {
    const before = waiting.get(blob);
    const mine = before ? before.then(read) : read();
    const over = mine.catch(() => undefined);
    waiting.set(blob, over);
    try {
      return await mine;
    } finally {
      if (waiting.get(blob) === over) waiting.delete(blob);
    }
  };

  const openReader = async (plan: Uint8Array, digest: boolean, history?: Blob) => {
    const core = await decoders();
    readers ??= new core.Readers();
    const open = readers;
    const taken = history && open.wantsHistory(plan) ? await bytesOf(history) : undefined;
    const reader = open.open(plan, taken, digest);
    return { reader, keep: () => open.keep(reader) };
  };

  return {
    content: ({ blob, plan, history, bytes }, context) => {
      return inTurn(blob, async () => {
        context.signal.throwIfAborted();
        const { reader, keep } = await openReader(plan, false, history);
        const content = await unlessTrapped(new Feed(reader, bytes).read(Infinity, context), keep);
        return new Transferred(content, [content.buffer]);
      });
    },
    contentDigest: async ({ plan, history, bytes }, context) => {
      const { reader, keep } = await openReader(plan, true, history);
      const feed = new Feed(reader, bytes);
      let digest: string | undefined;
      const passed = async () => {
        while (!feed.isDone) await feed.read(PIECE, context);
      };
      await unlessTrapped(passed(), () => (digest = keep()));
      return digest ?? "";
    },

    readToc: async ({ job, bytes }, { signal }) => {
      const { readToc } = await import("./toc.js");
      const listed = await readToc(await decoders(), job, bytes, signal);
      return listed && new Transferred(listed, [listed.buffer]);
    },

    describe: async ({ bytes, name }) => (await decoders()).describe(bytes, name),
    documentView: async ({ key, name, bytes }) => (await decoders()).documentView(key, name, bytes),
    statementDetail: async ({ bytes }) => (await decoders()).statementDetail(bytes),

    readLayer: async ({ stream, plan, bytes }) => {
      const { reader } = await openReader(plan, false);
      const free = () => {
        reader.free();
      };
      streams.set(stream, { feed: new Feed(reader, bytes), free });
      return undefined;
    },
    writeTar: async ({ stream, batch, bytes }) => {
      const core = await decoders();
      const writer = streams.get(stream)?.writer ?? new core.TarWriter();
      writer.take(batch);
      const free = () => {
        writer.free();
      };
      streams.set(stream, { feed: new Feed(writer, bytes), writer, free });
      return undefined;
    },
    sumContents: async ({ stream, batch, bytes }) => {
      const core = await decoders();
      const sums = streams.get(stream)?.sums ?? new core.ContentSums();
      sums.take(batch);
      const free = () => {
        sums.free();
      };
      streams.set(stream, { feed: new Feed(sums, bytes), sums, free });
      return undefined;
    },
    next: async ({ stream: number }, context) => {
      const stream = streams.get(number);
      if (!stream) throw new EngineError({ code: "internal", message: `no stream ${number}` });
      if (stream.feed.isDone) return undefined;
      const piece = await stream.feed.read(PIECE, context);
      return new Transferred(piece, [piece.buffer]);
    },
    leave: ({ stream: number }) => {
      const stream = streams.get(number);
      streams.delete(number);
      stream?.free();
      return undefined;
    },
  };
}

/** A seek point's history; nothing where the browser has lost it, so that it is done without. */
async function bytesOf(history: Blob): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await history.arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Does something after work that ended, well or not, unless its instance is not to be touched. */
async function unlessTrapped<T>(work: Promise<T>, then: () => unknown): Promise<T> {
  try {
    const result = await work;
    then();
    return result;
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError || error instanceof RangeError)) then();
    throw error;
  }
}

/** Feeds a machine with the stored bytes that it wants. */
class Feed {
  readonly #machine: Machine;
  readonly #bytes: Blob | PartReader;
  #slice = new Uint8Array();
  #used = 0;

  constructor(machine: Machine, bytes: StoredBytes) {
    this.#machine = machine;
    this.#bytes = bytes instanceof Blob ? bytes : new PartReader(bytes);
  }

  get isDone(): boolean {
    return this.#machine.isDone();
  }

  /** What it gives: so much at least, unless it needs no more bytes. */
  async read(
    most: number,
    { signal, progress }: CallContext<ByteProgress>,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const machine = this.#machine;
    const turns = new Turns();
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let size = 0;
    while (size < most && !machine.isDone()) {
      signal.throwIfAborted();
      if (this.#used === this.#slice.length) {
        const from = machine.stored();
        this.#slice = await this.#next(from, signal);
        this.#used = 0;
        if (this.#slice.length === 0) machine.end();
        progress({ done: from, total: this.#bytes.size });
      }
      // The decoders give memory of their own, which is shared with nobody.
      const given = machine.push(
        this.#slice.subarray(this.#used, this.#used + CHUNK),
      ) as Uint8Array<ArrayBuffer>;
      this.#used += machine.consumed();
      if (given.length > 0) {
        pieces.push(given);
        size += given.length;
      }
      if (turns.due()) await turns.pass();
    }
    return joined(pieces);
  }

  async #next(from: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = this.#bytes;
    if (!(bytes instanceof Blob)) return bytes.read(from, from + SLICE, signal);
    return new Uint8Array(await bytes.slice(from, from + SLICE).arrayBuffer());
  }
}
