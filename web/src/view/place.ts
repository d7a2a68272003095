import type { LayerRange, Status } from "./types.js";

/** The views, in the order of their tabs. */
export const VIEWS = [
  "overview",
  "images",
  "layers",
  "files",
  "waste",
  "hidden",
  "dockerfile",
  "raw",
  "store",
  "keys",
  "cache",
  "compare",
  "findings",
] as const;

const NUMBERS = ["image", "cache", "record", "top"] as const;
const STATUSES = ["verified", "mismatch", "missing", "not-checked"] as const satisfies Status[];

/** The parts of the cache view. */
export const CACHE_PARTS = ["records", "layers", "compare"] as const;

export type CachePart = (typeof CACHE_PARTS)[number];

export type ViewName = (typeof VIEWS)[number];

/** What is looked at: what a deep link says. */
export interface Place {
  readonly view: ViewName;
  /** Number of the image. */
  readonly image: number;
  /** The layers shown; all when absent. */
  readonly range?: LayerRange | undefined;
  /** The path that is chosen, its exact bytes. */
  readonly path?: Uint8Array | undefined;
  /** The digest or root document that the raw view shows. */
  readonly blob?: string | undefined;
  /** The outcome whose blobs the raw view lists. */
  readonly status?: Status | undefined;
  /** Number of the build cache; the first when absent. */
  readonly cache?: number | undefined;
  /** The part of the cache view; the records when absent. */
  readonly part?: CachePart | undefined;
  /** Number of the record of the cache that is chosen. */
  readonly record?: number | undefined;
  /** Number of the layer of the cache in which the results of the records listed end. */
  readonly top?: number | undefined;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The fragment of a deep link, without `#`. Bytes that are no UTF-8 are percent-encoded one by one. */
export function fragment(place: Place): string {
  const parts = [`view=${place.view}`];
  // An archive of a build cache alone has no image.
  if (place.image >= 0) parts.push(`image=${place.image}`);
  const { range } = place;
  if (range) parts.push(`layers=${range.first}-${range.last ?? ""}`);
  if (place.path !== undefined) parts.push(`path=/${encodeBytes(place.path)}`);
  if (place.blob !== undefined) parts.push(`blob=${encodeBytes(encoder.encode(place.blob))}`);
  for (const key of ["status", "cache", "part", "record", "top"] as const) {
    if (place[key] !== undefined) parts.push(`${key}=${place[key]}`);
  }
  return parts.join("&");
}

/** What a fragment says; nothing of it that makes no sense. */
export function parseFragment(text: string): Partial<Place> {
  const place: { -readonly [K in keyof Place]?: Place[K] } = {};
  for (const part of text.replace(/^#/, "").split("&")) {
    const [key, value] = split(part);
    if (key === "view" && isView(value)) place.view = value;
    if (isNumber(key) && /^\d{1,9}$/.test(value)) place[key] = Number(value);
    const range = /^(\d{1,5})(-(\d{0,5}))?$/.exec(value);
    if ((key === "layers" || key === "layer") && range) place.range = rangeOf(range);
    if (key === "path") place.path = decodeBytes(value).subarray(value.startsWith("/") ? 1 : 0);
    if (key === "status" && isStatus(value)) place.status = value;
    if (key === "part" && isPart(value)) place.part = value;
    if (key === "blob") place.blob = lossy(decodeBytes(value));
  }
  return place;
}

/** The exact bytes of a path that a view shows. */
export function pathBytes({ path, pathHex }: { path: string; pathHex?: string }): Uint8Array {
  if (pathHex === undefined) return encoder.encode(path);
  return Uint8Array.from(pathHex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The exact text of a path; as it is shown where its bytes are no text. */
export function exactText(view: { path: string; pathHex?: string }): string {
  try {
    return decoder.decode(pathBytes(view));
  } catch {
    return view.path;
  }
}

/** Whether two paths are the same bytes. */
export function samePath(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (!left || !right) return left === right;
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** A path's bytes as text, for the clipboard and the name of a download. */
export function lossy(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

function isView(text: string): text is ViewName {
  return VIEWS.some((view) => view === text);
}

function isPart(text: string): text is CachePart {
  return CACHE_PARTS.some((part) => part === text);
}

function isNumber(key: string): key is (typeof NUMBERS)[number] {
  return NUMBERS.some((name) => name === key);
}

function isStatus(text: string): text is Status {
  return STATUSES.some((status) => status === text);
}

function split(part: string): [string, string] {
  const at = part.indexOf("=");
  return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
}

function rangeOf(match: RegExpExecArray): LayerRange {
  const first = Number(match[1]);
  if (match[2] === undefined) return { first, last: first };
  return match[3] ? { first, last: Number(match[3]) } : { first };
}

function encodeBytes(bytes: Uint8Array): string {
  try {
    return encodeURIComponent(decoder.decode(bytes)).replaceAll("%2F", "/").replaceAll("%3A", ":");
  } catch {
    return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  }
}

function decodeBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  const parts = /%([0-9a-fA-F]{2})|([^%]+|%)/g;
  for (const [, hex, plain] of text.matchAll(parts)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else bytes.push(...encoder.encode(plain));
  }
  return Uint8Array.from(bytes);
}
