import type { Report } from "../generated/simd/engine.js";
import { withBytes, type Input } from "./bytes.js";
import { EngineError } from "./errors.js";
import { RemoteFile } from "./remote-open.js";
import { ask } from "./remote.js";

/** Root documents of a layout larger than this are none. */
const MOST_BYTES = 4 * 1024 * 1024;

// image-spec descriptor.md, "Digests": what a digest may consist of leads nowhere but to its blob.
const DIGEST = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/;

/** The files of an OCI layout on a server, as far as they are known. */
export interface RemoteFolder {
  readonly paths: string[];
  readonly files: Input[];
}

/** Whether an address is that of an OCI layout folder: its `index.json`, or itself with a slash. */
export function isFolderUrl(url: string): boolean {
  return /\/(?:index\.json)?$/.test(new URL(url).pathname);
}

/**
 * Finds the files of a layout: a server does not list them, but documents name them. `list` gives
 * the report on the files known so far; those it misses are looked for, until there are no more.
 */
export async function openRemoteFolder(
  url: string,
  list: (paths: string[], files: Input[]) => Report,
  signal: AbortSignal,
): Promise<RemoteFolder> {
  const at = (path: string): string => new URL(path, url).href;
  const files = new Map<string, Input>();
  const [index, layout] = await Promise.all([
    rootDocument(at("index.json"), signal),
    rootDocument(at("oci-layout"), signal).catch((error: unknown) => {
      if (isStatus(error)) return undefined;
      throw error;
    }),
  ]);
  files.set("index.json", index);
  if (layout) files.set("oci-layout", layout);
  const asked = new Set<string>();
  for (;;) {
    const there = [...files].filter(([, file]) => !(file instanceof RemoteFile && file.isAbsent));
    const folder = { paths: there.map(([path]) => path), files: there.map(([, file]) => file) };
    const report = await withBytes(folder.files, () => list(folder.paths, folder.files), signal);
    const known = asked.size;
    for (const { digest, size, verification } of report.blobs) {
      const parts = DIGEST.exec(digest ?? "");
      const path = parts ? `blobs/${parts[1]}/${parts[2]}` : "";
      const bytes = Number(size);
      if (verification.status !== "missing" || path === "" || asked.has(path)) continue;
      if (!Number.isSafeInteger(bytes)) continue;
      asked.add(path);
      files.set(path, new RemoteFile(at(path), { size: bytes }));
    }
    const lost = folder.files.some((file) => file instanceof RemoteFile && file.isAbsent);
    if (asked.size === known && !lost) return folder;
  }
}

/** A document that was fetched, in memory: a worker of Node reads no blob synchronously. */
class RootDocument implements Input {
  readonly lacks = false;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  get size(): number {
    return this.#bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.#bytes.slice(offset, offset + length);
  }

  part(offset: number, size: number): Blob {
    return new Blob([this.#bytes.subarray(offset, offset + size)]);
  }

  fetch(): Promise<void> {
    return Promise.resolve();
  }
}

async function rootDocument(url: string, signal: AbortSignal): Promise<RootDocument> {
  const answer = await ask(url, { signal });
  const length = Number(answer.headers.get("Content-Length") ?? 0);
  const blob = length > MOST_BYTES ? undefined : await answer.blob();
  if (blob && blob.size <= MOST_BYTES) {
    return new RootDocument(new Uint8Array(await blob.arrayBuffer()));
  }
  void answer.body?.cancel();
  throw new EngineError({ code: "limit-document", message: `${url} is too large for a document` });
}

function isStatus(error: unknown): boolean {
  return error instanceof EngineError && error.code === "source-status";
}
