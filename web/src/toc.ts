import type { StoredBytes } from "./bytes.js";
import { PartReader } from "./remote.js";
import type { ScanModule } from "./wasm.js";

/** Reads a layer's table of contents; nothing where a server gives no parts of the layer. */
export async function readToc(
  core: Pick<ScanModule, "TocReader">,
  job: Uint8Array,
  bytes: StoredBytes,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const part = bytes instanceof Blob ? undefined : new PartReader(bytes);
  const reader = new core.TocReader(job);
  let finished = false;
  try {
    for (
      let from = reader.from(), to = reader.to();
      from < to;
      from = reader.from(), to = reader.to()
    ) {
      signal.throwIfAborted();
      const wanted = part
        ? await part.read(from, to, signal)
        : new Uint8Array(await (bytes as Blob).slice(from, to).arrayBuffer());
      // For every file that is looked at, the whole layer would be fetched again.
      if (part?.isWhole === true) return undefined;
      if (wanted.length === 0) break;
      reader.push(wanted);
    }
    finished = true;
    // The decoders give memory of their own, which is shared with nobody.
    return reader.finish() as Uint8Array<ArrayBuffer>;
  } finally {
    if (!finished) reader.free();
  }
}
