import { whole } from "./numbers.js";
import type { Compression, ArchiveFormat, PlatformView } from "./types.js";

export { bytes, count, counted, exactBytes } from "./numbers.js";

/** `2026-01-01 00:00` in UTC; out of a date's range, the seconds since 1970. */
export function time(ns: string): string {
  const date = new Date(milliseconds(ns));
  if (Number.isNaN(date.getTime())) return `${whole.format(BigInt(ns) / 1_000_000_000n)} s`;
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/:\d\d\.\d+Z$/, "");
}

/** The same to the nanosecond. */
export function exactTime(ns: string): string {
  const value = BigInt(ns);
  const fraction = ((value % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const date = new Date(milliseconds(ns));
  if (Number.isNaN(date.getTime())) return `${ns} ns`;
  const tail = fraction === 0n ? "" : `.${fraction.toString().padStart(9, "0")}`;
  return `${date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "")}${tail} UTC`;
}

// Rounded down, also before 1970.
function milliseconds(ns: string): number {
  const value = BigInt(ns);
  const rest = ((value % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return Number((value - rest) / 1_000_000n);
}

/** A config's RFC 3339 time, as short as a row's. */
export function created(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text;
  return `${date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "")} UTC`;
}

/** `os/architecture[/variant]`, and what else the platform says. */
export function platform(view: PlatformView): string {
  const parts = [view.os, view.architecture];
  if (view.variant) parts.push(view.variant);
  const text = parts.join("/");
  return view.osVersion ? `${text} (${view.osVersion})` : text;
}

/** What the control for the platform is filled with. */
export function platformText(view: PlatformView): string {
  return [view.os, view.architecture, ...(view.variant ? [view.variant] : [])].join("/");
}

const FORMATS: Record<ArchiveFormat, string> = {
  "oci-layout": "OCI layout",
  "docker-save": "docker-save",
};

export function formats(list: readonly ArchiveFormat[]): string {
  return list.map((format) => FORMATS[format]).join(" + ");
}

const COMPRESSIONS: Record<Compression, string> = {
  none: "not compressed",
  gzip: "gzip",
  zstd: "zstd",
  xz: "xz",
};

export function compression(value: Compression): string {
  return COMPRESSIONS[value];
}

/** Head and tail of a digest: the head may be cut for show, the tail never is. */
export function splitDigest(digest: string): [string, string] {
  const tail = Math.min(8, Math.floor(digest.length / 2));
  return [digest.slice(0, digest.length - tail), digest.slice(digest.length - tail)];
}

/** The first twelve digits of a digest, as engines print them. */
export function shortDigest(digest: string): string {
  const colon = digest.indexOf(":");
  return digest.slice(colon + 1, colon + 13);
}
