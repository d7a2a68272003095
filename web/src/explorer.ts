import type { Comparison, CsvExport, Engine, Report } from "../generated/simd/engine.js";
import { Transferred, type CallContext, type Handlers } from "./answerer.js";
import { checksumOf } from "./checksums.js";
import { bytesAt, contentOf, tarOf, type Stored } from "./contents.js";
import { EngineError } from "./errors.js";
import type { ExploreCalls, ScanUpdate } from "./protocol.js";
import { Turns } from "./turns.js";
import type { EngineModule, ScanModule } from "./wasm.js";

/** Bytes that one answer of a stream gathers. */
const PIECE = 1024 * 1024;

/** The most bytes of a file that are given at once; a longer part is read in pieces. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What is being looked at in an archive beside its trees. */
export interface Explored extends Stored {
  comparisons: Map<number, Comparison>;
  streams: Map<number, AsyncGenerator<Uint8Array | string, void>>;
}

export interface ExplorerParts {
  find: (archive: number) => Explored;
  engine: () => Promise<EngineModule>;
  /** The module that decodes, in this worker; loaded when it is first needed. */
  decoders: () => Promise<ScanModule>;
  readContents: (
    archive: number,
    images: readonly number[],
    context: CallContext<ScanUpdate>,
  ) => Promise<Report>;
}

/** The calls about documents, contents and comparisons, answered by the core. */
export function explorerHandlers(parts: ExplorerParts): Handlers<ExploreCalls> {
  const { find, decoders } = parts;
  let numbers = 0;

  const add = (archive: number, stream: AsyncGenerator<Uint8Array | string, void>): number => {
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
    hidden: ({ archive, image, offset, limit }) => {
      return find(archive).engine.hidden(image, offset, limit);
    },

    document: async ({ archive, key }) => {
      const core = await decoders();
      const document = find(archive).engine.document(key);
      try {
        return core.documentView(key, document.name, document.bytes());
      } finally {
        document.free();
      }
    },
    statement: async ({ archive, digest }) => {
      const core = await decoders();
      const document = find(archive).engine.document(digest);
      try {
        return core.statementDetail(document.bytes());
      } finally {
        document.free();
      }
    },
    dockerfile: ({ archive, image }) => find(archive).engine.dockerfile(image),
    markdown: ({ archive, image }) => find(archive).engine.markdown(image),
    csv: async ({ archive, image, range }) => {
      const core = await parts.engine();
      const { engine } = find(archive);
      return add(archive, csvOf(new core.CsvExport(engine, image, range), engine));
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
      const core = await decoders();
      let size = 0;
      const wanted = Math.min(length, MOST_BYTES);
      const pieces: Uint8Array[] = [];
      const told = {
        size: (whole: number) => (size = whole),
        progress: (done: number, total: number) => {
          signal.throwIfAborted();
          progress({ done, total });
        },
      };
      const from = [image, place.layer, place.entry, offset, wanted] as const;
      for await (const piece of contentOf(core, find(archive), [...from], told)) {
        signal.throwIfAborted();
        pieces.push(piece);
      }
      const bytes = joined(pieces);
      return new Transferred({ bytes, size }, [bytes.buffer]);
    },
    contentDigest: async ({ archive, image, place }, { signal, progress }) => {
      const core = await decoders();
      let digest = "";
      const told = {
        digest: (found: string) => (digest = found),
        progress: (done: number, total: number) => {
          signal.throwIfAborted();
          progress({ done, total });
        },
      };
      const whole = [image, place.layer, place.entry, 0, Number.MAX_SAFE_INTEGER] as const;
      const content = contentOf(core, find(archive), [...whole], told);
      while ((await content.next()).done !== true) signal.throwIfAborted();
      return digest;
    },
    checksum: ({ archive, image, what }, context) => {
      return checksumOf(decoders, find(archive), [image, what], context);
    },
    describe: async ({ bytes, name }) => (await decoders()).describe(bytes, name),
    exportTar: async ({ archive, image, what }) => {
      return add(archive, tarOf(await decoders(), find(archive), image, what));
    },
    blob: ({ archive, digest }) => {
      const found = find(archive);
      const place = found.engine.stored(digest);
      if (!place) {
        throw new EngineError({ code: "no-such-blob", message: `there is no blob ${digest}` });
      }
      try {
        return bytesAt(place, found);
      } finally {
        place.free();
      }
    },
    readContents: ({ archive, images }, context) => {
      return parts.readContents(archive, images, context);
    },

    streamNext: async ({ archive, stream: number }) => {
      const { streams } = find(archive);
      const stream = streams.get(number);
      if (!stream) return undefined;
      const pieces: Uint8Array[] = [];
      let size = 0;
      while (size < PIECE) {
        const next = await stream.next();
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
      await streams.get(number)?.return(undefined);
      streams.delete(number);
      return undefined;
    },
  };
}

/** Lets go of what belongs to an archive that is closed. */
export async function leaveExplored({ comparisons, streams }: Explored): Promise<void> {
  for (const comparison of comparisons.values()) comparison.free();
  comparisons.clear();
  await Promise.all([...streams.values()].map((stream) => stream.return(undefined)));
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

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
