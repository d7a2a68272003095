import { platform, shortDigest } from "../format.js";
import { imageLines, imageName } from "../images.js";
import type { Report } from "../types.js";

/** A document of an archive, as the list of them has it. */
export interface DocumentLine {
  /** Digest, or the name of a root document. */
  readonly key: string;
  readonly name: string;
  readonly depth: number;
  readonly note?: string;
}

/** The documents of an archive from its roots down: indexes, manifests, configs, statements. */
export function documentsOf(report: Report): DocumentLine[] {
  const lines: DocumentLine[] = [];
  const seen = new Set<string>();
  const add = (key: string | undefined, name: string, depth: number, note?: string) => {
    if (key === undefined || seen.has(key)) return;
    seen.add(key);
    lines.push({ key, name, depth: Math.min(depth, 6), ...(note === undefined ? {} : { note }) });
  };
  const attestations = new Map(report.attestations.map((item) => [item.digest, item]));
  const artifacts = new Map(report.artifacts.map((item) => [item.digest, item]));
  const { formats } = report.archive;
  if (formats.includes("oci-layout")) {
    add("oci-layout", "oci-layout", 0);
    add("index.json", "index.json", 0);
  }
  if (formats.includes("docker-save")) add("manifest.json", "manifest.json", 0);
  for (const line of imageLines(report)) {
    const depth = line.depth + 1;
    if (line.kind === "index") {
      add(line.index.digest, line.index.names[0] ?? shortDigest(line.index.digest), depth, "index");
    } else if (line.kind === "image") {
      const { image, names } = line;
      if (image.presence === "absent") continue;
      const where = image.platform && names.length > 0 ? ` ${platform(image.platform)}` : "";
      add(image.digest, `${imageName(image, names)}${where}`, depth, "manifest");
      add(image.imageId, "config", depth + (image.digest === undefined ? 0 : 1));
    } else {
      const { digest } = line.descriptor;
      add(digest, line.label, depth, "manifest");
      const { statements = [] } = attestations.get(digest) ?? {};
      for (const { descriptor, predicateType } of statements) {
        add(descriptor.digest, shortType(predicateType), depth + 1, "statement");
      }
      const { layers = [] } = artifacts.get(digest) ?? {};
      for (const layer of layers) {
        if (isJson(layer.mediaType)) add(layer.digest, layer.mediaType, depth + 1, "blob");
      }
    }
  }
  return lines;
}

/** Whether a media type is one of JSON. */
export function isJson(mediaType: string | undefined): boolean {
  return mediaType !== undefined && /[/+]json\b|in-toto|cyclonedx|spdx/.test(mediaType);
}

/** `https://spdx.dev/Document` as `spdx.dev/Document`. */
function shortType(predicateType: string | undefined): string {
  return predicateType?.replace(/^https?:\/\//, "") ?? "statement";
}
