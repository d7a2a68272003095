import type { LayerRange, Report } from "./view/types.js";

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
  /** `open` while the whole file is fetched or unpacked, `scan` while layers are read. */
  readonly phase: "open" | "scan";
  /** Bytes read so far. */
  readonly done: number;
  /** Bytes to read; 0 where a server does not say. */
  readonly total: number;
}

/** What `oci-lens-select` tells. */
export interface SelectDetail {
  readonly view: string;
  /** Number of the image; -1 where there is none. */
  readonly image: number;
  /** The path that is chosen. */
  readonly path?: string;
  /** Its exact bytes. */
  readonly pathBytes?: Uint8Array;
  /** The layers shown; all when absent. */
  readonly layers?: LayerRange;
}

/** What `oci-lens-verify` tells. */
export interface VerifyDetail {
  readonly report: Report;
}

declare global {
  interface GlobalEventHandlersEventMap {
    "oci-lens-load": CustomEvent<LoadDetail>;
    "oci-lens-error": CustomEvent<ErrorDetail>;
    "oci-lens-progress": CustomEvent<ProgressDetail>;
    "oci-lens-select": CustomEvent<SelectDetail>;
    "oci-lens-verify": CustomEvent<VerifyDetail>;
  }
}

export interface EventDetails {
  "oci-lens-load": LoadDetail;
  "oci-lens-error": ErrorDetail;
  "oci-lens-progress": ProgressDetail;
  "oci-lens-select": SelectDetail;
  "oci-lens-verify": VerifyDetail;
}

/** Dispatches one of the viewer's events. */
export function emit<K extends keyof EventDetails>(
  target: EventTarget,
  type: K,
  detail: EventDetails[K],
): void {
  target.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}
