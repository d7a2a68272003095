import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { rawStyle } from "../../styles/raw.js";
import { rawText } from "../../text/raw.js";
import { text } from "../../text.js";
import { bytes } from "../format.js";
import { statusIcon } from "../icons.js";
import { longList } from "../long-list.js";
import { tableSource, type TableSource } from "../table.js";
import type { BlobView, Report, Status } from "../types.js";
import { ViewElement } from "../view-element.js";
import { documentsOf, type DocumentLine } from "./documents.js";
import "./blob.js";

const STATUSES: readonly Status[] = ["verified", "mismatch", "missing", "not-checked"];

/** Pixels that a document usually takes. */
const LINE = 30;

/** The archive as it is stored: its documents, and every blob with who refers to it. */
export class OciLensRaw extends ViewElement {
  static override styles = [base, rawStyle];

  #documents: readonly DocumentLine[] = [];
  @state() private source: TableSource<unknown> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("place");
    if (changed.has("report")) this.#documents = documentsOf(this.report);
    if (changed.has("report") || (before && before.status !== this.place.status)) {
      this.source = this.#table(this.report, this.place.status);
    }
  }

  #table(report: Report, status: Status | undefined): TableSource<unknown> {
    const { columns } = rawText;
    const names = new Map(this.#documents.map(({ key, name }) => [key, name]));
    const list = report.blobs.filter(
      ({ verification }) => status === undefined || verification.status === status,
    );
    return tableSource<BlobView>({
      columns: [
        {
          label: columns.digest,
          width: "minmax(120px, 1fr)",
          cell: ({ digest, member }) =>
            html`<code title=${digest ?? ""}>${digest ?? member}</code>`,
        },
        {
          label: columns.what,
          width: "minmax(0, 1fr)",
          spare: true,
          cell: ({ digest, mediaType, referencedBy }) =>
            (digest === undefined ? undefined : names.get(digest)) ??
            [...new Set(referencedBy.map(({ role }) => rawText.role(role)))].join(", ") +
              (mediaType === undefined ? "" : ` · ${mediaType}`),
        },
        {
          label: columns.size,
          width: "84px",
          end: true,
          cell: ({ actualSize, size }) => bytes(actualSize ?? size ?? 0),
        },
        {
          label: columns.outcome,
          width: "118px",
          cell: ({ verification }) =>
            html`<span class="outcome ${verification.status}"
              >${statusIcon(verification.status)} ${text.status(verification.status)}</span
            >`,
        },
        {
          label: columns.by,
          width: "108px",
          spare: true,
          cell: ({ referencedBy }) =>
            referencedBy.length === 0
              ? html`<span class="tag">${rawText.unreferenced}</span>`
              : rawText.by(new Set(referencedBy.map(({ document }) => document)).size),
        },
      ],
      rows: (offset, limit) =>
        Promise.resolve({ total: list.length, rows: list.slice(offset, offset + limit) }),
      choose: ({ digest }) => {
        if (digest !== undefined) this.host.go({ blob: digest });
      },
      mark: ({ digest, verification }) => `${digest ?? ""} ${verification.status}`,
    });
  }

  protected override render(): TemplateResult {
    const { place } = this;
    return html`<nav
        class="documents ${place.blob === undefined ? "" : "aside"}"
        aria-label=${rawText.documents}
      >
        <h2>${rawText.documents}</h2>
        <ul>
          ${longList([undefined, ...this.#documents], (line) => this.#line(line), LINE)}
        </ul>
      </nav>
      <div class="content">
        ${place.blob === undefined ? this.#store() : this.#blob(place.blob)}
      </div>`;
  }

  /** A document of the list, or the content store. */
  #line(line: DocumentLine | undefined): TemplateResult {
    const { key, depth = 0 } = line ?? {};
    return html`<li class="d${depth}">
      <button
        class="quiet"
        type="button"
        data-document=${key ?? nothing}
        title=${key ?? nothing}
        aria-current=${this.place.blob === key ? "true" : "false"}
        @click=${() => {
          this.host.go({ blob: key });
        }}
      >
        <span class="clip">${line?.name ?? rawText.blobs}</span>
        ${this.#note(line)}
      </button>
    </li>`;
  }

  #note(line: DocumentLine | undefined): TemplateResult | typeof nothing {
    const note = line ? line.note : rawText.blobsNote(this.report.blobs.length);
    return note === undefined ? nothing : html`<span class="muted clip">${note}</span>`;
  }

  #store(): TemplateResult {
    const { status } = this.place;
    const choose = (chosen: Status | undefined) => () => {
      this.host.go({ status: chosen });
    };
    return html`<div class="bar" role="group" aria-label=${rawText.filter}>
        <span class="muted">${rawText.filter}</span>
        <button type="button" aria-pressed=${status === undefined} @click=${choose(undefined)}>
          ${rawText.all}
        </button>
        ${STATUSES.map(
          (value) =>
            html`<button
              type="button"
              class=${value}
              data-filter=${value}
              aria-pressed=${status === value}
              @click=${choose(value)}
            >
              ${statusIcon(value)} ${text.status(value)}
            </button>`,
        )}
      </div>
      <oci-lens-table
        .source=${this.source}
        label=${rawText.blobs}
        none=${rawText.none}
      ></oci-lens-table>`;
  }

  #blob(blob: string): TemplateResult {
    return html`<oci-lens-blob
      .archive=${this.archive}
      .report=${this.report}
      .image=${this.image}
      .place=${this.place}
      .host=${this.host}
      .blob=${blob}
    ></oci-lens-blob>`;
  }
}

customElements.define("oci-lens-raw", OciLensRaw);
