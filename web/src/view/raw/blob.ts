import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { rawStyle } from "../../styles/raw.js";
import { sheetStyle } from "../../styles/sheet.js";
import { rawText } from "../../text/raw.js";
import { text } from "../../text.js";
import { exactBytes } from "../format.js";
import { longList } from "../long-list.js";
import { digest, property as fact, verification } from "../parts.js";
import type { BlobView, DocumentView, StatementDetail } from "../types.js";
import { ViewElement } from "../view-element.js";
import { isJson } from "./documents.js";
import { packageTable, statement } from "./statement.js";
import type { TableSource } from "../table.js";
import "../table.js";
import "../text-lines.js";

/** Larger blobs are no documents. */
const DOCUMENT_BYTES = 32 << 20;

/** Pixels that a line of references usually takes. */
const LINE = 21;

type Form = "readable" | "json" | "bytes";

/** One blob or root document: what is known of it, and what it says. */
export class OciLensBlob extends ViewElement {
  static override styles = [base, sheetStyle, rawStyle];

  /** Digest, or the name of a root document. */
  @property() blob = "";

  @state() private document: DocumentView | undefined;
  @state() private statement: StatementDetail | undefined;
  @state() private form: Form = "json";
  @state() private problem: string | undefined;
  @state() private filter = "";

  #packages: TableSource<unknown> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("blob") || changed.has("archive")) void this.#read();
  }

  get #view(): BlobView | undefined {
    return this.report.blobs.find((view) => view.digest === this.blob);
  }

  async #read(): Promise<void> {
    const { archive, blob } = this;
    const view = this.#view;
    this.document = undefined;
    this.statement = undefined;
    this.problem = undefined;
    this.filter = "";
    this.form = "json";
    if (view && !isDocument(view)) return;
    const current = () => archive === this.archive && blob === this.blob;
    try {
      const document = await archive.document(blob);
      if (!current()) return;
      this.document = document;
      if (!view || !mayBeStatement(view)) return;
      const found = await archive.statement(blob).catch(() => undefined);
      if (!current() || !found) return;
      this.statement = found;
      this.#packages = found.packages && packageTable(found.packages, "");
      this.form = "readable";
    } catch (error) {
      if (current()) this.problem = messageOf(error);
    }
  }

  protected override render(): TemplateResult {
    const view = this.#view;
    return html`<div class="facts">${this.#facts(view)}</div>
      ${
        this.problem === undefined
          ? nothing
          : html`<p class="mismatch" role="alert">${this.problem}</p>`
      }
      ${this.#body(view)}`;
  }

  #facts(view: BlobView | undefined): TemplateResult {
    const { copy } = this.host;
    return html`<div class="title">
        <button
          type="button"
          @click=${() => {
            this.host.go({ blob: undefined });
          }}
        >
          ← ${rawText.back}
        </button>
        ${view?.digest ? digest(copy, view.digest, rawText.columns.digest) : html`<code>${this.blob}</code>`}
        ${view ? verification(view.verification) : nothing}
        ${
          view?.actualSize === undefined
            ? nothing
            : html`<button type="button" @click=${() => void this.#save()}>${rawText.save}</button>`
        }
      </div>
      ${
        view
          ? html`<dl class="properties">
              ${fact(rawText.mediaType, view.mediaType)}
              ${fact(
                rawText.columns.size,
                view.actualSize === undefined ? undefined : exactBytes(view.actualSize),
              )}
              ${fact(rawText.member, view.member)}
              ${fact(
                rawText.referredBy,
                view.referencedBy.length === 0
                  ? rawText.unreferenced
                  : html`<ul>
                      ${longList(view.referencedBy, (by) => this.#reference(by), LINE)}
                    </ul>`,
              )}
            </dl>`
          : nothing
      }`;
  }

  #reference({ document, role }: BlobView["referencedBy"][number]): TemplateResult {
    return html`<li>
      <button
        class="link"
        type="button"
        @click=${() => {
          this.host.go({ blob: document });
        }}
      >
        ${document}
      </button>
      <span class="muted">${rawText.role(role)}</span>
    </li>`;
  }

  #body(view: BlobView | undefined): TemplateResult {
    const { document } = this;
    if (!document) {
      if (view?.verification.status === "missing") return note(rawText.missing);
      if (view && !isDocument(view)) return note(rawText.tooLarge);
      return this.problem === undefined ? note(text.loading) : html``;
    }
    const forms: Form[] = [...(this.statement ? (["readable"] as const) : []), "json", "bytes"];
    return html`<div class="bar" role="group">
        ${forms.map(
          (form) =>
            html`<button
              type="button"
              data-form=${form}
              aria-pressed=${form === this.form ? "true" : "false"}
              @click=${() => {
                this.form = form;
              }}
            >
              ${rawText[form]}
            </button>`,
        )}
        ${
          document.problem === undefined
            ? nothing
            : html`<span class="mismatch">${rawText.problem}: ${document.problem}</span>`
        }
      </div>
      ${this.form === "readable" && this.statement ? this.#statement(this.statement) : this.#text(document)}`;
  }

  #statement(detail: StatementDetail): TemplateResult {
    return statement(detail, this.host.copy, this.#packages, this.filter, (filter) => {
      this.filter = filter;
      if (detail.packages) this.#packages = packageTable(detail.packages, filter);
    });
  }

  #text(document: DocumentView): TemplateResult {
    const digests = new Set(this.report.blobs.map((view) => view.digest));
    return html`<oci-lens-text-lines
      .text=${this.form === "bytes" ? document.raw : document.pretty}
      .language=${document.problem === undefined ? "json" : "plain"}
      .label=${document.name}
      .follow=${(found: string) =>
        digests.has(found) && found !== this.blob
          ? () => {
              this.host.go({ blob: found });
            }
          : undefined}
    ></oci-lens-text-lines>`;
  }

  async #save(): Promise<void> {
    try {
      const bytes = await this.archive.blob(this.blob);
      await this.host.save(this.blob.replace(":", "-"), bytes);
    } catch (error) {
      this.problem = messageOf(error);
    }
  }
}

function note(words: string): TemplateResult {
  return html`<p class="none">${words}</p>`;
}

function isDocument({ mediaType, actualSize = 0, referencedBy }: BlobView): boolean {
  if (actualSize > DOCUMENT_BYTES) return false;
  if (isJson(mediaType)) return true;
  return (
    mediaType === undefined &&
    (referencedBy.length === 0 || referencedBy.some(({ role }) => role !== "layer"))
  );
}

function mayBeStatement({ mediaType = "" }: BlobView): boolean {
  return /in-toto|dsse|spdx|cyclonedx/.test(mediaType);
}

customElements.define("oci-lens-blob", OciLensBlob);
