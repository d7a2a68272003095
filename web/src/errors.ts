import type { Failure } from "../generated/simd/engine.js";

/** Codes of failures that arise outside the core; the core has its own. */
export type EngineErrorCode =
  | "archive-closed"
  | "core-unavailable"
  | "engine-closed"
  | "internal"
  | "limit-document"
  | "limit-folder-files"
  | "nothing-dropped"
  | "other-bytes"
  | "read-failed"
  | "scan-running"
  | "source-changed"
  | "source-cors"
  | "source-origin"
  | "source-scattered"
  | "source-status"
  | "source-unreachable"
  | "storage-failed"
  | "storage-quota"
  | "unavailable"
  | "version-mismatch"
  | "worker-failed";

/** A failure with a stable code, from the core or from the machinery around it. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  /** Stable, in kebab-case. */
  readonly code: string;
  /** What the file seems to be, where it is no image archive. */
  readonly seems: string | undefined;
  /** Commands that make an archive which opens. */
  readonly hints: readonly string[];

  constructor(failure: { code: EngineErrorCode; message: string } | Failure) {
    super(failure.message);
    this.code = failure.code;
    this.seems = "seems" in failure ? failure.seems : undefined;
    this.hints = ("hints" in failure ? failure.hints : undefined) ?? [];
  }
}

/** An error as it crosses to another thread: its class would be lost. */
export interface WireError extends Failure {
  /** `AbortError` is not a failure; everything else is an `EngineError`. */
  aborted?: boolean;
  /** The sender can do no further work: its wasm instance trapped. */
  fatal?: boolean;
}

export function abortError(): DOMException {
  return new DOMException("the work was cancelled", "AbortError");
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}

/** What an error says, whatever it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function toWire(error: unknown): WireError {
  if (isAbort(error)) {
    return { code: "cancelled", message: "the work was cancelled", aborted: true };
  }
  if (error instanceof EngineError) {
    const { code, message, seems, hints } = error;
    return { code, message, ...(seems === undefined ? {} : { seems }), hints: [...hints] };
  }
  if (isTrap(error)) {
    return {
      code: "worker-failed",
      message: `the worker stopped: ${error.message}`,
      fatal: true,
    };
  }
  if (isFailure(error)) {
    const { code, message, seems, hints } = error;
    return {
      code,
      message,
      ...(seems === undefined ? {} : { seems }),
      ...(hints === undefined ? {} : { hints }),
    };
  }
  if (error instanceof DOMException && READ_ERRORS.has(error.name)) {
    return { code: "read-failed", message: `the file cannot be read: ${error.message}` };
  }
  return { code: "internal", message: messageOf(error) };
}

export function fromWire(error: WireError): EngineError | DOMException {
  return error.aborted === true ? abortError() : new EngineError(error);
}

// A file that changed or vanished after it was chosen, or that may not be read.
const READ_ERRORS = new Set(["NotFoundError", "NotReadableError", "NotAllowedError"]);

// After a trap the instance's memory may be half written. Running out of stack
// inside wasm is reported as a RangeError, and leaves it no better.
function isTrap(error: unknown): error is Error {
  return error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
}

// What the core throws is a plain object.
function isFailure(error: unknown): error is Failure {
  return (
    typeof error === "object" &&
    error !== null &&
    !(error instanceof Error) &&
    "code" in error &&
    typeof error.code === "string" &&
    "message" in error &&
    typeof error.message === "string"
  );
}

/** What a promise gives, or nothing as soon as the signal is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    const give = (): void => {
      resolve(undefined);
    };
    if (signal.aborted) give();
    else signal.addEventListener("abort", give, { once: true });
  });
}
