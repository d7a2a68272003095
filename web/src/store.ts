import type {
  Annotation,
  BlobView,
  ContentChild,
  ContentInfo,
  ContentList,
  GcPlan,
  IngestStatus,
} from "../generated/simd/store.js";
import { BUILD } from "./build.js";
import { Caller, type CallOptions, type WorkerLike } from "./caller.js";
import { EngineError } from "./errors.js";
import type { ByteProgress } from "./protocol.js";
import { spawnWorker } from "./spawn.js";
import { storeParts } from "./store-parts.js";
import type { Ingested, IngestOf, StoreCalls, StorePlace } from "./store-protocol.js";

export type * from "./store-protocol.js";
export type { ContentInfo, GcPlan, IngestStatus } from "../generated/simd/store.js";

/** Bytes of a blob that are asked for at a time. */
const PIECE = 4 << 20;

// Hashing what a large ingest has takes its worker some seconds at a time.
const PATIENCE = { interval: 1000, running: 120, starting: 120 };

/** An ingest that this page is at. */
export interface Running {
  readonly ref: string;
  readonly progress: ByteProgress;
}

/** Reads a blob of the opened archive. */
export type ReadBlob = (digest: string) => Promise<Blob>;

/**
 * Blobs that this browser keeps for this page, in a worker of its own. It tells
 * `change` whenever there is something else to show, done by this page or by
 * another one.
 */
export class ContentStore extends EventTarget {
  #caller: Caller<StoreCalls> | undefined;
  #place: Promise<StorePlace> | undefined;
  #archive: BlobView[] = [];
  readonly #running = new Map<string, { progress: ByteProgress; stop: AbortController }>();
  readonly #others = new BroadcastChannel("oci-lens-content");

  readonly #spawn: () => WorkerLike;

  /** `spawn` starts a worker; for tests. */
  constructor(spawn = (): WorkerLike => spawnWorker(storeParts().worker, "oci-lens-store")) {
    super();
    this.#spawn = spawn;
    this.#others.onmessage = () => {
      this.dispatchEvent(new Event("change"));
    };
  }

  /** Where blobs are kept; starts the worker, if it does not run. */
  place(): Promise<StorePlace> {
    if (!this.#place || this.#caller?.ended) this.#place = this.#start();
    return this.#place;
  }

  async #start(): Promise<StorePlace> {
    const caller = new Caller<StoreCalls>(this.#spawn(), BUILD, PATIENCE);
    this.#caller = caller;
    const place = await caller.begin("start", { wasm: storeParts().wasm });
    await caller.begin("setArchive", { blobs: this.#archive });
    return place;
  }

  async #call<K extends keyof StoreCalls>(
    call: K,
    params: StoreCalls[K]["params"],
    options: CallOptions<StoreCalls[K]["progress"]> = {},
  ): Promise<StoreCalls[K]["result"]> {
    await this.place();
    if (!this.#caller) throw new EngineError({ code: "internal", message: "there is no worker" });
    return this.#caller.call(call, params, options);
  }

  #changed(): void {
    this.dispatchEvent(new Event("change"));
    this.#others.postMessage("change");
  }

  /** Shows an archive's blobs below those that are stored. */
  async setArchive(blobs: BlobView[]): Promise<void> {
    this.#archive = blobs;
    await this.#call("setArchive", { blobs });
  }

  /** Blobs that any of the filters matches; all without one. */
  list(filters: string[] = []): Promise<ContentList> {
    return this.#call("list", { filters });
  }

  info(digest: string): Promise<ContentInfo> {
    return this.#call("info", { digest });
  }

  /** A stored blob's bytes, as they are asked for. */
  stream(digest: string): ReadableStream<Uint8Array<ArrayBuffer>> {
    let offset = 0;
    return new ReadableStream(
      {
        pull: async (controller) => {
          const piece = await this.#call("read", { digest, offset, length: PIECE });
          offset += piece.length;
          if (piece.length > 0) controller.enqueue(piece);
          if (piece.length < PIECE) controller.close();
        },
      },
      { highWaterMark: 1 },
    );
  }

  /** Changes the labels at `paths`, as `labels.KEY`. */
  async update(digest: string, labels: Annotation[], paths: string[]): Promise<ContentInfo> {
    const info = await this.#call("update", { digest, labels, paths });
    this.#changed();
    return info;
  }

  async remove(digest: string): Promise<void> {
    await this.#call("remove", { digest });
    this.#changed();
  }

  /** What this page is at. */
  get running(): Running[] {
    return [...this.#running].map(([ref, { progress }]) => ({ ref, progress }));
  }

  /** Stores bytes; goes on where an ingest of the same name was left. */
  async ingest(what: IngestOf): Promise<Ingested> {
    if (this.#running.has(what.ref)) {
      const message = `the ingest "${what.ref}" is being written to by this page`;
      throw new EngineError({ code: "unavailable", message });
    }
    const stop = new AbortController();
    const job = { progress: { done: 0, total: what.bytes.size }, stop };
    this.#running.set(what.ref, job);
    this.dispatchEvent(new Event("change"));
    let isOpen = false;
    try {
      return await this.#call("ingest", what, {
        signal: stop.signal,
        onProgress: (progress) => {
          job.progress = progress;
          // Now other pages can see it, too.
          if (!isOpen) this.#changed();
          isOpen = true;
          this.dispatchEvent(new Event("change-progress"));
        },
      });
    } finally {
      this.#running.delete(what.ref);
      this.#changed();
    }
  }

  /** Has an ingest of this page wait; what it has stays. */
  stop(ref: string): void {
    this.#running.get(ref)?.stop.abort();
  }

  async ingests(): Promise<IngestStatus[]> {
    return (await this.#call("ingests", {})).ingests;
  }

  /** Removes what an ingest has. */
  async abort(ref: string): Promise<void> {
    await this.#call("abort", { ref });
    this.#changed();
  }

  /**
   * Stores a blob of the archive and, where it is a manifest or an index, all
   * that it lists and that is there: from the top down, so that nothing of it is
   * garbage at any time. Says how many are stored now.
   */
  async keep(root: string, mediaType: string | undefined, read: ReadBlob): Promise<number> {
    const next: ContentChild[] = [
      { digest: root, ...(mediaType === undefined ? {} : { mediaType }) },
    ];
    const seen = new Set<string>();
    for (let child = next.shift(); child; child = next.shift()) {
      if (seen.has(child.digest)) continue;
      const info = await this.info(child.digest).catch((error: unknown) => {
        // Of an image of which not all is there, the rest is kept.
        if (error instanceof EngineError && error.code === "not-found") return undefined;
        throw error;
      });
      if (!info) continue;
      seen.add(child.digest);
      if (info.readOnly) await this.#copy(child.digest, await read(child.digest));
      const isRoot = child.digest === root;
      const { children } = await this.#call("adopt", { ...child, isRoot });
      next.push(...children);
    }
    this.#changed();
    return seen.size;
  }

  async #copy(digest: string, bytes: Blob): Promise<void> {
    await this.ingest({
      ref: `keep-${digest}`,
      bytes,
      expected: digest,
      labels: [],
      restart: true,
    });
  }

  /** What no label keeps. */
  plan(): Promise<GcPlan> {
    return this.#call("plan", {});
  }

  /** Removes what was planned last, but for what is kept by now. */
  async collect(): Promise<GcPlan> {
    const done = await this.#call("collect", {});
    this.#changed();
    return done;
  }
}

let shared: ContentStore | undefined;

/** The store of this page. */
export function contentStore(): ContentStore {
  shared ??= new ContentStore();
  return shared;
}
