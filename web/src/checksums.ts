import type { ChecksumView, LayerRange } from "../generated/simd/engine.js";
import type { CallContext } from "./answerer.js";
import { bytesAt, pump, type Stored } from "./contents.js";
import type { ByteProgress } from "./protocol.js";
import type { ScanModule } from "./wasm.js";

/** What a content checksum is asked for. */
export interface ChecksumOf {
  /** The path's exact bytes. */
  path: Uint8Array;
  /** The layers that make up the tree, on an empty folder; by default all. */
  range?: LayerRange;
  /** Whether a symlink at the path's end is followed, as COPY does. */
  follow: boolean;
  /** Patterns as in .dockerignore, one a line. */
  include: string;
  exclude: string;
}

/** Computes a checksum: the engine says which bytes, the decoders hash them. */
export async function checksumOf(
  decoders: () => Promise<ScanModule>,
  stored: Stored,
  [image, { path, range, follow, include, exclude }]: [number, ChecksumOf],
  { signal, progress }: CallContext<ByteProgress>,
): Promise<ChecksumView> {
  const { first, last } = range ?? { first: 0, last: undefined };
  const plan = stored.engine.checksum(image, first, last, path, follow, include, exclude);
  try {
    const core = await decoders();
    const sums = new core.ContentSums();
    const total = plan.stored();
    let before = 0;
    let blob: { number: number; size: number } | undefined;
    try {
      for (let batch = plan.next(); batch; batch = plan.next()) {
        const bytes = bytesAt(batch, stored);
        if (blob && blob.number !== batch.number) before += blob.size;
        blob = { number: batch.number, size: batch.size };
        sums.take(batch.packed());
        batch.free();
        const told = {
          progress: (done: number) => {
            signal.throwIfAborted();
            progress({ done: before + done, total });
          },
        };
        for await (const digests of pump(sums, bytes, told)) plan.take(digests);
        signal.throwIfAborted();
      }
    } finally {
      sums.free();
    }
    return plan.view();
  } finally {
    plan.free();
  }
}
