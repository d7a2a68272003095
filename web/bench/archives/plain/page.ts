// What a page without an engine of its own does: what the browser has, and packages of npm.
import { parseTar } from "nanotar";

import type { LayerDone, LayerJob, Stack } from "./layer-worker.js";
import { merged } from "./tree.js";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
}

interface Document {
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
  readonly rootfs?: { readonly diff_ids: readonly string[] };
}

const BLOCK = 512;

/** Reads the headers of the outer tar alone. */
async function members(file: File): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>();
  for (let at = 0; at + BLOCK <= file.size;) {
    // The package reads a header only where something comes after it.
    const header = new Uint8Array(2 * BLOCK);
    header.set(new Uint8Array(await file.slice(at, at + BLOCK).arrayBuffer()));
    const [member] = parseTar(header, { metaOnly: true });
    if (!member) break;
    found.set(member.name, file.slice(at + BLOCK, at + BLOCK + member.size));
    at += BLOCK + Math.ceil(member.size / BLOCK) * BLOCK;
  }
  return found;
}

/** Opens an archive, verifies every layer and applies them; gives what was found. */
async function verify(
  file: File,
  stack: Stack,
  workers: number,
): Promise<{ layers: number; verified: number; paths: number }> {
  const blobs = await members(file);
  const blob = (digest: string): Blob => {
    const found = blobs.get(`blobs/${digest.replace(":", "/")}`);
    if (!found) throw new Error(`${digest} is not in this archive`);
    return found;
  };
  const read = async (digest: string): Promise<Document> =>
    JSON.parse(await blob(digest).text()) as Document;
  const index = JSON.parse((await blobs.get("index.json")?.text()) ?? "{}") as Document;
  const manifest = await read(index.manifests?.[0]?.digest ?? "");
  const config = await read(manifest.config?.digest ?? "");
  const layers = manifest.layers ?? [];

  const jobs = layers.map(({ digest, mediaType }, number): LayerJob => ({
    number,
    blob: blob(digest),
    gzip: mediaType.endsWith("gzip"),
    stack,
  }));
  const done: LayerDone[] = [];
  await Promise.all(
    Array.from({ length: Math.min(workers, jobs.length) }, async () => {
      const worker = new Worker(new URL("./layer-worker.ts", import.meta.url), { type: "module" });
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        const answer = new Promise<LayerDone>((resolve, reject) => {
          worker.onmessage = ({ data }: MessageEvent<LayerDone>) => {
            resolve(data);
          };
          worker.onerror = ({ message }) => {
            reject(new Error(message));
          };
        });
        worker.postMessage(job);
        done.push(await answer);
      }
      worker.terminate();
    }),
  );
  done.sort((a, b) => a.number - b.number);
  const verified = done.filter(
    ({ number, digest, diffId }) =>
      digest === layers[number]?.digest && diffId === config.rootfs?.diff_ids[number],
  );
  const tree = merged(done.map(({ entries }) => entries));
  return { layers: layers.length, verified: verified.length, paths: tree.size };
}

Object.assign(globalThis, { verify });
