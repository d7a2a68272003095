import type { Completed, Report, ScanJob } from "../../generated/simd/oci_lens.js";
import type { CoreModule } from "../../src/wasm.js";

/** What a fake core was asked to do. */
export interface Trace {
  calls: string[];
  jobs: ScanJob[];
  /** The next call of this name traps. */
  trap?: string;
}

export function job(number: number, size: number, offset = 0): ScanJob {
  return { job: number, source: 0, offset, size } as ScanJob;
}

/** A core that knows nothing of images, and writes down what it is asked. */
export function fakeCore(trace: Trace): CoreModule {
  const note = (call: string): void => {
    if (trace.trap === call.split(" ", 1)[0]) throw new WebAssembly.RuntimeError("unreachable");
    trace.calls.push(call);
  };
  const completed = (number: number): Completed => ({
    layers: [{ image: 0, layer: number }],
    images: [0],
  });
  class Engine {
    static openFile(file: Blob, outer?: { compression: string; size: number }): Engine {
      note(`openFile ${file.size} ${outer ? `${outer.compression} ${outer.size}` : "plain"}`);
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
    free(): void {
      note("free");
    }
  }
  const core = {
    version: () => "1.2.3",
    sniffBytes: () => 100,
    // Bytes `g…` are compressed: each byte is one of the archive.
    sniff: (head: Uint8Array) => (head[0] === 0x67 ? "gzip" : "none"),
    Unpacker: class {
      #consumed = 0;
      // Takes less than it is given, as one that fills its buffer does.
      push(bytes: Uint8Array): Uint8Array {
        this.#consumed = Math.min(bytes.length, 100_000);
        return bytes.slice(0, this.#consumed);
      }
      consumed(): number {
        return this.#consumed;
      }
      // Holds back two answers.
      #left = 2;
      finish(): Uint8Array {
        return new Uint8Array(this.#left-- > 0 ? 3 : 0);
      }
      outer(size: number): unknown {
        return { compression: "gzip", size, diagnostics: [] };
      }
      free(): void {
        note("freeUnpacker");
      }
    },
    Engine,
  };
  return core as unknown as CoreModule;
}
