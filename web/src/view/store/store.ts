import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { contentStore, type ContentInfo, type StorePlace } from "../../store.js";
import { base } from "../../styles/base.js";
import { storeStyle } from "../../styles/store.js";
import { storeText } from "../../text/store.js";
import { text } from "../../text.js";
import { bytes, created } from "../format.js";
import { statusIcon } from "../icons.js";
import { tableSource, type TableSource } from "../table.js";
import { ViewElement } from "../view-element.js";
import "./blob.js";
import "./garbage.js";
import "./ingests.js";

const PARTS = ["blobs", "ingests", "garbage"] as const;
type Part = (typeof PARTS)[number];

/** What this browser keeps, over the blobs of the opened archive. */
export class OciLensStore extends ViewElement {
  static override styles = [base, storeStyle];

  @state() private shown: Part = "blobs";
  @state() private placed: StorePlace | undefined;
  @state() private filter = "";
  @state() private problem: string | undefined;
  @state() private notes: readonly string[] = [];
  @state() private chosen: string | undefined;
  @state() private changes = 0;
  @state() private blobs: readonly ContentInfo[] | undefined;
  @state() private totals = { stored: 0, size: 0, below: 0 };
  @state() private keeping = false;

  readonly #store = contentStore();
  #source: TableSource<unknown> | undefined;
  #archiveBlobs = "";
  #reads = 0;

  readonly #onChange = (): void => {
    this.changes += 1;
    void this.#read();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#store.addEventListener("change", this.#onChange);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#store.removeEventListener("change", this.#onChange);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive")) this.chosen = undefined;
    if (changed.has("report")) void this.#below();
  }

  // A report is new whenever a layer was read; its blobs seldom are.
  async #below(): Promise<void> {
    const { blobs } = this.report;
    const mark = JSON.stringify(
      blobs.map(({ digest, actualSize, verification }) => [
        digest,
        actualSize,
        verification.status,
      ]),
    );
    if (mark === this.#archiveBlobs) return;
    this.#archiveBlobs = mark;
    try {
      await this.#store.setArchive(blobs);
    } catch (error) {
      this.#archiveBlobs = "";
      this.problem = messageOf(error);
      return;
    }
    await this.#read();
  }

  async #read(): Promise<void> {
    const { filter } = this;
    this.#reads += 1;
    const number = this.#reads;
    try {
      this.placed = await this.#store.place();
      const list = await this.#store.list(filter === "" ? [] : [filter]);
      // A later look has more to say.
      if (number !== this.#reads) return;
      this.problem = undefined;
      this.notes = list.notes ?? [];
      this.blobs = list.blobs;
      this.#source = this.#table(list.blobs);
      const stored = list.blobs.filter(({ readOnly }) => !readOnly);
      this.totals = {
        stored: stored.length,
        size: stored.reduce((sum, { size }) => sum + size, 0),
        below: list.blobs.length - stored.length,
      };
    } catch (error) {
      if (number === this.#reads) this.problem = messageOf(error);
    }
  }

  #table(blobs: readonly ContentInfo[]): TableSource<unknown> {
    const { columns } = storeText;
    return tableSource<ContentInfo>({
      columns: [
        {
          label: columns.digest,
          width: "minmax(120px, 1.2fr)",
          cell: ({ digest }) => html`<code title=${digest}>${digest}</code>`,
        },
        { label: columns.size, width: "84px", end: true, cell: ({ size }) => bytes(size) },
        {
          label: columns.stored,
          width: "196px",
          cell: (info) => {
            if (info.problem !== undefined) {
              return html`<span class="status mismatch"
                >${statusIcon("mismatch")} ${storeText.damaged}</span
              >`;
            }
            return info.created === undefined
              ? html`<span class="muted">${storeText.archiveOnly}</span>`
              : created(info.created);
          },
        },
        {
          label: columns.labels,
          width: "minmax(0, 1fr)",
          spare: true,
          cell: ({ labels, problem }) =>
            problem ?? labels.map(({ key, value }) => `${key}=${value}`).join(", "),
        },
      ],
      rows: (offset, limit) =>
        Promise.resolve({ total: blobs.length, rows: blobs.slice(offset, offset + limit) }),
      choose: ({ digest }) => {
        this.chosen = digest;
      },
      mark: ({ digest, readOnly, problem }) => {
        if (problem !== undefined) return `${digest} damaged`;
        return `${digest} ${readOnly ? "archive" : "stored"}`;
      },
    });
  }

  protected override render(): TemplateResult {
    const { image, keeping, placed } = this;
    const sentence = placed === undefined ? "" : storeText.place[placed];
    return html`<div class="head">
        <div class="parts" role="group" aria-label=${storeText.parts}>
          ${PARTS.map(
            (part) =>
              html`<button
                type="button"
                data-part=${part}
                aria-pressed=${part === this.shown ? "true" : "false"}
                @click=${() => {
                  this.shown = part;
                  this.chosen = undefined;
                }}
              >
                ${storeText[part]}
              </button>`,
          )}
        </div>
        <p class="lead">${storeText.lead}</p>
        ${
          image
            ? html`<button
                type="button"
                data-action="keep-image"
                title=${storeText.keepImageHelp}
                ?disabled=${keeping || placed === undefined}
                @click=${() => void this.#keepImage()}
              >
                ${storeText.keepImage}
              </button>`
            : nothing
        }
      </div>
      ${sentence === "" ? nothing : html`<p class="note" data-place=${placed ?? ""}>${sentence}</p>`}
      ${
        this.problem === undefined
          ? nothing
          : html`<div class="none mismatch" role="alert">
              <p>${this.problem}</p>
              ${
                placed === undefined
                  ? html`<button type="button" @click=${() => void this.#below()}>
                      ${text.again}
                    </button>`
                  : nothing
              }
            </div>`
      }
      ${this.#body()}`;
  }

  #body(): TemplateResult {
    const common = { store: this.#store, archive: this.archive, host: this.host };
    if (this.shown === "ingests") {
      return html`<oci-lens-store-ingests
        .store=${common.store}
        .archive=${common.archive}
        .host=${common.host}
        .revision=${this.changes}
      ></oci-lens-store-ingests>`;
    }
    if (this.shown === "garbage") {
      return html`<oci-lens-store-garbage
        .store=${common.store}
        .archive=${common.archive}
        .host=${common.host}
        .revision=${this.changes}
      ></oci-lens-store-garbage>`;
    }
    if (this.chosen !== undefined) {
      return html`<oci-lens-store-blob
        .store=${common.store}
        .archive=${common.archive}
        .host=${common.host}
        .revision=${this.changes}
        .digest=${this.chosen}
        @leave=${() => {
          this.chosen = undefined;
        }}
        @choose=${(event: CustomEvent<string>) => {
          this.chosen = event.detail;
        }}
      ></oci-lens-store-blob>`;
    }
    return this.#list();
  }

  #list(): TemplateResult {
    const { stored, size, below } = this.totals;
    return html`<form class="filter" @submit=${this.#onFilter}>
        <label class="field"
          >${storeText.filter}
          <input
            type="text"
            name="filter"
            autocomplete="off"
            spellcheck="false"
            aria-describedby="filter-help"
            .value=${this.filter}
          />
        </label>
        <button type="submit">${storeText.apply}</button>
        <p class="help" id="filter-help">${storeText.filterHelp}</p>
        ${this.notes.map((note) => html`<p class="missing" role="status">${note}</p>`)}
        ${
          this.blobs
            ? html`<p class="muted" data-totals role="status">
                ${storeText.total(stored, size, below)}
              </p>`
            : nothing
        }
      </form>
      ${
        this.blobs
          ? html`<oci-lens-table
              .source=${this.#source}
              label=${storeText.blobs}
              none=${storeText.none}
            ></oci-lens-table>`
          : this.problem === undefined
            ? html`<p class="none" aria-busy="true">${text.loading}</p>`
            : nothing
      }`;
  }

  readonly #onFilter = (event: SubmitEvent): void => {
    event.preventDefault();
    const input = this.renderRoot.querySelector<HTMLInputElement>("[name=filter]");
    this.filter = input?.value.trim() ?? "";
    void this.#read();
  };

  async #keepImage(): Promise<void> {
    const { image, archive } = this;
    if (!image) return;
    if (image.digest === undefined) {
      this.problem = storeText.noManifest;
      return;
    }
    this.keeping = true;
    this.problem = undefined;
    try {
      const kept = await this.#store.keep(image.digest, image.descriptor?.mediaType, (digest) =>
        archive.blob(digest),
      );
      this.host.say(storeText.kept(kept));
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.keeping = false;
    }
  }
}

customElements.define("oci-lens-store", OciLensStore);
