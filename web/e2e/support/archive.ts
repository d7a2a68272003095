import { constants } from "node:buffer";
import { spawnSync } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { createWriteStream } from "node:fs";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { PassThrough } from "node:stream";
import { createGzip, gzipSync } from "node:zlib";

import type { Estargz } from "./estargz.js";

const MIB = 1024 * 1024;

/** A file of a layer: its path and its size in MiB. */
export type Content = readonly [path: string, mib: number];

/** A layer: its tar, made anew whenever it is asked for, and how it is stored. */
export interface MadeLayer {
  readonly tar: () => Iterable<Buffer>;
  /** For zstd, the program of that name has to be installed. */
  readonly compression: "none" | "gzip" | "zstd";
  /** Level of the compression: the quickest unless given. */
  readonly level?: number;
  /** Unpacked bytes of each zstd frame: one holds them all unless given. */
  readonly frame?: number;
  /** Bytes of a zstd frame's window, a power of two: the level's own unless given. */
  readonly window?: number;
}

/** A layer, also one whose descriptor vouches for its table of contents. */
export type Layer = MadeLayer | Estargz;

/**
 * Writes an OCI layout with one image of plain layers, of any size: nothing of
 * it is kept in memory. Each MiB is half noise and half zeros.
 */
export async function writeArchive(
  path: string,
  layers: readonly (readonly Content[])[],
  outer: "none" | "gzip" = "none",
): Promise<void> {
  const plain = layers.map((files): Layer => ({
    tar: () => layerBytes(files),
    compression: "none",
  }));
  await writeLayout(path, plain, outer);
}

/** Writes an OCI layout with one image of these layers. */
export async function writeLayout(
  path: string,
  layers: readonly Layer[],
  outer: "none" | "gzip" = "none",
): Promise<void> {
  const file = createWriteStream(path);
  const sink = outer === "gzip" ? createGzip({ level: 1 }) : new PassThrough();
  const written = pipeline(sink, file);
  const blobs = layers.map(storedLayer);
  const config = json({
    architecture: "amd64",
    os: "linux",
    config: {},
    rootfs: { type: "layers", diff_ids: blobs.map(({ diffId }) => diffId) },
    history: blobs.map((_, number) => ({ created_by: `layer ${number}` })),
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...describe([config]) },
    layers: blobs.map(({ mediaType, digest, size, annotations }) => ({
      ...{ mediaType, digest, size },
      ...(annotations ? { annotations } : {}),
    })),
  });
  const index = json({
    schemaVersion: 2,
    manifests: [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        ...describe([manifest]),
        annotations: { "org.opencontainers.image.ref.name": "large:latest" },
      },
    ],
  });
  const members: [string, number, () => Iterable<Buffer>][] = [
    ["oci-layout", 0, () => [json({ imageLayoutVersion: "1.0.0" })]],
    ["index.json", 0, () => [index]],
    ...[manifest, config].map((bytes): [string, number, () => Iterable<Buffer>] => [
      blobPath(describe([bytes]).digest),
      bytes.length,
      () => [bytes],
    ]),
    ...blobs.map(({ digest, size, bytes }): [string, number, () => Iterable<Buffer>] => [
      blobPath(digest),
      size,
      bytes,
    ]),
  ];
  for (const [name, size, bytes] of members) {
    const length = size || [...bytes()].reduce((sum, { length }) => sum + length, 0);
    for (const chunk of tarMember(name, length, bytes())) {
      if (!sink.write(chunk)) await once(sink, "drain");
    }
  }
  sink.end(Buffer.alloc(1024));
  await written;
}

interface StoredLayer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly diffId: string;
  readonly annotations?: Estargz["annotations"];
  readonly bytes: () => Iterable<Buffer>;
}

function storedLayer(layer: Layer): StoredLayer {
  const mediaType = "application/vnd.oci.image.layer.v1.tar";
  if ("bytes" in layer) {
    const { bytes, diffId, annotations } = layer;
    const stored = { ...describe([bytes]), diffId, annotations, bytes: () => [bytes] };
    return { mediaType: `${mediaType}+gzip`, ...stored };
  }
  const { tar, compression, level = 1, frame, window } = layer;
  const plain = describe(tar());
  if (compression === "none") return { mediaType, ...plain, diffId: plain.digest, bytes: tar };
  const unpacked = Buffer.concat([...tar()]);
  const packed =
    compression === "gzip"
      ? gzipSync(unpacked, { level })
      : zstdFrames(unpacked, frame ?? unpacked.length, zstdOptions(level, window));
  return {
    mediaType: `${mediaType}+${compression}`,
    ...describe([packed]),
    diffId: plain.digest,
    bytes: () => [packed],
  };
}

function zstdOptions(level: number, window: number | undefined): string[] {
  return [`-${level}`, ...(window === undefined ? [] : [`--zstd=wlog=${Math.log2(window)}`])];
}

function zstdFrames(bytes: Buffer, frame: number, options: readonly string[]): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += frame) {
    frames.push(zstd(bytes.subarray(at, at + frame), options));
  }
  return Buffer.concat(frames);
}

function zstd(bytes: Buffer, options: readonly string[]): Buffer {
  const { stdout, error } = spawnSync("zstd", [...options, "--stdout", "--quiet"], {
    input: bytes,
    maxBuffer: constants.MAX_LENGTH,
  });
  if (error) throw error;
  return stdout;
}

const NOISE = randomFillSync(Buffer.alloc(64 * MIB));

function* layerBytes(files: readonly Content[]): Generator<Buffer> {
  for (const [path, mib] of files) yield* tarMember(path, mib * MIB, contentOf(path, mib));
  yield Buffer.alloc(1024);
}

// Noise from another place for each path and MiB, so that no two files are the same.
function* contentOf(path: string, mib: number): Generator<Buffer> {
  const seed = createHash("sha256").update(path).digest().readUInt32LE();
  const zeros = Buffer.alloc(MIB / 2);
  for (let at = 0; at < mib; at += 1) {
    const from = ((seed + at * 4099) % (63 * 1024)) * 1024;
    yield NOISE.subarray(from, from + MIB / 2);
    yield zeros;
  }
}

/** A regular file of a tar. */
export function* tarMember(name: string, size: number, bytes: Iterable<Buffer>): Generator<Buffer> {
  yield tarHeader(name, "0", size);
  yield* bytes;
  if (size % 512 > 0) yield Buffer.alloc(512 - (size % 512));
}

/** A header as in POSIX ustar; `type` is its typeflag. A name may be any bytes. */
export function tarHeader(name: string | Buffer, type: "0" | "5" | "x", size: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    header.write(value.toString(8).padStart(length - 1, "0"), at, "latin1");
  };
  Buffer.from(name).copy(header);
  octal(0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(1_700_000_000, 136, 12);
  header.write(`        ${type}`, 148, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function describe(bytes: Iterable<Buffer>): { digest: string; size: number } {
  const hasher = createHash("sha256");
  let size = 0;
  for (const chunk of bytes) {
    hasher.update(chunk);
    size += chunk.length;
  }
  return { digest: `sha256:${hasher.digest("hex")}`, size };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
