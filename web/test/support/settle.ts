import { EngineError, isAbort } from "../../src/errors.js";

/** How a promise ends, as text. */
export async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    return `ok: ${JSON.stringify(await promise)}`;
  } catch (error) {
    if (isAbort(error)) return "aborted";
    if (error instanceof EngineError) return `${error.code}: ${error.message}`;
    return `other: ${String(error)}`;
  }
}
