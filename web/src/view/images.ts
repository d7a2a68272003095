import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { bytes, count, platform, shortDigest } from "./format.js";
import { statusIcon } from "./icons.js";
import { longList } from "./long-list.js";
import { worst } from "./parts.js";
import type { DescriptorView, ImageView, IndexEntryView, IndexView, Report } from "./types.js";

/** A line of the list of images. */
export type ImageLine =
  | { readonly kind: "index"; readonly depth: number; readonly index: IndexView }
  | {
      readonly kind: "image";
      readonly depth: number;
      readonly image: ImageView;
      /** Its names, without those that it has from the index above it. */
      readonly names: readonly string[];
    }
  | {
      readonly kind: "attestation" | "artifact" | "unknown" | "absent-index";
      readonly depth: number;
      readonly label: string;
      readonly descriptor: DescriptorView;
    };

const REF_NAME = "org.opencontainers.image.ref.name";

/** Pixels that a line of the list usually takes. */
const LINE = 48;

/** What attestations are about, by their digest; and images by theirs. */
interface Known {
  readonly subjects: ReadonlyMap<string, string | undefined>;
  readonly images: ReadonlyMap<string | undefined, ImageView>;
}

/** Deeper indexes are listed at this depth. */
const DEEPEST = 6;

/** The archive's indexes as an indented list, then the images that no index lists. */
export function imageLines(report: Report): ImageLine[] {
  const lines: ImageLine[] = [];
  const listed = new Set<number>();
  const byDigest = new Map(report.indexes.map((index) => [index.digest, index]));
  const open = new Set<string>();
  const known: Known = {
    subjects: new Map(report.attestations.map(({ digest, subject }) => [digest, subject])),
    images: new Map(report.images.map((image) => [image.digest, image])),
  };

  const entry = (item: IndexEntryView, depth: number, inherited: readonly string[]): void => {
    const { descriptor } = item;
    const image = item.image === undefined ? undefined : report.images[item.image];
    if (image) {
      listed.add(image.number);
      const names = image.names.filter((name) => !inherited.includes(name));
      lines.push({ kind: "image", depth, image, names });
      return;
    }
    const index = byDigest.get(descriptor.digest);
    if (item.role === "index") {
      // An index that lists itself is shown once.
      if (index && !open.has(index.digest)) nested(index, depth, inherited);
      else lines.push({ kind: "absent-index", depth, label: text.images.index, descriptor });
      return;
    }
    // The parts of a build cache are in its own view.
    if (item.role === "layer" || item.role === "cache-config") return;
    const kind =
      item.role === "attestation" || item.role === "artifact" ? item.role : ("unknown" as const);
    lines.push({ kind, depth, label: entryLabel(known, item), descriptor });
  };
  const nested = (index: IndexView, depth: number, inherited: readonly string[]): void => {
    open.add(index.digest);
    lines.push({ kind: "index", depth, index });
    const names = [...inherited, ...index.names];
    for (const item of index.entries) entry(item, Math.min(DEEPEST, depth + 1), names);
    open.delete(index.digest);
  };

  for (const root of report.indexes.filter((index) => index.parent === undefined)) {
    open.add(root.digest);
    for (const item of root.entries) entry(item, 0, []);
    open.delete(root.digest);
  }
  for (const image of report.images) {
    if (listed.has(image.number)) continue;
    lines.push({ kind: "image", depth: 0, image, names: image.names });
  }
  return lines;
}

function entryLabel(known: Known, { role, descriptor }: IndexEntryView): string {
  if (role === "artifact") {
    const kind = descriptor.artifactType ?? text.images.artifact;
    const name = descriptor.annotations?.find(({ key }) => key === REF_NAME)?.value;
    return name === undefined ? kind : `${name} · ${kind}`;
  }
  if (role !== "attestation") return text.images.unknown;
  const subject = known.subjects.get(descriptor.digest);
  const image = subject === undefined ? undefined : known.images.get(subject);
  return image && image.platform
    ? text.images.attestationFor(platform(image.platform))
    : text.images.attestation;
}

/** What an image is called where there is room for one name. */
export function imageName(image: ImageView, names: readonly string[] = image.names): string {
  const [name] = names;
  if (name !== undefined) return name;
  if (image.platform) return platform(image.platform);
  const digest = image.digest ?? image.imageId;
  return digest ? shortDigest(digest) : `#${image.number}`;
}

/** Bytes of its layers in the archive. */
export function storedSize(image: ImageView): number {
  return image.layers.reduce((sum, layer) => sum + (layer.actualSize ?? 0), 0);
}

/** The image that is shown first: one that is there, if any is. */
export function firstImage(report: Report): number {
  const present = report.images.find(({ presence }) => presence !== "absent");
  return (present ?? report.images[0])?.number ?? -1;
}

export function images(
  lines: readonly ImageLine[],
  chosen: number,
  choose: (image: number) => void,
): TemplateResult {
  if (lines.length === 0) return html`<p class="none">${text.images.none}</p>`;
  return html`<ul class="images" role="list">
    ${longList(
      lines,
      (line) => html`<li class="d${line.depth}">${imageLine(line, chosen, choose)}</li>`,
      LINE,
    )}
  </ul>`;
}

function imageLine(
  line: ImageLine,
  chosen: number,
  choose: (image: number) => void,
): TemplateResult {
  if (line.kind === "index") {
    const { index } = line;
    const name = index.names[0] ?? shortDigest(index.digest);
    return html`<div class="entry index" data-digest=${index.digest}>
      <span class="name clip" title=${index.names.join("\n") || index.digest}>${name}</span>
      <span class="muted">${text.images.index}, ${text.images.entries(index.entries.length)}</span>
    </div>`;
  }
  if (line.kind !== "image") {
    const { digest, size } = line.descriptor;
    return html`<div class="entry other" data-digest=${digest}>
      <span class="clip" title=${digest}>${line.label}</span>
      ${size === undefined ? nothing : html`<span class="muted">${bytes(size)}</span>`}
    </div>`;
  }
  const { image, names } = line;
  const name = imageName(image, names);
  const second = [];
  if (names.length > 0) {
    second.push(image.platform ? platform(image.platform) : text.images.noPlatform);
  }
  if (image.presence === "absent") {
    second.push(text.images.absent);
  } else {
    second.push(text.images.layers(image.layers.length), bytes(storedSize(image)));
    if (image.presence === "partial") second.push(text.images.partial);
  }
  const outcome =
    image.presence === "absent"
      ? undefined
      : worst([image.manifest, image.config, ...image.layers.map((layer) => layer.verification)]);
  return html`<button
    class="entry image ${image.presence}"
    type="button"
    data-image=${image.number}
    aria-current=${image.number === chosen ? "true" : "false"}
    @click=${() => {
      choose(image.number);
    }}
  >
    <span class="name clip" title=${image.names.join("\n") || nothing}>${name}</span>
    ${
      names.length > 1
        ? html`<span class="more muted" aria-hidden="true">+${count(names.length - 1)}</span>`
        : nothing
    }
    ${
      outcome
        ? html`<span class="outcome ${outcome}" title=${text.status(outcome)}
            >${statusIcon(outcome)}<span class="spoken">${text.status(outcome)}</span></span
          >`
        : nothing
    }
    <span class="second muted clip">${second.join(" · ")}</span>
  </button>`;
}
