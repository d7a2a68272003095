import { createSHA256 } from "hash-wasm";
import { parseTar } from "nanotar";
import { ungzip } from "pako";

import type { PlainEntry } from "./tree.js";

/** What the browser brings along, or what packages of npm do in its stead. */
export type Stack = "browser" | "packages";

export interface LayerJob {
  readonly number: number;
  readonly blob: Blob;
  readonly gzip: boolean;
  readonly stack: Stack;
}

export interface LayerDone {
  readonly number: number;
  readonly digest: string;
  readonly diffId: string;
  readonly entries: PlainEntry[];
}

const hex = (bytes: ArrayBuffer): string =>
  `sha256:${Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;

async function byBrowser({ blob, gzip }: LayerJob): Promise<[string, string, ArrayBuffer]> {
  const stored = await blob.arrayBuffer();
  const digest = hex(await crypto.subtle.digest("SHA-256", stored));
  if (!gzip) return [digest, digest, stored];
  const unpacked = new Blob([stored]).stream().pipeThrough(new DecompressionStream("gzip"));
  const tar = await new Response(unpacked).arrayBuffer();
  return [digest, hex(await crypto.subtle.digest("SHA-256", tar)), tar];
}

async function byPackages({ blob, gzip }: LayerJob): Promise<[string, string, ArrayBuffer]> {
  const hasher = await createSHA256();
  const digestOf = (bytes: Uint8Array): string => `sha256:${hasher.init().update(bytes).digest()}`;
  const stored = new Uint8Array(await blob.arrayBuffer());
  const digest = digestOf(stored);
  if (!gzip) return [digest, digest, stored.buffer];
  const tar = ungzip(stored);
  return [digest, digestOf(tar), tar.buffer];
}

self.onmessage = async ({ data }: MessageEvent<LayerJob>) => {
  const [digest, diffId, tar] = await (data.stack === "browser" ? byBrowser : byPackages)(data);
  const entries = parseTar(tar, { metaOnly: true }).map(({ name, type, size }) => ({
    name,
    type,
    size,
  }));
  self.postMessage({ number: data.number, digest, diffId, entries } satisfies LayerDone);
};
