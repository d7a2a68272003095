import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { findingList } from "./findings.js";
import { bytes, compression, exactBytes } from "./format.js";
import { twistyIcon } from "./icons.js";
import { digest, hue, property, reasonOf, status, verification, type Copy } from "./parts.js";
import type { EntryCounts, ImageView, LayerView, Verification } from "./types.js";

export interface LayerActions {
  copy: Copy;
  toggle: (layer: number) => void;
}

/** The layers of an image, the base first. */
export function layers(
  image: ImageView,
  open: ReadonlySet<number>,
  actions: LayerActions,
): TemplateResult {
  if (image.presence === "absent") return html`<p class="none">${text.layers.absent}</p>`;
  if (image.layers.length === 0) return html`<p class="none">${text.layers.none}</p>`;
  return html`<ol class="layers" role="list">
    ${image.layers.map((layer) => layerItem(image, layer, open.has(layer.number), actions))}
  </ol>`;
}

function layerItem(
  image: ImageView,
  layer: LayerView,
  open: boolean,
  actions: LayerActions,
): TemplateResult {
  const history = layer.history === undefined ? undefined : image.history[layer.history];
  const command = history?.createdBy;
  const { diffId } = layer;
  // One chip says it all, unless the diff ID comes out otherwise than the blob.
  const apart =
    diffId.status !== layer.verification.status &&
    (diffId.status === "mismatch" || layer.verification.status === "verified") &&
    diffId.reason !== "pending";
  const reason = layer.verification.reason === "pending" ? undefined : reasonOf(layer.verification);
  const id = `layer-${layer.number}`;
  return html`<li
    class="layer ${hue(layer.number)}"
    data-layer=${layer.number}
    data-digest=${layer.digest ?? nothing}
    data-status=${layer.verification.status}
    data-diff-id-status=${diffId.status}
  >
    <div class="top">
      <button
        class="quiet twisty ${open ? "open" : ""}"
        type="button"
        aria-expanded=${open ? "true" : "false"}
        aria-controls=${id}
        aria-label="${text.layers.number(layer.number)}: ${text.layers.details}"
        @click=${() => {
          actions.toggle(layer.number);
        }}
      >
        ${twistyIcon}
      </button>
      <span class="number" title=${text.layers.number(layer.number)}>${layer.number}</span>
      <code class="command" title=${command ?? nothing}
        >${command ?? html`<span class="muted">${text.layers.noHistory}</span>`}</code
      >
      ${status(layer.verification.status)}
    </div>
    <div class="sub">
      ${layer.digest ? digest(actions.copy, layer.digest, text.layers.digest) : nothing}
      ${sizes(layer)}
    </div>
    ${reason === undefined ? nothing : html`<p class="sub muted">${reason}</p>`}
    ${
      apart
        ? html`<div class="sub apart">${text.layers.diffId} ${verification(diffId)}</div>`
        : nothing
    }
    ${layer.diagnostics.length > 0 ? findingList(layer.diagnostics, actions.copy) : nothing}
    <div class="details" id=${id} ?hidden=${!open}>${open ? details(layer, actions) : nothing}</div>
  </li>`;
}

function sizes(layer: LayerView): TemplateResult | typeof nothing {
  const stored = layer.actualSize ?? layer.size;
  if (stored === undefined) return nothing;
  const unpacked = layer.unpackedSize;
  const kind = layer.compression && layer.compression !== "none" ? layer.compression : undefined;
  const spoken = [text.layers.stored(exactBytes(stored))];
  if (layer.compression) spoken.push(compression(layer.compression));
  if (unpacked !== undefined) spoken.push(text.layers.unpacked(exactBytes(unpacked)));
  return html`<span class="sizes muted" title=${spoken.join(", ")}
    ><span aria-hidden="true"
      >${kind}
      ${bytes(stored)}${unpacked === undefined ? nothing : html` → ${bytes(unpacked)}`}</span
    ><span class="spoken">${spoken.join(", ")}</span></span
  >`;
}

function details(layer: LayerView, { copy }: LayerActions): TemplateResult {
  const { verification: stored, diffId } = layer;
  return html`<dl class="properties">
    ${property(text.layers.digest, outcome(stored, copy, text.layers.digest))}
    ${property(text.layers.diffId, outcome(diffId, copy, text.layers.diffId))}
    ${property(text.layers.chainId, layer.chainId && digest(copy, layer.chainId, text.layers.chainId))}
    ${property(text.layers.mediaType, layer.mediaType)}
    ${property(text.layers.compression, layer.compression && compression(layer.compression))}
    ${property(text.layers.member, layer.member)}
    ${property(text.layers.declared, layer.size && exactBytes(layer.size))}
    ${property(text.layers.entries, layer.entries && entries(layer.entries))}
  </dl>`;
}

/** A digest with its status, or both digests where they differ. */
export function outcome(value: Verification, copy: Copy, what: string): TemplateResult {
  const { expected, computed } = value;
  if (expected !== undefined && computed !== undefined && expected !== computed) {
    const row = (label: string, given: string) =>
      html`<div class="compared">
        <span class="muted">${label}</span> ${digest(copy, given, what)}
      </div>`;
    return html`${verification(value)} ${row(text.layers.expected, expected)}
    ${row(text.layers.found, computed)}`;
  }
  const known = expected ?? computed;
  return html`<div class="outcome">
    ${known === undefined ? nothing : digest(copy, known, what)}
    <span>${verification(value)}</span>
  </div>`;
}

function entries(counts: EntryCounts): string {
  return text.layers.counts([
    [counts.total, "entry", "entries"],
    [counts.files, "file", "files"],
    [counts.directories, "directory", "directories"],
    [counts.symlinks, "symlink", "symlinks"],
    [counts.hardlinks, "hardlink", "hardlinks"],
    [counts.devices, "device", "devices"],
    [counts.fifos, "named pipe", "named pipes"],
    [counts.whiteouts, "whiteout", "whiteouts"],
    [counts.opaqueWhiteouts, "opaque whiteout", "opaque whiteouts"],
    [counts.other, "other", "others"],
  ]);
}
