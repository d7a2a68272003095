import type { Store, Writer } from "../generated/simd/store.js";
import {
  answer,
  reportLostRejections,
  Transferred,
  type CallContext,
  type WorkerScope,
} from "./answerer.js";
import { BUILD } from "./build.js";
import { EngineError } from "./errors.js";
import type { ByteProgress } from "./protocol.js";
import { openFiles } from "./store-files.js";
import type { Ingested, IngestOf, StoreCalls } from "./store-protocol.js";
import { Turns } from "./turns.js";
import { compileStore, startStore, type StoreModule } from "./wasm.js";

/** Bytes that are read, hashed and written at a time. */
const PIECE = 1 << 20;

let core: StoreModule | undefined;
let opened: Store | undefined;

function store(): Store {
  if (!opened) throw new EngineError({ code: "internal", message: "a call comes before start" });
  return opened;
}

reportLostRejections(self);
answer<StoreCalls>(
  // The page's types are in force here, in which `self` is a window.
  self as unknown as WorkerScope,
  BUILD,
  {
    start: async ({ wasm }) => {
      const [module, files] = await Promise.all([compileStore(wasm).then(startStore), openFiles()]);
      core = module;
      if (typeof files === "string") {
        opened = new module.Store();
        return files;
      }
      opened = new module.Store(files);
      return "files";
    },
    setArchive: ({ blobs }) => {
      store().setArchive(blobs);
      return undefined;
    },
    list: ({ filters }) => store().list(filters),
    info: ({ digest }) => store().info(digest),
    read: async ({ digest, offset, length }) => {
      const bytes = (await store().read(digest, offset, length)) as Uint8Array<ArrayBuffer>;
      return new Transferred(bytes, [bytes.buffer]);
    },
    update: ({ digest, labels, paths }) => store().update(digest, labels, paths),
    remove: async ({ digest }) => {
      await store().delete(digest);
      return undefined;
    },
    ingest: (what, context) => ingest(what, context),
    ingests: () => store().ingests(),
    abort: async ({ ref }) => {
      await store().abort(ref);
      return undefined;
    },
    adopt: ({ digest, mediaType, isRoot }) => store().adopt(digest, mediaType, isRoot),
    plan: () => store().plan(),
    collect: () => store().collect(),
  },
);

async function ingest(what: IngestOf, context: CallContext<ByteProgress>): Promise<Ingested> {
  const { ref, bytes, expected = "", labels } = what;
  let writer: Writer;
  try {
    writer = await store().writer(ref, bytes.size, expected);
  } catch (error) {
    if (isCode(error, "already-exists")) return { digest: expected, existed: true };
    throw error;
  }
  try {
    if (what.restart === true) await writer.restart();
    await resume(writer, bytes, context);
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
    if (isCode(error, "failed-precondition")) await store().abort(ref);
    throw error;
  } finally {
    writer.free();
  }
}

/** Makes sure that the bytes begin with those that are there. */
async function resume(
  writer: Writer,
  bytes: Blob,
  { signal, progress }: CallContext<ByteProgress>,
): Promise<void> {
  const there = writer.offset();
  if (there === 0 || !core) return;
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
