import { spawnSync } from "node:child_process";

import type { Report } from "../../generated/simd/engine.js";

export interface StoredLayer {
  /** Name of the tar's member that is the layer. */
  readonly member: string;
  readonly compression: "none" | "gzip" | "zstd";
}

/** What an archive to be measured holds, as the native command tells. */
export interface Layout {
  /** Layers of its first image. */
  readonly layers: readonly StoredLayer[];
  /** Bytes of their tars. */
  readonly unpacked: number;
  /** Whether a page that knows OCI layouts in a plain tar alone can open it. */
  readonly plain: boolean;
}

export function layoutOf(command: string, archive: string): Layout {
  const { stdout, stderr, status } = spawnSync(command, ["report", archive], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${archive}: ${stderr || "not all of it is verified"}`);
  const { archive: about, blobs, images, totals } = JSON.parse(stdout) as Report;
  const members = new Map(blobs.map(({ digest, member }) => [digest, member]));
  const layers = (images[0]?.layers ?? []).map(({ digest, mediaType = "" }): StoredLayer => ({
    member: members.get(digest) ?? "",
    compression: mediaType.endsWith("gzip") ? "gzip" : mediaType.endsWith("zstd") ? "zstd" : "none",
  }));
  return {
    layers,
    unpacked: totals.unpackedSize,
    plain: about.formats.includes("oci-layout") && about.outerCompression === "none",
  };
}
