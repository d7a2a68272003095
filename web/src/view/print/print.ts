import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { findingsStyle } from "../../styles/findings.js";
import { keysStyle } from "../../styles/keys.js";
import { printStyle } from "../../styles/print.js";
import { sheetStyle } from "../../styles/sheet.js";
import { tagStyle } from "../../styles/tag.js";
import { overviewText } from "../../text/overview.js";
import { printText } from "../../text/print.js";
import { text } from "../../text.js";
import { allFindings, findings } from "../findings.js";
import { bytes, compression, exactBytes, formats } from "../format.js";
import { imageLines, imageName } from "../images.js";
import { layerLines, outcome } from "../layers.js";
import { drawWhole } from "../long-list.js";
import { imageDetails } from "../overview/image.js";
import { imageRow, imageTable } from "../overview/table.js";
import { digest, property as fact } from "../parts.js";
import type {
  CacheKeyView,
  HistoryView,
  ImageView,
  LayerView,
  Report,
  StatusCounts,
} from "../types.js";

const COUNTS = [
  ["verified", "verified"],
  ["mismatch", "mismatch"],
  ["missing", "missing"],
  ["not-checked", "notChecked"],
] as const;

const CHANGES = ["added", "modified", "removed"] as const;

/** Nothing is copied from paper. */
const COPY = () => undefined;

/** The report on paper: overview, layers and keys of the chosen image, nothing cut off. */
export class OciLensPrint extends LitElement {
  static override styles = [base, sheetStyle, tagStyle, keysStyle, findingsStyle, printStyle];

  @property({ attribute: false }) report!: Report;
  @property({ attribute: false }) image: ImageView | undefined;
  /** What the archive is called. */
  @property() name = "";
  @property({ type: Boolean }) scanning = false;

  protected override update(changed: PropertyValues<this>): void {
    drawWhole(() => {
      super.update(changed);
    });
  }

  protected override render(): TemplateResult {
    const { report, image, name } = this;
    const found = allFindings(report);
    return html`<h1>${name}</h1>
      <p>${about(report)}</p>
      ${this.scanning ? html`<p class="missing">${printText.reading}</p>` : nothing}
      <dl class="properties">
        ${fact(text.verification.blobs, counts(report.totals.blobs))}
        ${fact(text.verification.diffIds, counts(report.totals.diffIds))}
      </dl>
      ${
        found.length > 0
          ? html`<h2>${printText.findings}</h2>
              ${findings(found, COPY)}`
          : nothing
      }
      <h2>${printText.images}</h2>
      ${imageTable(imageLines(report), (line) => imageRow(line, image?.number))}
      ${image ? this.#image(image) : nothing}`;
  }

  #image(image: ImageView): TemplateResult {
    return html`<h2>${printText.image(imageName(image))}</h2>
      ${imageDetails(image, this.report, COPY)}
      ${
        image.layers.length > 0
          ? html`<h2>${printText.layers}</h2>
              <ol class="layers">
                ${layerLines(image).map((line) =>
                  "step" in line ? step(line.step) : layer(line.layer, image),
                )}
              </ol>`
          : nothing
      }
      ${
        image.cacheKeys.length > 0
          ? html`<h2>${printText.keys}</h2>
              ${image.cacheKeys.map(cacheKey)}`
          : nothing
      }`;
  }
}

function about({ archive, totals }: Report): string {
  return [
    formats(archive.formats),
    text.container[archive.container],
    bytes(archive.size),
    text.members(archive.members),
    overviewText.layers(totals.layers),
    overviewText.stored(totals.storedSize),
    overviewText.unpacked(totals.unpackedSize),
  ].join(" · ");
}

function counts(statuses: StatusCounts): string {
  return COUNTS.map(([status, key]) => `${statuses[key]} ${text.status(status)}`).join(", ");
}

function command(entry: HistoryView | undefined): TemplateResult {
  return html`<code class="command"
    >${entry?.command === undefined ? (entry?.createdBy ?? text.layers.noHistory) : commandText(entry)}</code
  >`;
}

function commandText({ command: known }: HistoryView): string {
  return [known?.instruction, known?.arguments].filter(Boolean).join(" ");
}

function step(entry: HistoryView): TemplateResult {
  return html`<li class="step">
    ${command(entry)} <span class="muted">${text.image.emptyLayer}</span>
  </li>`;
}

function layer(view: LayerView, image: ImageView): TemplateResult {
  const { number, verification, diffId, chainId, actualSize, unpackedSize, changes } = view;
  const sizes = [
    ...(actualSize === undefined ? [] : [text.layers.stored(exactBytes(actualSize))]),
    ...(view.compression === undefined ? [] : [compression(view.compression)]),
    ...(unpackedSize === undefined ? [] : [text.layers.unpacked(exactBytes(unpackedSize))]),
  ];
  return html`<li class="layer" data-layer=${number}>
    <h3>
      ${printText.layer(number)}
      ${command(view.history === undefined ? undefined : image.history[view.history])}
    </h3>
    <dl class="properties">
      ${fact(text.layers.digest, outcome(verification, COPY, text.layers.digest))}
      ${fact(text.layers.diffId, outcome(diffId, COPY, text.layers.diffId))}
      ${fact(text.layers.chainId, chainId && digest(COPY, chainId, text.layers.chainId))}
      ${fact(text.layers.mediaType, view.mediaType)}
      ${fact(printText.sizes, sizes.join(", ") || undefined)}
      ${fact(
        printText.changes,
        changes && CHANGES.map((change) => text.changes.count(change, changes[change])).join(", "),
      )}
    </dl>
  </li>`;
}

function cacheKey(key: CacheKeyView): TemplateResult {
  return html`<div class="key">
    <h3>
      ${printText.key.index(key.index)} <span class="muted">${printText.key.kind[key.kind]}</span>
    </h3>
    <dl class="properties">
      ${fact(printText.key.reference, key.reference && html`<code>${key.reference}</code>`)}
      ${fact(printText.key.key, html`<code>${key.key}</code>`)}
      ${fact(
        printText.key.preimage,
        key.preimage === undefined ? undefined : html`<code class="exact">${key.preimage}</code>`,
      )}
    </dl>
  </div>`;
}

customElements.define("oci-lens-print", OciLensPrint);
