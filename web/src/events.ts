import type { Report } from "./view/types.js";

/** What `oci-lens-load` tells. */
export interface LoadDetail {
  /** Name of the file or folder. */
  readonly name: string;
  /** The report before any layer was read. */
  readonly report: Report;
}

/** What `oci-lens-error` tells. */
export interface ErrorDetail {
  /** Stable, in kebab-case. */
  readonly code: string;
  readonly message: string;
}

/** What `oci-lens-progress` tells. */
export interface ProgressDetail {
  /** `open` while the whole file is unpacked, `scan` while layers are read. */
  readonly phase: "open" | "scan";
  /** Bytes read so far. */
  readonly done: number;
  /** Bytes to read. */
  readonly total: number;
}

/** What `oci-lens-scan` tells. */
export interface ScanDetail {
  readonly report: Report;
}

declare global {
  interface GlobalEventHandlersEventMap {
    "oci-lens-load": CustomEvent<LoadDetail>;
    "oci-lens-error": CustomEvent<ErrorDetail>;
    "oci-lens-progress": CustomEvent<ProgressDetail>;
    "oci-lens-scan": CustomEvent<ScanDetail>;
  }
}

export interface EventDetails {
  "oci-lens-load": LoadDetail;
  "oci-lens-error": ErrorDetail;
  "oci-lens-progress": ProgressDetail;
  "oci-lens-scan": ScanDetail;
}

/** Dispatches one of the viewer's events. */
export function emit<K extends keyof EventDetails>(
  target: EventTarget,
  type: K,
  detail: EventDetails[K],
): void {
  target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
