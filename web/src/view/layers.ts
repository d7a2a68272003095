import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { cssom } from "./cssom.js";
import { findingList } from "./findings.js";
import { bytes, compression, count, exactBytes } from "./format.js";
import { twistyIcon } from "./icons.js";
import { longList } from "./long-list.js";
import { digest, hue, property, reasonOf, status, verification, type Copy } from "./parts.js";
import { isShown, type Selection } from "./selection.js";
import type {
  EntryCounts,
  HistoryView,
  ImageView,
  LayerRange,
  LayerView,
  Verification,
} from "./types.js";

/** Pixels that a layer usually takes. */
const LINE = 84;

export interface LayerActions {
  copy: Copy;
  toggle: (layer: number) => void;
  /** What else a reader may do; nothing in a figure. */
  more?: {
    /** Chooses the layers that views show; none given shows all. */
    select: (layer: number | undefined, how: Selection) => void;
    /** Keeps a layer's tar. */
    download: (layer: number) => void;
  };
}

/** The layers of an image, the base first, and between them the steps that made none. */
export function layers(
  image: ImageView,
  range: LayerRange | undefined,
  open: ReadonlySet<number>,
  actions: LayerActions,
): TemplateResult {
  if (image.presence === "absent") return html`<p class="none">${text.layers.absent}</p>`;
  if (image.layers.length === 0) return html`<p class="none">${text.layers.none}</p>`;
  const largest = image.layers.reduce((most, layer) => Math.max(most, sizeOf(layer)), 0);
  const { more } = actions;
  return html`${
      more
        ? html`<div class="layer-all">
            <button
              type="button"
              aria-pressed=${range ? "false" : "true"}
              data-action="all-layers"
              @click=${() => {
                more.select(undefined, "only");
              }}
            >
              ${text.layers.all}
            </button>
            <span class="muted">${layersShown(image, range)}</span>
          </div>`
        : nothing
    }
    <ol class="layers" role="list" @keydown=${onKey(actions)}>
      ${longList(
        layerLines(image),
        (line) => {
          if ("step" in line) return emptyStep(line.step);
          const { layer } = line;
          return layerItem(image, layer, { range, open: open.has(layer.number), largest }, actions);
        },
        LINE,
      )}
    </ol>`;
}

/** Which layers are shown, in words. */
export function layersShown(image: ImageView, range: LayerRange | undefined): string {
  const top = image.layers.length - 1;
  const last = Math.min(range?.last ?? top, top);
  if (!range || (range.first === 0 && last === top)) return text.layers.shownAll;
  if (range.first === last) return text.layers.shownOne(last);
  if (range.first === 0) return text.layers.shownUpTo(last);
  return text.layers.shownRange(range.first, last);
}

// dive's keys: all up to the layer, or the layer alone.
function onKey({ more }: LayerActions) {
  return (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const item = event.target instanceof Element ? event.target.closest("[data-layer]") : null;
    const layer = Number(item?.getAttribute("data-layer") ?? Number.NaN);
    const how = ({ a: "up-to", l: "only" } as const)[event.key];
    if (!more || !how || Number.isNaN(layer)) return;
    event.preventDefault();
    more.select(layer, how);
  };
}

/** A line of the list: a layer, or a history entry that made none. */
type Line = { readonly layer: LayerView } | { readonly step: HistoryView };

/** The layers, the base first, each after the history entries without a layer that stand before it. */
export function layerLines({ history, layers }: ImageView): Line[] {
  const lines: Line[] = [];
  let next = 0;
  const upTo = (end: number) => {
    for (const layer of layers.slice(next, end)) lines.push({ layer });
    next = Math.max(next, end);
  };
  for (const entry of history) {
    if (entry.layer !== undefined) upTo(entry.layer + 1);
    else if (entry.emptyLayer) lines.push({ step: entry });
  }
  upTo(layers.length);
  return lines;
}

/** A history entry that made no layer. */
function emptyStep(entry: HistoryView): TemplateResult {
  return html`<li class="layer-step muted">
    <span class="step-mark" aria-hidden="true"></span>
    ${commandLine(entry)}
    <span class="note">${text.image.emptyLayer}</span>
  </li>`;
}

/** A command with its noise taken away; as it was recorded when pointed at. */
function commandLine(entry: HistoryView | undefined): TemplateResult {
  if (entry?.createdBy === undefined) {
    return html`<code class="command"><span class="muted">${text.layers.noHistory}</span></code>`;
  }
  const { command, createdBy } = entry;
  return html`<code class="command" title=${createdBy}
    >${
      command && command.instruction !== ""
        ? html`<b>${command.instruction}</b> ${command.arguments}`
        : (command?.arguments ?? createdBy)
    }</code
  >`;
}

function sizeOf(layer: LayerView): number {
  return Math.max(layer.unpackedSize ?? 0, layer.actualSize ?? 0);
}

interface LayerState {
  readonly range: LayerRange | undefined;
  readonly open: boolean;
  /** Bytes of the largest layer. */
  readonly largest: number;
}

function layerItem(
  image: ImageView,
  layer: LayerView,
  { range, open, largest }: LayerState,
  actions: LayerActions,
): TemplateResult {
  const history = layer.history === undefined ? undefined : image.history[layer.history];
  const { diffId } = layer;
  // One chip says it all, unless the diff ID comes out otherwise than the blob.
  const apart =
    diffId.status !== layer.verification.status &&
    (diffId.status === "mismatch" || layer.verification.status === "verified") &&
    diffId.reason !== "pending";
  const reason = layer.verification.reason === "pending" ? undefined : reasonOf(layer.verification);
  const id = `layer-${layer.number}`;
  const shown = range !== undefined && isShown(range, layer.number);
  const { more } = actions;
  const what = html`<span class="number"
      ><span class="spoken">${text.layers.layer} </span>${layer.number}</span
    >
    ${commandLine(history)}`;
  return html`<li
    class="layer ${hue(layer.number)} ${shown ? "shown" : ""}"
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
      ${
        more
          ? html`<button
              class="quiet pick"
              type="button"
              aria-pressed=${shown ? "true" : "false"}
              title=${text.layers.pick}
              @click=${(event: MouseEvent) => {
                more.select(layer.number, event.shiftKey ? "extend" : "only");
              }}
            >
              ${what}
            </button>`
          : html`<span class="pick">${what}</span>`
      }
      ${status(layer.verification.status)}
    </div>
    <div class="sub">
      ${layer.digest ? digest(actions.copy, layer.digest, text.layers.digest) : nothing}
      ${sizes(layer)}
    </div>
    <div class="sub">${sizeBar(layer, largest)} ${changeCounts(layer)}</div>
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

// Stored within unpacked, both against the largest layer: what the words beside it say.
function sizeBar(layer: LayerView, largest: number): TemplateResult {
  const part = (bytes: number | undefined) =>
    `${largest > 0 ? ((bytes ?? 0) / largest) * 100 : 0}%`;
  return html`<span class="size-bar" aria-hidden="true"
    ><i class="unpacked" ${cssom({ width: part(sizeOf(layer)) })}></i
    ><i class="stored" ${cssom({ width: part(layer.actualSize) })}></i
  ></span>`;
}

function changeCounts(layer: LayerView): TemplateResult | typeof nothing {
  const { changes } = layer;
  if (!changes) return nothing;
  const { added, modified, removed } = changes;
  const chip = (change: "added" | "modified" | "removed", n: number) =>
    html`<span
      class="change ${change} ${n === 0 ? "zero" : ""}"
      title=${text.changes.count(change, n)}
      ><span aria-hidden="true">${text.changes.sign[change]}${count(n)}</span
      ><span class="spoken">${text.changes.count(change, n)}</span></span
    >`;
  return html`<span class="changes"
    >${chip("added", added)} ${chip("modified", modified)} ${chip("removed", removed)}</span
  >`;
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

function details(layer: LayerView, actions: LayerActions): TemplateResult {
  const { copy, more } = actions;
  const { verification: stored, diffId } = layer;
  return html`${
      more
        ? html`<div class="layer-actions">
            <button
              type="button"
              @click=${() => {
                more.select(layer.number, "up-to");
              }}
            >
              ${text.layers.upTo}
            </button>
            <button
              type="button"
              ?disabled=${layer.unpackedSize === undefined}
              @click=${() => {
                more.download(layer.number);
              }}
            >
              ${text.layers.download}
            </button>
          </div>`
        : nothing
    }
    <dl class="properties">
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
