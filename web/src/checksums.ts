import type { ChecksumView, LayerRange } from "../generated/simd/engine.js";
import type { CallContext } from "./answerer.js";
import { bytesAt, leave, type ContentReader, type Stored } from "./contents.js";
import type { ByteProgress } from "./protocol.js";

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
  reader: Pick<ContentReader, "newStream" | "worker">,
  stored: Stored,
  [image, { path, range, follow, include, exclude }]: [number, ChecksumOf],
  { signal, progress }: CallContext<ByteProgress>,
): Promise<ChecksumView> {
  const { first, last } = range ?? { first: 0, last: undefined };
  const plan = stored.engine.checksum(image, first, last, path, follow, include, exclude);
  const stream = reader.newStream();
  const total = plan.stored();
  let worker: Awaited<ReturnType<ContentReader["worker"]>> | undefined;
  let before = 0;
  let blob: { number: number; size: number } | undefined;
  try {
    for (let batch = plan.next(); batch; batch = plan.next()) {
      const { number, size } = batch;
      const read = { stream, batch: batch.packed(), bytes: bytesAt(batch, stored) };
      batch.free();
      if (blob && blob.number !== number) before += blob.size;
      blob = { number, size };
      worker ??= await reader.worker();
      await worker.call("sumContents", read, { signal });
      const onProgress = ({ done }: ByteProgress): void => {
        progress({ done: before + done, total });
      };
      for (;;) {
        const digests = await worker.call("next", { stream }, { signal, onProgress });
        if (!digests) break;
        plan.take(digests);
      }
    }
    return plan.view();
  } finally {
    plan.free();
    if (worker) leave(worker, stream);
  }
}
