import type { Comparison, CsvExport, Engine } from "../generated/simd/engine.js";
import { Transferred, type CallContext, type Handlers } from "./answerer.js";
import { withBytes, type StoredBytes } from "./bytes.js";
import { checksumOf } from "./checksums.js";
import { bytesAt, type ContentReader, type PieceStream, type Stored } from "./contents.js";
import { EngineError } from "./errors.js";
import { joined } from "./joined.js";
import type { ContentsRead, ExploreCalls, ScanUpdate } from "./protocol.js";
import { Turns } from "./turns.js";
import type { EngineModule } from "./wasm.js";

/** Bytes that one answer of a stream gathers. */
const PIECE = 1024 * 1024;

/** The most bytes of a file that are given at once; a longer part is read in pieces. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What is being looked at in an archive beside its trees. */
export interface Explored extends Stored {
  readonly histories: Map<number, Blob>;
  comparisons: Map<number, Comparison>;
  streams: Map<number, PieceStream>;
  reader: ContentReader;
}

export interface ExplorerParts {
  find: (archive: number) => Explored;
  engine: () => Promise<EngineModule>;
  readContents: (
    archive: number,
    images: readonly number[],
    context: CallContext<ScanUpdate>,
  ) => Promise<ContentsRead>;
}

/** The calls about documents, contents and comparisons, answered by the core. */
export function explorerHandlers(parts: ExplorerParts): Handlers<ExploreCalls> {
  const { find } = parts;
  let numbers = 0;

  const add = (archive: number, stream: PieceStream): number => {
    const number = numbers++;
    find(archive).streams.set(number, stream);
    return number;
  };
  const comparison = (archive: number, number: number): Comparison => {
    const found = find(archive).comparisons.get(number);
    if (!found) {
      throw new EngineError({ code: "comparison-closed", message: "the comparison is closed" });
    }
    return found;
  };

  return {
    story: ({ archive, image, path }) => find(archive).engine.story(image, path),
    waste: ({ archive, image }) => find(archive).engine.waste(image),
    keys: ({ archive, image, layerLimit }) => find(archive).engine.keys(image, layerLimit),
    hidden: ({ archive, image, offset, limit }) => {
      return find(archive).engine.hidden(image, offset, limit);
    },

    document: async ({ archive, key }, { signal }) => {
      const { engine, reader, sources } = find(archive);
      const document = await withBytes(sources, () => engine.document(key), signal);
      const read = { key, name: document.name, bytes: document.bytes() };
      document.free();
      return (await reader.worker()).call("documentView", read);
    },
    statement: async ({ archive, digest }, { signal }) => {
      const { engine, reader, sources } = find(archive);
      const document = await withBytes(sources, () => engine.document(digest), signal);
      const read = { bytes: document.bytes() };
      document.free();
      return (await reader.worker()).call("statementDetail", read);
    },
    dockerfile: ({ archive, image }) => find(archive).engine.dockerfile(image),
    markdown: ({ archive, image }) => find(archive).engine.markdown(image),
    csv: async ({ archive, image, range }) => {
      const core = await parts.engine();
      const { engine } = find(archive);
      const pieces = csvOf(new core.CsvExport(engine, image, range), engine);
      return add(archive, { pieces, abort: () => undefined });
    },

    compare: async ({ archive, image, other, otherImage }) => {
      const core = await parts.engine();
      const left = find(archive);
      const right = find(other);
      const made = new core.Comparison(left.engine, image, right.engine, otherImage);
      const number = numbers++;
      left.comparisons.set(number, made);
      return number;
    },
    compared: async ({ archive, other, comparison: number }, { signal }) => {
      const turns = new Turns();
      while (comparison(archive, number).step(find(archive).engine, find(other).engine)) {
        signal.throwIfAborted();
        if (turns.due()) await turns.pass();
      }
      return comparison(archive, number).view();
    },
    comparedPaths: ({ archive, other, comparison: number, offset, limit }) => {
      const [left, right] = [find(archive).engine, find(other).engine];
      return comparison(archive, number).paths(left, right, offset, limit);
    },
    comparedChecksum: ({ archive, other, comparison: number, path }) => {
      const [left, right] = [find(archive).engine, find(other).engine];
      return comparison(archive, number).checksum(left, right, path);
    },
    closeComparison: ({ archive, comparison: number }) => {
      const { comparisons } = find(archive);
      comparisons.get(number)?.free();
      comparisons.delete(number);
      return undefined;
    },

    content: async ({ archive, image, place, offset, length }, { signal, progress }) => {
      const found = find(archive);
      const part = { image, ...place, offset, length: Math.min(length, MOST_BYTES) };
      const content = await found.reader.content(found, part, { signal, onProgress: progress });
      return new Transferred(content, [content.bytes.buffer]);
    },
    contentDigest: ({ archive, image, place }, { signal, progress }) => {
      const found = find(archive);
      return found.reader.digest(found, { image, ...place }, { signal, onProgress: progress });
    },
    checksum: ({ archive, image, what }, context) => {
      const found = find(archive);
      return checksumOf(found.reader, found, [image, what], context);
    },
    describe: async ({ archive, bytes, name }) => {
      return (await find(archive).reader.worker()).call("describe", { bytes, name });
    },
    exportTar: ({ archive, image, what }) => {
      const found = find(archive);
      const { view, stream } = found.reader.tar(found, image, what);
      return { stream: add(archive, stream), view };
    },
    blob: async ({ archive, digest }) => {
      const found = find(archive);
      const place = found.engine.stored(digest);
      if (!place) {
        throw new EngineError({ code: "no-such-blob", message: `there is no blob ${digest}` });
      }
      let bytes: StoredBytes;
      try {
        bytes = bytesAt(place, found);
      } finally {
        place.free();
      }
      return bytes instanceof Blob ? bytes : (await import("./remote.js")).wholePart(bytes);
    },
    readContents: ({ archive, images }, context) => {
      return parts.readContents(archive, images, context);
    },

    streamNext: async ({ archive, stream: number }) => {
      const { streams } = find(archive);
      const stream = streams.get(number);
      if (!stream) return undefined;
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      let size = 0;
      while (size < PIECE) {
        const next = await stream.pieces.next();
        if (next.done === true) {
          streams.delete(number);
          break;
        }
        const { value } = next;
        if (typeof value === "string") return value;
        pieces.push(value);
        size += value.length;
      }
      if (size === 0) return undefined;
      const bytes = joined(pieces);
      return new Transferred(bytes, [bytes.buffer]);
    },
    streamEnd: async ({ archive, stream: number }) => {
      const { streams } = find(archive);
      const stream = streams.get(number);
      streams.delete(number);
      stream?.abort();
      await stream?.pieces.return();
      return undefined;
    },
  };
}

/** Lets go of what belongs to an archive that is closed. */
export async function leaveExplored({ comparisons, streams, reader }: Explored): Promise<void> {
  reader.end();
  for (const comparison of comparisons.values()) comparison.free();
  comparisons.clear();
  await Promise.all([...streams.values()].map(({ pieces }) => pieces.return()));
  streams.clear();
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream like the others
async function* csvOf(csv: CsvExport, engine: Engine): AsyncGenerator<string, void> {
  try {
    for (;;) {
      const piece = csv.next(engine);
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    csv.free();
  }
}
