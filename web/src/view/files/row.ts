import { html, nothing, type TemplateResult } from "lit";

import { text as words } from "../../text.js";
import { text } from "../../text/files.js";
import { cssom } from "../cssom.js";
import { bytes, exactBytes, exactTime, time } from "../format.js";
import { infoIcon, nodeIcon, sortIcon, twistyIcon } from "../icons.js";
import { hue } from "../parts.js";
import { lossy } from "../place.js";
import type { Change, RowView, SortKey } from "../types.js";
import type { Arrangement } from "./query.js";
import { stretches } from "./stretches.js";

/** Deeper rows are not indented further, so that their names can still be read. */
const DEEPEST_INDENT = 24;

/** What a change is marked with beside its colour. */
export const MARK: Readonly<Record<Change, string>> = {
  added: "+",
  modified: "~",
  removed: "−",
  unchanged: "",
};

/** How rows are shown. */
export interface RowLook {
  /** Whether a column tells what changed. */
  readonly changes: boolean;
  /** Whether mode, owner and time have columns. */
  readonly attributes: boolean;
  /** Whether folders tell the size of what they hold. */
  readonly totals: boolean;
  /** Whether folders have a button for their details, because a tap opens them. */
  readonly info: boolean;
}

/** Where a row is, and what it has of the user's attention. */
export interface RowSpot {
  readonly index: number;
  readonly top: number;
  readonly tabIndex: 0 | -1;
  readonly chosen: boolean;
}

/** The heads of the columns, which sort. */
export function gridHead(
  { changes, attributes, info }: RowLook,
  { sort, descending }: Arrangement,
  sortBy: (key: SortKey) => void,
): TemplateResult {
  const column = (key: SortKey, kind = "") =>
    html`<span
      role="columnheader"
      class="${key} ${kind}"
      aria-sort=${sort === key ? (descending ? "descending" : "ascending") : nothing}
      ><button
        type="button"
        data-sort=${key}
        @click=${() => {
          sortBy(key);
        }}
      >
        ${text.column(key)}${sort === key ? sortIcon(descending) : nothing}
      </button></span
    >`;
  const spoken = (kind: string, name: string) =>
    html`<span role="columnheader" class=${kind}><span class="spoken">${name}</span></span>`;
  return html`<div class="head" role="row" aria-rowindex="1">
    ${changes ? spoken("change", text.changeColumn) : nothing} ${column("name")}
    ${column("size", "end")}
    ${attributes ? html`${column("mode")} ${column("owner")} ${column("modified")}` : nothing}
    ${column("layer")} ${info ? spoken("info", text.detailsColumn) : nothing}
  </div>`;
}

/** What the rows lie in: as high as all of them, and busy while some in sight are not there. */
export function rowGroup(
  rows: unknown,
  { height, missing }: { height: number; missing: boolean },
): TemplateResult {
  return html`<div
    class="rows"
    role="rowgroup"
    aria-busy=${missing ? "true" : nothing}
    ${cssom({ height: `${height}px` })}
  >
    ${rows}
  </div>`;
}

/** Tells the row of a path by its exact bytes. */
export function chosenBy(path: Uint8Array | undefined): (row: RowView) => boolean {
  if (!path) return () => false;
  const hex = Array.from(path, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const plain = lossy(path);
  return (row) => (row.pathHex === undefined ? row.path === plain : row.pathHex === hex);
}

// One template for rows known and not yet known: the element stays, and so does the focus.
export function rowTemplate(
  row: RowView | undefined,
  { index, top, tabIndex, chosen }: RowSpot,
  look: RowLook,
): TemplateResult {
  const known = (value: string | number | undefined) => value ?? nothing;
  return html`<div
    class="row ${row?.type ?? "waiting"} ${row?.highlighted ? "highlighted" : ""} ${look.changes ? (row?.change ?? "") : ""} ${index % 2 === 1 ? "odd" : ""}"
    role="row"
    aria-busy=${row ? nothing : "true"}
    aria-level=${known(row?.level)}
    aria-posinset=${known(row?.position)}
    aria-setsize=${known(row?.siblings)}
    aria-expanded=${row?.expandable ? (row.expanded ? "true" : "false") : nothing}
    aria-rowindex=${index + 2}
    aria-selected=${chosen ? "true" : "false"}
    tabindex=${tabIndex}
    data-index=${index}
    data-path=${known(row?.path)}
    data-path-hex=${known(row?.pathHex)}
    data-type=${known(row?.type)}
    data-mode=${known(row?.mode)}
    data-uid=${known(row?.uid)}
    data-gid=${known(row?.gid)}
    data-size=${known(row?.size)}
    data-total-size=${known(row?.totalSize)}
    data-change=${known(row?.change)}
    data-mtime-ns=${known(row?.mtimeNs)}
    data-layer=${known(row?.layer)}
    data-link-name=${known(row?.linkName)}
    data-hardlink-to=${known(row?.hardlinkTo)}
    data-device=${known(row?.device?.join(":"))}
    ${cssom({ transform: `translateY(${top}px)` })}
  >
    ${row ? cells(row, look) : placeholder(look)}
  </div>`;
}

const placeholder = ({ changes }: RowLook) =>
  html`${changes ? html`<span></span>` : nothing}
    <span role="gridcell" class="name"><i></i><span class="spoken">${text.loading}</span></span>`;

function cells(row: RowView, look: RowLook): TemplateResult {
  return html`${
      look.changes
        ? html`<span role="gridcell" class="change"
            ><span class="mark" aria-hidden="true">${MARK[row.change]}</span
            ><span class="spoken">${text.change(row.change)}</span></span
          >`
        : nothing
    }<span role="gridcell" class="name" title=${row.name} ${indent(row)}
      ><span class="twisty ${row.expanded ? "open" : ""}" aria-hidden="true"
        >${row.expandable ? twistyIcon : nothing}</span
      ><span class="type" title=${words.nodeType(row.type)}>${nodeIcon(row.type)}</span
      ><bdi class="label">${name(row)}</bdi>${link(row)}${
        row.highlighted
          ? html`<span class="flag" title=${text.highlighted}
              ><span aria-hidden="true">◂</span
              ><span class="spoken">${text.highlighted}</span></span
            >`
          : nothing
      }</span
    ><span role="gridcell" class="end size" title=${sizeTitle(row)}>${sizeText(row, look)}</span>${
      look.attributes ? attributes(row) : nothing
    }<span role="gridcell" class="layer">${layerChip(row)}</span>${
      look.info ? html`<span role="gridcell" class="info">${info(row)}</span>` : nothing
    }`;
}

// No custom property of the row: all elements in it would be styled anew with each change.
function indent({ level }: RowView) {
  const steps = Math.min(level, DEEPEST_INDENT) - 1;
  return cssom({ "padding-left": `calc(${steps} * var(--step))` });
}

function info(row: RowView): TemplateResult | typeof nothing {
  if (!row.expandable) return nothing;
  return html`<button
    class="quiet"
    type="button"
    tabindex="-1"
    aria-label=${text.details(row.name)}
  >
    ${infoIcon}
  </button>`;
}

function attributes(row: RowView): TemplateResult {
  const owner = `${row.uid}:${row.gid}`;
  return html`<span role="gridcell" class="mode">${row.modeText}</span
    ><span role="gridcell" class="owner" title=${owner}>${owner}</span
    ><span
      role="gridcell"
      class="modified"
      title=${row.mtimeNs === undefined ? nothing : exactTime(row.mtimeNs)}
      >${row.mtimeNs === undefined ? "" : time(row.mtimeNs)}</span
    >`;
}

function name(row: RowView): unknown {
  if (!row.matches?.length) return row.name;
  return stretches(row.name, row.matches).map((stretch) =>
    stretch.matched ? html`<mark>${stretch.text}</mark>` : stretch.text,
  );
}

function link({ linkName, hardlinkTo, holds }: RowView): TemplateResult | typeof nothing {
  if (holds !== undefined) return html`<span class="target">${text.paths(holds)}</span>`;
  if (linkName !== undefined) {
    return html`<span class="target"
      ><span aria-hidden="true">→</span><span class="spoken"> ${text.linkTo} </span
      ><bdi class="exact">${linkName}</bdi></span
    >`;
  }
  if (hardlinkTo === undefined) return nothing;
  return html`<bdi class="target">${text.hardlinkTo(hardlinkTo)}</bdi>`;
}

function sizeText(row: RowView, { totals }: RowLook): string {
  if (row.type === "file") return bytes(row.size);
  if (row.type === "dir") return totals ? bytes(row.totalSize) : "";
  return row.device ? row.device.join(", ") : "";
}

function sizeTitle(row: RowView): string | typeof nothing {
  if (row.type === "file") return exactBytes(row.size);
  if (row.type === "dir") return exactBytes(row.totalSize);
  return row.device ? text.device(...row.device) : nothing;
}

function layerChip({ layer }: RowView): TemplateResult {
  if (layer === undefined) return html`<span class="muted" title=${text.implied}>–</span>`;
  return html`<span class="number ${hue(layer)}" title=${text.layer(layer)}>${layer}</span>`;
}
