import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { cacheStyle } from "../../styles/cache.js";
import { findingsStyle } from "../../styles/findings.js";
import { cacheText } from "../../text/cache.js";
import { text } from "../../text.js";
import type { OpenedArchive, OpenedCache } from "../api.js";
import { findingList } from "../findings.js";
import { digest, property } from "../parts.js";
import { CACHE_PARTS, type CachePart } from "../place.js";
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

/** The build caches of an archive: records and how they lead to each other, layers, keys. */
export class OciLensCache extends ViewElement {
  static override styles = [base, findingsStyle, cacheStyle];

  @state() private choice: CacheChoice = "all";
  @state() private search = "";
  @state() private active: number | undefined;
  @state() private detail: CacheRecordView | undefined;
  @state() private drawn: CacheGraphView | undefined;
  @state() private answer: CacheAnswer | undefined;
  @state() private problem: string | undefined;

  #records: TableSource<unknown> | undefined;
  #layers: TableSource<unknown> | undefined;
  #counted = 0;

  get #view(): CacheView | undefined {
    const { caches } = this.report;
    return caches[this.place.cache ?? 0] ?? caches[0];
  }

  get #number(): number {
    return this.#view?.number ?? 0;
  }

  get #part(): CachePart {
    return this.place.part ?? "records";
  }

  /** The record that the address names; none where there is no such one. */
  get #record(): number | undefined {
    const { record = Infinity } = this.place;
    return record < (this.#view?.records ?? 0) ? record : undefined;
  }

  /** The layer that the address names, likewise. */
  get #top(): number | undefined {
    const { top = Infinity } = this.place;
    return top < (this.#view?.layers ?? 0) ? top : undefined;
  }

  get #opened(): OpenedCache<OpenedArchive> {
    return this.archive.cache(this.#number);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("place");
    if (changed.has("archive") || (before && before.cache !== this.place.cache)) this.#begin();
    else {
      if (before && before.top !== this.place.top) this.#tables();
      if (before && before.record !== this.place.record) this.#showRecord();
      if (changed.has("report")) this.#readAgain();
    }
  }

  #begin(): void {
    this.answer = undefined;
    this.detail = undefined;
    this.drawn = undefined;
    this.problem = undefined;
    if (this.#view?.form === undefined) return;
    this.#tables();
    this.#showRecord();
  }

  /** Layers were verified meanwhile. */
  #readAgain(): void {
    this.#counted += 1;
    if (this.#record !== undefined) void this.#readRecord(this.#record);
    if (this.answer) void this.#ask(this.answer.key, false);
  }

  #tables(): void {
    const { choice, search } = this;
    const opened = this.#opened;
    this.#records = recordTable(opened, { choice, text: search, layer: this.#top }, this.#choose);
    this.#layers = layerTable(opened, (top) => {
      this.host.go({ part: undefined, top });
    });
  }

  /** Draws what is around a record, unless the whole graph is drawn. */
  async #draw(around: number | undefined): Promise<void> {
    if (this.drawn?.whole === true) return;
    const opened = this.#opened;
    const cache = this.#number;
    try {
      const drawn = await opened.graph(around);
      if (cache === this.#number) this.drawn = drawn;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  readonly #choose = (record: number): void => {
    this.host.go({ part: undefined, record });
  };

  /** Shows the record that the address names. */
  #showRecord(): void {
    const record = this.#record;
    this.active = record;
    void this.#draw(record);
    if (record === undefined) this.detail = undefined;
    else void this.#readRecord(record);
  }

  async #readRecord(number: number): Promise<void> {
    const cache = this.#number;
    try {
      const detail = await this.#opened.record(number);
      if (number === this.#record && cache === this.#number) this.detail = detail;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  /** Asks for a key; `say` tells the answer to those who do not see it. */
  async #ask(key: string, say: boolean): Promise<void> {
    const cache = this.#number;
    try {
      const found = await this.#opened.answer(key);
      if (cache !== this.#number) return;
      this.answer = found;
      if (say) this.host.say(verdict(found));
      this.problem = undefined;
    } catch (error) {
      this.problem = messageOf(error);
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
                ${CACHE_PARTS.map(
                  (part) =>
                    html`<button
                      type="button"
                      data-part=${part}
                      aria-pressed=${part === this.#part ? "true" : "false"}
                      @click=${() => {
                        this.host.go({ part: part === "records" ? undefined : part });
                      }}
                    >
                      ${cacheText.parts[part]}
                    </button>`,
                )}
              </div>
              ${this.#body(view)}`
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
                    html`<option value=${each.number} ?selected=${each.number === view.number}>
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
              choose: this.#choose,
              close: () => {
                this.answer = undefined;
              },
            })
          : nothing
      }`;
  }

  #body(view: CacheView): TemplateResult {
    const top = this.#top;
    if (this.#part === "layers") {
      return html`<oci-lens-table
        .source=${this.#layers}
        .revision=${this.#counted}
        label=${cacheText.parts.layers}
        none=${cacheText.noLayers}
      ></oci-lens-table>`;
    }
    if (this.#part === "compare") {
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
            top === undefined
              ? nothing
              : html`<span>${cacheText.ofLayer(top)}</span
                  ><button
                    type="button"
                    class="quiet"
                    @click=${() => {
                      this.host.go({ top: undefined });
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
                chosen: this.#record,
                active: this.active,
                choose: this.#choose,
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
                choose: this.#choose,
              })
            : html`<p class="lead muted">${cacheText.record.choose}</p>`
        }
      </div>
    </div>`;
  }

  readonly #onCache = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const cache = Number(event.currentTarget.value) || undefined;
    this.host.go({ cache, record: undefined, top: undefined });
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
