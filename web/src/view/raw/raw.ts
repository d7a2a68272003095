import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { rawStyle } from "../../styles/raw.js";
import { rawText } from "../../text/raw.js";
import { text } from "../../text.js";
import { bytes } from "../format.js";
import { statusIcon } from "../icons.js";
import { tableSource, type TableSource } from "../table.js";
import type { BlobView, Report, Status } from "../types.js";
import { ViewElement } from "../view-element.js";
import { documentsOf } from "./documents.js";
import "./blob.js";

const STATUSES: readonly Status[] = ["verified", "mismatch", "missing", "not-checked"];

/** The archive as it is stored: its documents, and every blob with who refers to it. */
export class OciLensRaw extends ViewElement {
  static override styles = [base, rawStyle];

  @state() private source: TableSource<unknown> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("place");
    if (changed.has("report") || (before && before.status !== this.place.status)) {
      this.source = this.#table(this.report, this.place.status);
    }
  }

  #table(report: Report, status: Status | undefined): TableSource<unknown> {
    const { columns } = rawText;
    const names = new Map(documentsOf(report).map(({ key, name }) => [key, name]));
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
              ? html`<span class="tagged">${rawText.unreferenced}</span>`
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
    const { report, place } = this;
    return html`<nav class="documents" aria-label=${rawText.documents}>
        <h2>${rawText.documents}</h2>
        <ul>
          <li>
            <button
              class="quiet"
              type="button"
              aria-current=${place.blob === undefined ? "true" : "false"}
              @click=${() => {
                this.host.go({ blob: undefined });
              }}
            >
              ${rawText.blobs} <span class="muted">${rawText.blobsNote(report.blobs.length)}</span>
            </button>
          </li>
          ${documentsOf(report).map(
            ({ key, name, depth, note }) =>
              html`<li class="d${depth}">
                <button
                  class="quiet"
                  type="button"
                  data-document=${key}
                  title=${key}
                  aria-current=${place.blob === key ? "true" : "false"}
                  @click=${() => {
                    this.host.go({ blob: key });
                  }}
                >
                  <span class="clip">${name}</span>
                  ${note === undefined ? nothing : html`<span class="muted clip">${note}</span>`}
                </button>
              </li>`,
          )}
        </ul>
      </nav>
      <div class="content">
        ${place.blob === undefined ? this.#store() : this.#blob(place.blob)}
      </div>`;
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
