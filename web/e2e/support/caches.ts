import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { tarMember } from "./archive.js";

const CONFIG = "application/vnd.buildkit.cacheconfig.v0";
const INDEX = "application/vnd.oci.image.index.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";
const MADE = "2024-01-02T03:04:05Z";

/** A record of a made-up cache: what it takes by position, and the layer of its result. */
export interface MadeRecord {
  readonly name: string;
  readonly takes?: readonly number[];
  readonly layer?: number;
}

/** A cache as it was written. */
export interface MadeCache {
  /** Digests of the layers' blobs, each on top of the one before. */
  readonly layers: readonly string[];
  /** Their diff IDs: the layers are not compressed. */
  readonly diffIds: readonly string[];
  readonly configSize: number;
}

export function sha256(data: string | Buffer): string {
  return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

/** Writes a folder as BuildKit's local exporter leaves it: blobs and an index.json, no oci-layout. */
export async function writeCache(
  folder: string,
  records: readonly MadeRecord[],
  layers: readonly string[],
  padding = 0,
): Promise<MadeCache> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, bytes: Buffer) => {
    const digest = sha256(bytes);
    await writeFile(join(blobs, digest.slice("sha256:".length)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (mediaType: string, value: unknown) => {
    return put(mediaType, Buffer.from(JSON.stringify(value)));
  };

  const listed = [];
  for (const name of layers) {
    const content = Buffer.from(name);
    const tar = Buffer.concat([...tarMember(name, content.length, [content]), Buffer.alloc(1024)]);
    const descriptor = await put(LAYER, tar);
    listed.push({
      ...descriptor,
      annotations: { "containerd.io/uncompressed": sha256(tar), "buildkit/createdat": MADE },
    });
  }
  const config = await json(CONFIG, {
    layers: listed.map(({ digest }, at) => ({ blob: digest, parent: at - 1 })),
    records: records.map(({ name, takes = [], layer }) => ({
      ...(layer === undefined ? {} : { layers: [{ layer, createdAt: MADE }] }),
      digest: sha256(name),
      inputs: takes.map((link) => [{ link }]),
    })),
    padding: "x".repeat(padding),
  });
  const manifests = [...listed, config];
  const index = await json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  await writeFile(
    join(folder, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [{ ...index, annotations: { "org.opencontainers.image.ref.name": "latest" } }],
    }),
  );
  return {
    layers: listed.map(({ digest }) => digest),
    diffIds: listed.map(({ annotations }) => annotations["containerd.io/uncompressed"]),
    configSize: config.size,
  };
}

/** A chain ID by image-spec's formula. */
export function chainId(diffIds: readonly string[]): string {
  const [first = "", ...rest] = diffIds;
  return rest.reduce((below, diffId) => sha256(`${below} ${diffId}`), first);
}
