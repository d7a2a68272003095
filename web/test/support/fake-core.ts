import type { Completed, Failure, Report, ScanJob } from "../../generated/simd/engine.js";
import type { Unpacker } from "../../src/unpack.js";
import type { EngineModule, ListModule, ScanModule } from "../../src/wasm.js";

/** What a fake core was asked to do. */
export interface Trace {
  calls: string[];
  jobs: ScanJob[];
  /** Where the history of the seek point lies from which an offset is read, if there is one. */
  history?: (offset: number) => Float64Array | undefined;
  /** The next call of this name traps. */
  trap?: string;
}

export function job(number: number, size: number, offset = 0): ScanJob {
  return { job: number, source: 0, offset, size } as ScanJob;
}

function noteIn(trace: Trace): (call: string) => void {
  return (call) => {
    if (trace.trap === call.split(" ", 1)[0]) throw new WebAssembly.RuntimeError("unreachable");
    trace.calls.push(call);
  };
}

/** An engine that knows nothing of images, and writes down what it is asked. */
export function fakeCore(trace: Trace): EngineModule {
  const note = noteIn(trace);
  const completed = (number: number): Completed => ({
    layers: [{ image: 0, layer: number }],
    images: [0],
  });
  class Engine {
    static openFile(file: Blob, outer?: Uint8Array): Engine {
      note(`openFile ${file.size} ${outer ? new TextDecoder().decode(outer) : "plain"}`);
      return new Engine();
    }
    static openFolder(paths: string[], files: Blob[]): Engine {
      note(`openFolder ${paths.join()} ${files.length}`);
      return new Engine();
    }
    report(): Report {
      note("report");
      return { schema: `after ${trace.calls.length}` } as Report;
    }
    retry(): Completed {
      return { layers: [], images: [] };
    }
    jobs(): ScanJob[] {
      return trace.jobs;
    }
    complete(table: Uint8Array): Completed {
      note(`complete ${table.join()}`);
      return completed(table[0] ?? 0);
    }
    fail(number: number, reason: string): Completed {
      note(`fail ${number} ${reason}`);
      return completed(number);
    }
    openTree(image: number, range?: { first: number; last?: number }): number {
      note(`openTree ${image} ${range?.first} ${range?.last}`);
      return image + 100;
    }
    embedded(number: number): Uint8Array {
      return new Uint8Array([number, number]);
    }
    prepareTree(): boolean {
      return false;
    }
    treeState(tree: number): unknown {
      return { rows: tree };
    }
    rows(tree: number, offset: number, limit: number): unknown {
      note(`rows ${tree} ${offset} ${limit}`);
      return { total: 0, offset, rows: [] };
    }
    arrange(tree: number, { pattern }: { pattern?: { pattern: string } }): unknown {
      note(`arrange ${tree}`);
      if (pattern?.pattern === "(") {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- as the core throws
        throw { code: "pattern-invalid", message: "at character 1", hints: [] };
      }
      return { rows: tree };
    }
    reveal(tree: number, path: Uint8Array): number | undefined {
      note(`reveal ${tree} ${path.join()}`);
      return path.length === 0 ? undefined : 7;
    }
    closeTree(tree: number): void {
      note(`closeTree ${tree}`);
    }
    story(image: number, path: Uint8Array): unknown {
      note(`story ${image} ${path.join()}`);
      return { steps: [] };
    }
    waste(image: number): unknown {
      note(`waste ${image}`);
      return { wasted: "1" };
    }
    hidden(image: number, offset: number, limit: number): unknown {
      note(`hidden ${image} ${offset} ${limit}`);
      return { total: 0, offset, entries: [] };
    }
    content(image: number, layer: number, entry: number, offset: number, length: number): unknown {
      note(`content ${image} ${layer} ${entry} ${offset} ${length}`);
      return plan(offset, length);
    }
    contentJobs(images: Uint32Array): ScanJob[] {
      note(`contentJobs ${images.join()}`);
      return trace.jobs;
    }
    contentsUnread(number: number, reason: string): Failure {
      return { code: "contents-unread", message: `${number}: ${reason}` };
    }
    layerExportView(image: number, layer: number): unknown {
      return { paths: image, layers: [layer] };
    }
    layerContent(): unknown {
      return plan(0, 10);
    }
    exportTar(image: number, first: number, last: number | undefined, path: Uint8Array): unknown {
      note(`exportTar ${image} ${first} ${last} ${path.join()}`);
      const batches = [3, 4];
      return {
        view: () => ({ paths: 2, leftOutCount: 1 }),
        next: () => {
          const length = batches.shift();
          if (length === undefined) return undefined;
          const blob = batches.length > 0 ? place() : undefined;
          return { batch: new Uint8Array([length]), blob, free: () => undefined };
        },
        free: () => {
          note("freeTar");
        },
      };
    }
    free(): void {
      note("free");
    }
  }
  const place = () => ({ number: 0, source: 0, offset: 0, size: 10, free: () => undefined });
  const plan = (offset: number, length: number) => ({
    plan: new Uint8Array([offset, length]),
    blob: place(),
    size: 10,
    history: trace.history?.(offset),
    free: () => undefined,
  });
  return { Engine } as unknown as EngineModule;
}

/** A list of nothing, that writes down what it is asked. */
/** A list with a layer for each job. */
function listed({ jobs }: Trace): Report {
  const layers = jobs.map(({ job }) => ({ digest: `sha256:${job}` }));
  return { schema: "list", images: [{ layers }] } as Report;
}

export function fakeList(trace: Trace): ListModule {
  const note = noteIn(trace);
  const list = {
    version: () => "1.2.3",
    sniffBytes: () => 100,
    // Bytes `g…` are compressed.
    sniff: (head: Uint8Array) => (head[0] === 0x67 ? "gzip" : "none"),
    listFile: (file: Blob, outer?: Uint8Array): Report => {
      note(`listFile ${file.size} ${outer ? new TextDecoder().decode(outer) : "plain"}`);
      return listed(trace);
    },
    listFolder: (paths: string[], files: Blob[]): Report => {
      note(`listFolder ${paths.join()} ${files.length}`);
      return listed(trace);
    },
  };
  return list as unknown as ListModule;
}

/** An unpacker whose every byte is one of the archive, with some more at the end. */
export function fakeUnpacker(trace: Trace): Unpacker {
  let consumed = 0;
  // Holds back two answers.
  let left = 2;
  return {
    // Takes less than it is given, as one that fills its buffer does.
    push: (bytes) => {
      consumed = Math.min(bytes.length, 100_000);
      return new Uint8Array(bytes.slice(0, consumed));
    },
    consumed: () => consumed,
    finish: () => new Uint8Array(left-- > 0 ? 3 : 0),
    outer: (size) => new TextEncoder().encode(`gzip ${size}`),
    free: () => {
      noteIn(trace)("freeUnpacker");
    },
  };
}

/** Decoders of layers that are not compressed, by plans of the fake core. */
export function fakeDecoders(trace: Trace): ScanModule {
  const note = noteIn(trace);
  class Reader {
    #at: number;
    readonly #end: number;
    #consumed = 0;
    constructor(offset: number, length: number) {
      this.#at = offset;
      this.#end = offset + length;
    }
    stored(): number {
      return this.#at;
    }
    isDone(): boolean {
      return this.#at >= this.#end;
    }
    push(bytes: Uint8Array): Uint8Array {
      note(`push ${bytes.length}`);
      this.#consumed = Math.min(bytes.length, this.#end - this.#at);
      this.#at += this.#consumed;
      return bytes.slice(0, this.#consumed);
    }
    consumed(): number {
      return this.#consumed;
    }
    end(): void {
      this.#at = this.#end;
    }
    free(): void {
      note("freeReader");
    }
  }
  class Readers {
    // As if a reader had stopped at 1.
    wantsHistory([offset = 0]: Uint8Array): boolean {
      return offset !== 1;
    }
    open(
      [offset = 0, length = 0]: Uint8Array,
      history: Uint8Array | undefined,
      digest: boolean,
    ): Reader {
      note(`open ${offset} ${length} ${digest}${history ? ` after ${history.join()}` : ""}`);
      return new Reader(offset, length);
    }
    keep(reader: Reader): string {
      note(`keep ${reader.stored()}`);
      return "digest";
    }
  }
  // Writes as many bytes of the layer as a batch says, each time from its start; without a layer,
  // as many as are missing are left out.
  class TarWriter {
    #reader = new Reader(0, 0);
    take([length = 0]: Uint8Array): void {
      note(`take ${length}`);
      this.#reader = new Reader(0, length);
    }
    stored = () => this.#reader.stored();
    isDone = () => this.#reader.isDone();
    push = (bytes: Uint8Array) => this.#reader.push(bytes);
    consumed = () => this.#reader.consumed();
    end(): void {
      this.#reader.end();
    }
    free(): void {
      note("freeWriter");
    }
  }
  const decoders = {
    Unpacker: function () {
      return fakeUnpacker(trace);
    },
    Readers,
    TarWriter,
    describe: (bytes: Uint8Array, name: string) => ({ description: `${name} ${bytes.length}` }),
  };
  return decoders as unknown as ScanModule;
}
