import { EngineError, messageOf } from "../errors.js";

/** A failure as it is shown. */
export interface Problem {
  /** Stable, in kebab-case. */
  readonly code: string;
  readonly message: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  return { code: "internal", message: messageOf(error) };
}
