import type { TocPlan } from "../generated/simd/engine.js";
import { bytesAt } from "./contents.js";
import { EngineError } from "./errors.js";
import type { Explored } from "./explorer.js";

/** What a table of contents gave, or why it is not used. */
type Outcome = { listed: Uint8Array } | { number: number; why: string | undefined };

/**
 * Lists an image's layers by their tables of contents: all that are not read, or none. `find` gives
 * the archive for as long as it is open.
 */
export async function listLayers(
  find: () => Explored,
  image: number,
  signal: AbortSignal,
): Promise<boolean> {
  const archive = find();
  const plans = archive.engine.tocs(image);
  if (!plans) return false;
  const worker = plans.length > 0 ? await archive.reader.worker() : undefined;
  const reading = plans.map(async (plan): Promise<Outcome> => {
    const { number, job, bytes } = planned(plan, find());
    try {
      const listed = await worker?.call("readToc", { job, bytes }, { signal });
      return listed ? { listed } : { number, why: undefined };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof EngineError)) throw error;
      // What a server or worker has failed at, a scan will fail at as well, and tell.
      const isRefused = /^(toc|limit)-/.test(error.code);
      return { number, why: isRefused ? error.message : undefined };
    }
  });
  const outcomes = await Promise.all(reading);
  const { engine } = find();
  for (const outcome of outcomes) {
    if ("why" in outcome && outcome.why !== undefined) {
      engine.refuseToc(outcome.number, outcome.why);
    }
  }
  const listed = outcomes.flatMap((outcome) => ("listed" in outcome ? [outcome.listed] : []));
  if (listed.length < plans.length) return false;
  for (const layer of listed) engine.list(layer);
  return true;
}

function planned(
  plan: TocPlan,
  archive: Explored,
): { number: number; job: Uint8Array; bytes: ReturnType<typeof bytesAt> } {
  try {
    const { job, blob } = plan;
    try {
      return { number: blob.number, job, bytes: bytesAt(blob, archive) };
    } finally {
      blob.free();
    }
  } finally {
    plan.free();
  }
}
