import type { BlobPlace, Engine, ExportView, LayerRange } from "../generated/simd/engine.js";
import type { Surroundings } from "./archives.js";
import type { Input, StoredBytes } from "./bytes.js";
import type { Caller } from "./caller.js";
import { EngineError } from "./errors.js";
import type { ByteProgress, ScanCalls } from "./protocol.js";

/** A worker with the decoders, as it is called. */
export type DecoderWorker = Pick<Caller<ScanCalls>, "call" | "end" | "ended" | "onEnd">;

/** Where bytes lie among an archive's inputs, or in a document of it. */
export interface Stored {
  engine: Engine;
  sources: readonly Input[];
  /** The histories of layers' seek points, by the numbers of their blobs. */
  histories: ReadonlyMap<number, Blob>;
}

/** What is written as a tar: a layer as it is, or what some layers make of a path. */
export type TarOf = { layer: number } | { range?: LayerRange; path: Uint8Array };

/** A stream, and how it is ended early. */
export interface PieceStream {
  pieces: AsyncGenerator<Uint8Array<ArrayBuffer> | string, void>;
  abort: () => void;
}

/** Which part of which file. */
interface Part {
  image: number;
  layer: number;
  entry: number;
  offset: number;
  length: number;
}

interface Watched {
  signal: AbortSignal;
  onProgress: (progress: ByteProgress) => void;
}

/**
 * The worker that reads an archive's contents. It is started when it is first needed; when it has
 * ended, by a trap say, what it was reading fails, and the next read starts another one.
 */
export class ContentReader {
  readonly #surroundings: Pick<Surroundings, "prepareScan" | "spawnScan">;
  #worker: DecoderWorker | undefined;
  #ended = false;
  #streams = 0;

  constructor(surroundings: Pick<Surroundings, "prepareScan" | "spawnScan">) {
    this.#surroundings = surroundings;
  }

  async worker(): Promise<DecoderWorker> {
    await this.#surroundings.prepareScan();
    if (this.#ended) throw closed();
    if (!this.#worker || this.#worker.ended) this.#worker = this.#surroundings.spawnScan();
    return this.#worker;
  }

  /** A part of a file's content, and the size of the file. */
  async content(
    stored: Stored,
    part: Part,
    watched: Watched,
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; size: number }> {
    const { size, ...read } = planned(stored, part);
    const bytes = await (await this.worker()).call("content", read, watched);
    return { bytes, size };
  }

  /** SHA-256 of a file's content, in hex. */
  async digest(
    stored: Stored,
    file: Omit<Part, "offset" | "length">,
    watched: Watched,
  ): Promise<string> {
    const whole = { ...file, offset: 0, length: Number.MAX_SAFE_INTEGER };
    const { plan, history, bytes } = planned(stored, whole);
    return (await this.worker()).call("contentDigest", { plan, history, bytes }, watched);
  }

  /** A number for a stream of the worker. */
  newStream(): number {
    return this.#streams++;
  }

  /** A tar, made as it is read, and what it holds. */
  tar(stored: Stored, image: number, what: TarOf): { view: ExportView; stream: PieceStream } {
    const abort = new AbortController();
    const { signal } = abort;
    const { engine } = stored;
    const stream = (pieces: PieceStream["pieces"]): PieceStream => ({
      pieces,
      abort: () => {
        abort.abort();
      },
    });
    if ("layer" in what) {
      const view = engine.layerExportView(image, what.layer);
      return { view, stream: stream(this.#layer(stored, image, what.layer, signal)) };
    }
    const { first, last } = what.range ?? { first: 0, last: undefined };
    const plan = engine.exportTar(image, first, last, what.path);
    return { view: plan.view(), stream: stream(this.#written(stored, plan, signal)) };
  }

  async *#layer(
    stored: Stored,
    image: number,
    layer: number,
    signal: AbortSignal,
  ): PieceStream["pieces"] {
    const plan = stored.engine.layerContent(image, layer);
    let read: { plan: Uint8Array; bytes: StoredBytes };
    try {
      read = { plan: plan.plan, bytes: placed(plan.blob, stored) };
    } finally {
      plan.free();
    }
    const worker = await this.worker();
    const stream = this.newStream();
    try {
      await worker.call("readLayer", { stream, ...read });
      yield* piecesOf(worker, stream, signal);
    } finally {
      leave(worker, stream);
    }
  }

  async *#written(
    stored: Stored,
    plan: ReturnType<Engine["exportTar"]>,
    signal: AbortSignal,
  ): PieceStream["pieces"] {
    try {
      const worker = await this.worker();
      const stream = this.newStream();
      try {
        for (let batch = plan.next(); batch; batch = plan.next()) {
          const blob = batch.blob;
          const bytes = blob ? placed(blob, stored) : new Blob();
          const packed = batch.batch;
          batch.free();
          await worker.call("writeTar", { stream, batch: packed, bytes });
          yield* piecesOf(worker, stream, signal);
        }
      } finally {
        leave(worker, stream);
      }
    } finally {
      plan.free();
    }
  }

  end(): void {
    this.#ended = true;
    this.#worker?.end(closed());
  }
}

/** The stored bytes of a blob: a reference to them, nothing is read. */
export function bytesAt(
  place: { number: number; source?: number | undefined; offset: number; size: number },
  { engine, sources }: Stored,
): StoredBytes {
  if (place.source === undefined) {
    const carried = engine.embedded(place.number);
    if (carried) return new Blob([new Uint8Array(carried)]);
  } else {
    const bytes = sources[place.source];
    if (bytes) return bytes.part(place.offset, place.size);
  }
  throw new EngineError({ code: "internal", message: `blob ${place.number} has no bytes` });
}

function planned(
  stored: Stored,
  { image, layer, entry, offset, length }: Part,
): {
  blob: number;
  plan: Uint8Array;
  history: Blob | undefined;
  bytes: StoredBytes;
  size: number;
} {
  const plan = stored.engine.content(image, layer, entry, offset, length);
  try {
    const place = plan.blob;
    const { number } = place;
    const [start, end] = plan.history ?? [];
    const histories = end === undefined ? undefined : stored.histories.get(number);
    return {
      blob: number,
      plan: plan.plan,
      history: histories?.slice(start, end),
      bytes: placed(place, stored),
      size: plan.size,
    };
  } finally {
    plan.free();
  }
}

function placed(blob: BlobPlace, stored: Stored): StoredBytes {
  try {
    return bytesAt(blob, stored);
  } finally {
    blob.free();
  }
}

async function* piecesOf(
  worker: DecoderWorker,
  stream: number,
  signal: AbortSignal,
): PieceStream["pieces"] {
  for (;;) {
    const piece = await worker.call("next", { stream }, { signal });
    if (!piece) return;
    if (piece.length > 0) yield piece;
  }
}

/** Lets go of a stream. */
export function leave(worker: DecoderWorker, stream: number): void {
  // With a worker that is gone, its streams are gone already.
  worker.call("leave", { stream }).catch(() => undefined);
}

function closed(): EngineError {
  return new EngineError({ code: "archive-closed", message: "the archive is closed" });
}
