import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { checksumStyle } from "../../styles/checksum.js";
import { checksumText } from "../../text/checksum.js";
import type { OpenedArchive } from "../api.js";
import { copyButton, digest, property as line, type Copy } from "../parts.js";
import { samePath } from "../place.js";
import type { ChecksumRecord, ChecksumView, HashedObject, LayerRange } from "../types.js";
import { Loading, loadingLine } from "./loading.js";

/** The content checksum of a path, computed when it is asked for. */
export class OciLensChecksum extends LitElement {
  static override styles = [base, checksumStyle];

  @property({ attribute: false }) archive!: OpenedArchive;
  /** Number of the image. */
  @property({ attribute: false }) image = 0;
  @property({ attribute: false }) path = new Uint8Array();
  @property({ attribute: false }) range: LayerRange | undefined;
  /** Counts up whenever more layers are applied. */
  @property({ attribute: false }) revision = 0;
  /** Whether layers are still being read. */
  @property({ attribute: false }) scanning = false;
  /** Whether layers are only listed, and not read. */
  @property({ attribute: false }) listed = false;
  @property({ attribute: false }) copy!: Copy;

  @state() private result: ChecksumView | undefined;

  @query("[name=follow]") private follow!: HTMLInputElement | null;
  @query("[name=include]") private include!: HTMLTextAreaElement | null;
  @query("[name=exclude]") private exclude!: HTMLTextAreaElement | null;

  readonly #loading = new Loading(this);

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("path");
    const isOther =
      changed.has("archive") ||
      changed.has("image") ||
      (changed.has("range") && !sameRange(changed.get("range"), this.range)) ||
      changed.has("revision") ||
      (changed.has("path") && !samePath(before, this.path));
    if (!isOther) return;
    this.#loading.stop();
    this.result = undefined;
  }

  readonly #compute = (): void => {
    const { archive, image, path, range } = this;
    const what = {
      path,
      ...(range ? { range } : {}),
      follow: this.follow?.checked ?? true,
      include: this.include?.value ?? "",
      exclude: this.exclude?.value ?? "",
    };
    this.result = undefined;
    void this.#loading.run(async (watched) => {
      const result = await archive.checksum(image, what, watched);
      if (!watched.signal.aborted) this.result = result;
    });
  };

  protected override render(): TemplateResult {
    const { result, range, scanning, listed } = this;
    const waits = scanning ? checksumText.waits : listed ? checksumText.listed : undefined;
    return html`<section aria-labelledby="checksum" data-section="checksum">
      <div class="section-head">
        <h3 id="checksum">${checksumText.title}</h3>
        <span class="muted">${checksumText.lead}</span>
      </div>
      ${range ? html`<p class="muted">${checksumText.range(range.first, range.last)}</p>` : nothing}
      <div class="actions">
        <button
          type="button"
          data-action="checksum"
          ?disabled=${waits !== undefined || this.#loading.running}
          @click=${this.#compute}
        >
          ${checksumText.compute}
        </button>
        ${waits === undefined ? nothing : html`<span class="muted">${waits}</span>`}
      </div>
      <details class="options">
        <summary>${checksumText.options}</summary>
        <label class="check"
          ><input type="checkbox" name="follow" checked />${checksumText.follow}</label
        >
        <label
          >${checksumText.include}<textarea name="include" spellcheck="false"></textarea>
        </label>
        <label
          >${checksumText.exclude}<textarea name="exclude" spellcheck="false"></textarea>
        </label>
      </details>
      ${loadingLine(this.#loading, checksumText.computing, this.#compute)}
      <div role="status">
        ${
          result
            ? html`<dl>
                ${line(checksumText.checksum, digest(this.copy, result.digest, checksumText.checksum))}
                ${line(checksumText.madeOf, checksumText.kind(result.kind))}
              </dl>`
            : nothing
        }
      </div>
      ${result ? this.#result(result) : nothing}
    </section>`;
  }

  #result(view: ChecksumView): TemplateResult {
    const records = view.records ?? [];
    return html`${view.object ? this.#object(view.object) : nothing}
      ${view.object ? fields(view.object) : nothing}
      ${view.recordCount > 0 ? this.#records(records, view.recordCount) : nothing}
      <p class="muted">${checksumText.read(view.files, view.bytes)}</p>`;
  }

  #object(object: HashedObject): TemplateResult {
    return html`<dl>
      ${line(checksumText.of, html`<bdi class="mono">/${object.path.path}</bdi>`)}
      ${line(
        checksumText.header,
        html`<code data-header>${object.header}</code>${copyButton(
            this.copy,
            object.header,
            checksumText.headerLabel,
          )}`,
      )}
      ${line(
        checksumText.base64,
        html`<code data-header-base64>${object.headerBase64}</code>${copyButton(
            this.copy,
            object.headerBase64,
            checksumText.base64Label,
          )}`,
      )}
      ${
        object.type === "file"
          ? line(checksumText.content, checksumText.contentBytes(object.size))
          : nothing
      }
    </dl>`;
  }

  #records(records: readonly ChecksumRecord[], all: number): TemplateResult {
    const title = checksumText.records(all);
    return html`<details open>
      <summary>${title}</summary>
      <div class="table" tabindex="0" role="region" aria-label=${title}>
        <table>
          ${head(checksumText.recordColumns)}
          <tbody>
            ${records.map(
              ({ key, kind, digest: value, object }) =>
                html`<tr data-key=${key.path} data-kind=${kind}>
                  <td>
                    <bdi class="mono">${key.path === "" ? checksumText.ownPath : key.path}</bdi>
                  </td>
                  <td>${checksumText.recordKind(kind)}</td>
                  <td>${digest(this.copy, value, checksumText.checksum)}</td>
                  <td><code>${object.header}</code></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        all > records.length
          ? html`<p class="muted">${checksumText.more(all - records.length)}</p>`
          : nothing
      }
    </details>`;
  }
}

function sameRange(one: LayerRange | undefined, other: LayerRange | undefined): boolean {
  return one?.first === other?.first && one?.last === other?.last;
}

function fields(object: HashedObject): TemplateResult {
  return html`<details>
    <summary>${checksumText.fields}</summary>
    <div class="table" tabindex="0" role="region" aria-label=${checksumText.fields}>
      <table>
        ${head(checksumText.fieldColumns)}
        <tbody>
          ${object.fields.map(
            ({ name, value }) =>
              html`<tr>
                <td><code>${name}</code></td>
                <td>
                  ${
                    value === ""
                      ? html`<span class="muted">${checksumText.empty}</span>`
                      : html`<code>${value}</code>`
                  }
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function head(columns: readonly string[]): TemplateResult {
  return html`<thead>
    <tr>
      ${columns.map((label) => html`<th scope="col">${label}</th>`)}
    </tr>
  </thead>`;
}

if (!customElements.get("oci-lens-checksum")) {
  customElements.define("oci-lens-checksum", OciLensChecksum);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-checksum": OciLensChecksum;
  }
}
