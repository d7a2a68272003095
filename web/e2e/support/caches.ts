import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { tarMember } from "./archive.js";

const CONFIG = "application/vnd.buildkit.cacheconfig.v0";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const INDEX = "application/vnd.oci.image.index.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar";
const MADE = "2024-01-02T03:04:05Z";

/** A record of a made-up cache: what it takes by position, and the layer of its result. */
export interface MadeRecord {
  readonly name: string;
  /** That of its name, unless given. */
  readonly digest?: string;
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

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export function sha256(data: string | Buffer): string {
  return `sha256:${createHash("sha256").update(data).digest("hex")}`;
}

/** What writes blobs of a folder, and gives their descriptors. */
async function blobFolder(folder: string): Promise<{
  put: (mediaType: string, bytes: Buffer) => Promise<Descriptor>;
  json: (mediaType: string, value: unknown) => Promise<Descriptor>;
}> {
  const blobs = join(folder, "blobs", "sha256");
  await mkdir(blobs, { recursive: true });
  const put = async (mediaType: string, bytes: Buffer): Promise<Descriptor> => {
    const digest = sha256(bytes);
    await writeFile(join(blobs, digest.slice("sha256:".length)), bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const json = (mediaType: string, value: unknown): Promise<Descriptor> => {
    return put(mediaType, Buffer.from(JSON.stringify(value)));
  };
  return { put, json };
}

/** A layer of one small file. */
function layerTar(name: string): Buffer {
  const content = Buffer.from(name);
  return Buffer.concat([...tarMember(name, content.length, [content]), Buffer.alloc(1024)]);
}

/** Writes a folder as BuildKit's local exporter leaves it: blobs and an index.json, no oci-layout. */
export async function writeCache(
  folder: string,
  records: readonly MadeRecord[],
  layers: readonly string[],
  padding = 0,
): Promise<MadeCache> {
  const { put, json } = await blobFolder(folder);
  const listed = [];
  for (const name of layers) {
    const tar = layerTar(name);
    const descriptor = await put(LAYER, tar);
    listed.push({
      ...descriptor,
      annotations: { "containerd.io/uncompressed": sha256(tar), "buildkit/createdat": MADE },
    });
  }
  const config = await json(CONFIG, {
    layers: listed.map(({ digest }, at) => ({ blob: digest, parent: at - 1 })),
    records: records.map(({ name, digest = sha256(name), takes = [], layer }) => ({
      ...(layer === undefined ? {} : { layers: [{ layer, createdAt: MADE }] }),
      digest,
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

/** What the index of a base image lists beside the image for linux/amd64. */
export type Listed = "nothing" | "an attestation" | "another platform";

/** A base image as it was written. */
export interface MadeBase {
  /** Digest of its index. */
  readonly index: string;
  /** Digest of its manifest for linux/amd64, which is always the same. */
  readonly manifest: string;
  readonly diffIds: readonly string[];
}

/** Writes the OCI layout of a base image with two layers. */
export async function writeBase(folder: string, beside: Listed): Promise<MadeBase> {
  const { put, json } = await blobFolder(folder);
  const tars = ["base", "base tools"].map(layerTar);
  const layers = await Promise.all(tars.map((tar) => put(LAYER, tar)));
  const diffIds = tars.map(sha256);
  const image = async (architecture: string) => ({
    ...(await json(MANIFEST, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: await json("application/vnd.oci.image.config.v1+json", {
        architecture,
        os: "linux",
        rootfs: { type: "layers", diff_ids: diffIds },
      }),
      layers,
    })),
    platform: { architecture, os: "linux" },
  });
  const manifest = await image("amd64");
  const manifests: object[] = [manifest];
  if (beside === "another platform") manifests.push(await image("arm64"));
  if (beside === "an attestation") {
    const statement = await json("application/vnd.in-toto+json", {
      _type: "https://in-toto.io/Statement/v0.1",
      predicateType: "https://slsa.dev/provenance/v0.2",
    });
    manifests.push({
      ...(await json(MANIFEST, {
        schemaVersion: 2,
        mediaType: MANIFEST,
        config: await json("application/vnd.oci.image.config.v1+json", {
          architecture: "unknown",
          os: "unknown",
          rootfs: { type: "layers", diff_ids: [statement.digest] },
        }),
        layers: [statement],
      })),
      annotations: {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": manifest.digest,
      },
      platform: { architecture: "unknown", os: "unknown" },
    });
  }
  const index = await json(INDEX, { schemaVersion: 2, mediaType: INDEX, manifests });
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(
    join(folder, "index.json"),
    JSON.stringify({ schemaVersion: 2, manifests: [index] }),
  );
  return { index: index.digest, manifest: manifest.digest, diffIds };
}

/** BuildKit's mainManifestKey of what a reference resolves to, for linux/amd64. */
export function manifestKey(digest: string): string {
  return sha256(JSON.stringify({ Digest: digest, OS: "linux", Arch: "amd64" }));
}

/** The record of a source with this cache key, by BuildKit's formulas. */
export function sourceRecord(key: string): string {
  return sha256(`${sha256(`buildkit.source.v0:${key}`)}@0`);
}

/** A chain ID by image-spec's formula. */
export function chainId(diffIds: readonly string[]): string {
  const [first = "", ...rest] = diffIds;
  return rest.reduce((below, diffId) => sha256(`${below} ${diffId}`), first);
}
