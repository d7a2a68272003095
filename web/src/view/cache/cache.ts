import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { failureOf } from "../../session.js";
import { base } from "../../styles/base.js";
import { cacheStyle } from "../../styles/cache.js";
import { findingsStyle } from "../../styles/findings.js";
import { cacheText } from "../../text/cache.js";
import { text } from "../../text.js";
import type { OpenedArchive, OpenedCache } from "../api.js";
import { findingList } from "../findings.js";
import { digest, property } from "../parts.js";
import type { TableSource } from "../table.js";
import type {
  CacheAnswer,
  CacheChoice,
  CacheGraphView,
  CacheRecordView,
  CacheView,
} from "../types.js";
import { ViewElement } from "../view-element.js";
import "./compare.js";
import { graph } from "./graph.js";
import { answer, record, verdict } from "./record.js";
import { layerTable, recordTable } from "./tables.js";

const CHOICES: readonly CacheChoice[] = ["all", "without-result", "roots", "ends"];
const PARTS = ["records", "layers", "compare"] as const;

type Part = (typeof PARTS)[number];

/** The build caches of an archive: records and how they lead to each other, layers, keys. */
export class OciLensCache extends ViewElement {
  static override styles = [base, findingsStyle, cacheStyle];

  @state() private cache = 0;
  @state() private section: Part = "records";
  @state() private choice: CacheChoice = "all";
  @state() private search = "";
  @state() private layer: number | undefined;
  @state() private chosen: number | undefined;
  @state() private active: number | undefined;
  @state() private detail: CacheRecordView | undefined;
  @state() private drawn: CacheGraphView | undefined;
  @state() private answer: CacheAnswer | undefined;
  @state() private problem: string | undefined;

  #records: TableSource<unknown> | undefined;
  #layers: TableSource<unknown> | undefined;
  #counted = 0;

  get #view(): CacheView | undefined {
    return this.report.caches[this.cache];
  }

  get #opened(): OpenedCache<OpenedArchive> {
    return this.archive.cache(this.cache);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive")) {
      this.cache = 0;
      this.#begin();
    } else if (changed.has("report") && this.#view) {
      // Layers were verified meanwhile.
      this.#counted += 1;
      if (this.chosen !== undefined) void this.#readRecord(this.chosen);
      if (this.answer) void this.#ask(this.answer.key, false);
    }
  }

  #begin(): void {
    this.chosen = undefined;
    this.detail = undefined;
    this.answer = undefined;
    this.drawn = undefined;
    this.problem = undefined;
    this.layer = undefined;
    if (this.#view?.form === undefined) return;
    this.#tables();
    void this.#draw(undefined);
  }

  #tables(): void {
    const { choice, search, layer } = this;
    const opened = this.#opened;
    this.#records = recordTable(opened, { choice, text: search, layer }, (number) => {
      this.#choose(number);
    });
    this.#layers = layerTable(opened, (number) => {
      this.layer = number;
      this.section = "records";
      this.#tables();
    });
  }

  /** Draws what is around a record, unless the whole graph is drawn. */
  async #draw(around: number | undefined): Promise<void> {
    if (this.drawn?.whole === true) return;
    const opened = this.#opened;
    const { cache, archive } = this;
    try {
      const drawn = await opened.graph(around);
      if (cache === this.cache && archive === this.archive) this.drawn = drawn;
    } catch (error) {
      this.problem = failureOf(error).message;
    }
  }

  #choose(number: number): void {
    this.chosen = number;
    this.active = number;
    void this.#draw(number);
    void this.#readRecord(number);
  }

  async #readRecord(number: number): Promise<void> {
    try {
      const detail = await this.#opened.record(number);
      if (number === this.chosen) this.detail = detail;
    } catch (error) {
      this.problem = failureOf(error).message;
    }
  }

  /** Asks for a key; `say` tells the answer to those who do not see it. */
  async #ask(key: string, say: boolean): Promise<void> {
    const { archive, cache } = this;
    try {
      const found = await this.#opened.answer(key);
      if (archive !== this.archive || cache !== this.cache) return;
      this.answer = found;
      if (say) this.host.say(verdict(found));
      this.problem = undefined;
    } catch (error) {
      this.problem = failureOf(error).message;
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (this.active === undefined || !(changed.has("active") || changed.has("drawn"))) return;
    const node = this.renderRoot.querySelector<SVGElement>(`[data-record="${this.active}"]`);
    node?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (this.#moved) node?.focus({ preventScroll: true });
    this.#moved = false;
  }

  #moved = false;

  protected override render(): TemplateResult {
    const view = this.#view;
    if (!view) return html``;
    return html`<div class="cache">
      ${this.#head(view)}
      ${this.problem === undefined ? nothing : html`<p class="lead mismatch" role="alert">${this.problem}</p>`}
      ${
        view.form === undefined
          ? html`<p class="lead missing">${cacheText.unread}</p>`
          : html`${this.#key()}
              <div class="bar" role="group" aria-label=${cacheText.parts.label}>
                ${PARTS.map(
                  (part) =>
                    html`<button
                      type="button"
                      data-part=${part}
                      aria-pressed=${part === this.section ? "true" : "false"}
                      @click=${() => {
                        this.section = part;
                      }}
                    >
                      ${cacheText.parts[part]}
                    </button>`,
                )}
              </div>
              ${this.#part(view)}`
      }
    </div>`;
  }

  #head(view: CacheView): TemplateResult {
    const { caches } = this.report;
    const { copy } = this.host;
    const { facts } = cacheText;
    return html`<header>
      ${
        caches.length < 2
          ? nothing
          : html`<label class="which"
              >${cacheText.cache}
              <select data-choose="cache" @change=${this.#onCache}>
                ${caches.map(
                  (each) =>
                    html`<option value=${each.number} ?selected=${each.number === this.cache}>
                      ${cacheText.name(each)}
                    </option>`,
                )}
              </select></label
            >`
      }
      <p class="counts" data-imported=${view.imported ? "true" : "false"}>
        <b>${view.imported ? cacheText.imported : cacheText.notImported}</b>
        ${cacheText.counts(view)}
      </p>
      <p class="muted" data-note="names">${cacheText.names}</p>
      <dl class="facts">
        ${property(facts.carrier, cacheText.carrier(view.carrier))}
        ${view.form === undefined ? nothing : property(facts.form, cacheText.form(view.form))}
        ${property(
          facts.digest,
          html`${digest(copy, view.digest, facts.digest)} ${cacheText.sized(view.manifestSize)}`,
        )}
        ${property(
          facts.config,
          html`${digest(copy, view.config, facts.config)} ${cacheText.sized(view.configSize)}`,
        )}
      </dl>
      ${
        view.diagnostics.length === 0
          ? nothing
          : html`<div class="warnings" role="group" tabindex="0" aria-label=${cacheText.findings}>
              ${findingList(view.diagnostics, copy)}
            </div>`
      }
    </header>`;
  }

  #key(): TemplateResult {
    return html`<form class="key" @submit=${this.#onKey}>
        <label class="spoken" for="key">${cacheText.key.label}</label>
        <input
          id="key"
          name="key"
          class="mono"
          required
          spellcheck="false"
          autocomplete="off"
          placeholder="${cacheText.key.label}: ${cacheText.key.hint}"
        />
        <button type="submit" data-action="lookup">${cacheText.key.ask}</button>
      </form>
      ${
        this.answer
          ? answer(this.answer, {
              copy: this.host.copy,
              choose: (number) => {
                this.section = "records";
                this.#choose(number);
              },
              close: () => {
                this.answer = undefined;
              },
            })
          : nothing
      }`;
  }

  #part(view: CacheView): TemplateResult {
    if (this.section === "layers") {
      return html`<oci-lens-table
        .source=${this.#layers}
        .revision=${this.#counted}
        label=${cacheText.parts.layers}
        none=${cacheText.noLayers}
      ></oci-lens-table>`;
    }
    if (this.section === "compare") {
      return html`<oci-lens-cache-compare
        .archive=${this.archive}
        .report=${this.report}
        .cache=${view}
        .host=${this.host}
      ></oci-lens-cache-compare>`;
    }
    return html`<div class="records">
      <div class="list">
        <div class="bar">
          <label
            >${cacheText.filter}
            <select data-choose="records" @change=${this.#onChoice}>
              ${CHOICES.map(
                (choice) =>
                  html`<option value=${choice} ?selected=${choice === this.choice}>
                    ${cacheText.choice(choice)}
                  </option>`,
              )}
            </select></label
          >
          <input
            class="mono"
            type="search"
            aria-label=${cacheText.search}
            placeholder=${cacheText.search}
            .value=${this.search}
            @input=${this.#onSearch}
          />
          ${
            this.layer === undefined
              ? nothing
              : html`<span>${cacheText.ofLayer(this.layer)}</span
                  ><button
                    type="button"
                    class="quiet"
                    @click=${() => {
                      this.layer = undefined;
                      this.#tables();
                    }}
                  >
                    ${cacheText.everyLayer}
                  </button>`
          }
        </div>
        <oci-lens-table
          .source=${this.#records}
          label=${cacheText.parts.records}
          none=${cacheText.noRecords}
        ></oci-lens-table>
      </div>
      <div class="beside">
        ${
          this.drawn
            ? graph(this.drawn, {
                all: view.records,
                chosen: this.chosen,
                active: this.active,
                choose: (number) => {
                  this.#choose(number);
                },
                move: (number) => {
                  this.#moved = true;
                  this.active = number;
                },
              })
            : html`<p class="lead" aria-busy="true">${text.loading}</p>`
        }
        ${
          this.detail
            ? record(this.detail, {
                copy: this.host.copy,
                choose: (number) => {
                  this.#choose(number);
                },
              })
            : html`<p class="lead muted">${cacheText.record.choose}</p>`
        }
      </div>
    </div>`;
  }

  readonly #onCache = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    this.cache = Number(event.currentTarget.value);
    this.#begin();
  };

  readonly #onChoice = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const { value } = event.currentTarget;
    this.choice = CHOICES.find((choice) => choice === value) ?? "all";
    this.#tables();
  };

  readonly #onSearch = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    this.search = event.currentTarget.value.trim();
    this.#tables();
  };

  readonly #onKey = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const key = new FormData(event.currentTarget).get("key");
    if (typeof key === "string" && key.trim() !== "") void this.#ask(key.trim(), true);
  };
}

customElements.define("oci-lens-cache", OciLensCache);
