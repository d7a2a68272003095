import type { Files, Store, Writer } from "../generated/simd/store.js";
import { Transferred, type CallContext, type Handlers } from "./answerer.js";
import { EngineError } from "./errors.js";
import type { ByteProgress, Part } from "./protocol.js";
import type { Ingested, IngestOf, StoreCalls } from "./store-protocol.js";
import { Turns } from "./turns.js";
import type { StoreModule } from "./wasm.js";

/** Bytes that are read, hashed and written at a time. */
const PIECE = 1 << 20;

/** What the store needs from its surroundings. */
export interface StoreSurroundings {
  /** Loads the core. */
  start: (wasm: Part) => Promise<StoreModule>;
  /** Files to keep blobs in, or why there are none. */
  files: () => Promise<Files | "no-files" | "no-locks">;
}

/** The core, and the store that is open in it. */
interface Opened {
  core: StoreModule;
  store: Store;
}

/** The calls of the page, answered by the core. */
export function storeHandlers(surroundings: StoreSurroundings): Handlers<StoreCalls> {
  let opened: Opened | undefined;
  const find = (): Opened => {
    if (!opened) throw new EngineError({ code: "internal", message: "a call comes before start" });
    return opened;
  };
  return {
    start: async ({ wasm }) => {
      const [core, files] = await Promise.all([surroundings.start(wasm), surroundings.files()]);
      if (typeof files === "string") {
        opened = { core, store: new core.Store() };
        return files;
      }
      opened = { core, store: new core.Store(files) };
      return "files";
    },
    setArchive: ({ blobs }) => {
      find().store.setArchive(blobs);
      return undefined;
    },
    list: ({ filters }) => find().store.list(filters),
    info: ({ digest }) => find().store.info(digest),
    read: async ({ digest, offset, length }) => {
      const read = await find().store.read(digest, offset, length);
      const bytes = read as Uint8Array<ArrayBuffer>;
      return new Transferred(bytes, [bytes.buffer]);
    },
    update: ({ digest, labels, paths }) => find().store.update(digest, labels, paths),
    remove: async ({ digest }) => {
      await find().store.delete(digest);
      return undefined;
    },
    ingest: (what, context) => ingest(find(), what, context),
    ingests: () => find().store.ingests(),
    abort: async ({ ref }) => {
      await find().store.abort(ref);
      return undefined;
    },
    adopt: ({ digest, mediaType, isRoot }) => find().store.adopt(digest, mediaType, isRoot),
    plan: () => find().store.plan(),
    collect: () => find().store.collect(),
  };
}

async function ingest(
  { core, store }: Opened,
  what: IngestOf,
  context: CallContext<ByteProgress>,
): Promise<Ingested> {
  const { ref, bytes, expected = "", labels } = what;
  let writer: Writer;
  try {
    writer = await store.writer(ref, bytes.size, expected);
  } catch (error) {
    if (isCode(error, "already-exists")) return { digest: expected, existed: true };
    throw error;
  }
  try {
    if (what.restart === true) await writer.restart();
    await resume(core, writer, bytes, context);
    await pour(writer, bytes, context);
  } catch (error) {
    // What there is stays, for whoever goes on with it.
    await writer.close().then(
      () => {
        writer.free();
      },
      () => undefined,
    );
    throw error;
  }
  try {
    return { digest: await writer.commit(bytes.size, expected, labels), existed: false };
  } catch (error) {
    if (isCode(error, "already-exists")) return { digest: writer.digest(), existed: true };
    // All bytes came: going on with them makes nothing right.
    if (isCode(error, "failed-precondition")) await store.abort(ref);
    throw error;
  } finally {
    writer.free();
  }
}

/** Makes sure that the bytes begin with those that are there. */
async function resume(
  core: StoreModule,
  writer: Writer,
  bytes: Blob,
  { signal, progress }: CallContext<ByteProgress>,
): Promise<void> {
  const there = writer.offset();
  if (there === 0) return;
  const other = new EngineError({
    code: "other-bytes",
    message: "the file does not begin with the bytes that this ingest has",
  });
  if (there > bytes.size) throw other;
  const verdict = new core.Verdict(writer.digest());
  const turns = new Turns();
  for (let from = 0; from < there; from += PIECE) {
    signal.throwIfAborted();
    const piece = bytes.slice(from, Math.min(from + PIECE, there));
    verdict.update(new Uint8Array(await piece.arrayBuffer()));
    if (turns.due()) {
      progress({ done: from, total: bytes.size });
      await turns.pass();
    }
  }
  try {
    verdict.finish();
  } catch {
    throw other;
  }
}

async function pour(
  writer: Writer,
  bytes: Blob,
  { signal, progress }: CallContext<ByteProgress>,
): Promise<void> {
  const turns = new Turns();
  for (let from = writer.offset(); from < bytes.size; from = writer.offset()) {
    signal.throwIfAborted();
    const piece = await bytes.slice(from, from + PIECE).arrayBuffer();
    await writer.writeAt(from, new Uint8Array(piece));
    if (turns.due()) {
      progress({ done: writer.offset(), total: bytes.size });
      await turns.pass();
    }
  }
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === "object" && error !== null && "code" in error && error.code === code;
}
