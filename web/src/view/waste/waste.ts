import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { listViewStyle } from "../../styles/list-view.js";
import { unreadStyle } from "../../styles/unread.js";
import { wasteText } from "../../text/waste.js";
import { text } from "../../text.js";
import { cssom } from "../cssom.js";
import { bytes, exactBytes } from "../format.js";
import { progressBar, type ByteProgress } from "../header.js";
import { longList } from "../long-list.js";
import { hue } from "../parts.js";
import { pathBytes } from "../place.js";
import { tableSource, type TableSource } from "../table.js";
import type { Failure, LayerWaste, PathWaste, WasteView } from "../types.js";
import { contentsUnread } from "../unread.js";
import { ViewElement } from "../view-element.js";

/** Pixels that a layer takes. */
const LINE = 26;

/** What an image stores and does not show, by layer and by path. */
export class OciLensWaste extends ViewElement {
  static override styles = [base, listViewStyle, unreadStyle];

  @state() private waste: WasteView | undefined;
  @state() private problem: string | undefined;
  @state() private reading: ByteProgress | undefined;
  @state() private unread: readonly Failure[] = [];

  #source: TableSource<unknown> | undefined;
  #abort: AbortController | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive") || this.isOtherImage(changed)) {
      this.waste = undefined;
      this.unread = [];
      void this.#read();
    } else if (changed.has("revision")) void this.#read();
  }

  async #read(): Promise<void> {
    const { archive, image } = this;
    if (!image) return;
    try {
      const waste = await archive.waste(image.number);
      if (archive !== this.archive || image.number !== this.image?.number) return;
      this.waste = waste;
      this.#source = this.#table(waste);
      this.problem = undefined;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  #table({ paths }: WasteView): TableSource<unknown> {
    const { columns } = wasteText;
    return tableSource<PathWaste>({
      columns: [
        {
          label: columns.path,
          width: "minmax(0, 1.2fr)",
          cell: ({ path, present }) =>
            html`<bdi class="mono ${present ? "" : "gone"}" title=${path.path}>${path.path}</bdi>${
                present ? nothing : html`<span class="spoken"> ${wasteText.gone}</span>`
              }`,
        },
        {
          label: columns.wasted,
          width: "88px",
          end: true,
          cell: ({ wasted }) => html`<span title=${exactBytes(wasted)}>${bytes(wasted)}</span>`,
        },
        {
          label: columns.copies,
          width: "minmax(0, 1.4fr)",
          spare: true,
          cell: ({ copies }) =>
            copies
              .map((copy) => {
                const parts = [
                  wasteText.copy(copy.place.layer, copy.size),
                  wasteText.hiddenBy(copy.hiddenBy, copy.hiddenIn),
                ];
                if (copy.sameContent === true) parts.push(wasteText.same);
                return parts.join(", ");
              })
              .join("; "),
        },
      ],
      rows: (offset, limit) =>
        Promise.resolve({ total: paths.length, rows: paths.slice(offset, offset + limit) }),
      choose: ({ path }) => {
        this.host.go({ view: "files", range: undefined, path: pathBytes(path) });
      },
      mark: ({ path, wasted }) => `${path.path} ${wasted}`,
    });
  }

  protected override render(): TemplateResult {
    const { waste, problem } = this;
    if (!this.image) return html`<p class="none">${text.images.none}</p>`;
    if (problem !== undefined) return html`<p class="none mismatch" role="alert">${problem}</p>`;
    if (!waste) return html`<p class="none" aria-busy="true">${text.loading}</p>`;
    const shown = (BigInt(waste.total) - BigInt(waste.wasted)).toString();
    return html`<div class="scores">
        ${score(
          "exact",
          wasteText.exact,
          waste.efficiency,
          wasteText.exactNote(shown, waste.total),
          wasteText.exactHelp,
        )}
        ${
          waste.dive
            ? score(
                "dive",
                wasteText.dive,
                waste.dive.efficiency,
                wasteText.diveNote(waste.dive.minimum, waste.dive.discovered),
                wasteText.diveHelp,
              )
            : html`<div class="score" data-score="dive">
                <h2>${wasteText.score}: ${wasteText.dive}</h2>
                <p class="muted">${wasteText.noDive}</p>
              </div>`
        }
        <div class="score" data-score="wasted">
          <h2>${wasteText.wasted}</h2>
          <p class="big" title=${exactBytes(waste.wasted)}>${bytes(waste.wasted)}</p>
          ${this.#contents()}
        </div>
      </div>
      ${
        waste.unread.length > 0
          ? html`<p class="lead missing">${wasteText.unread(waste.unread)}</p>`
          : nothing
      }
      ${contentsUnread(this.unread)}
      <h2 class="title">${wasteText.layers}</h2>
      <ol class="waste-layers" tabindex="0" role="list" aria-label=${wasteText.layers}>
        ${longList(waste.layers, layerWaste, LINE)}
      </ol>
      <h2 class="title">
        ${wasteText.paths}
        ${
          waste.pathCount > waste.paths.length
            ? html`<span class="muted"
                >${wasteText.more(waste.pathCount - waste.paths.length)}</span
              >`
            : nothing
        }
      </h2>
      <oci-lens-table
        .source=${this.#source}
        label=${wasteText.paths}
        none=${wasteText.none}
      ></oci-lens-table>`;
  }

  #contents(): TemplateResult {
    if (this.reading) {
      return html`${progressBar(this.reading, wasteText.compareContents)}
        <button
          type="button"
          @click=${() => {
            this.#abort?.abort();
          }}
        >
          ${text.cancel}
        </button>`;
    }
    return html`<button
      type="button"
      title=${wasteText.compareHelp}
      ?disabled=${this.scanning}
      @click=${() => void this.#readContents()}
    >
      ${wasteText.compareContents}
    </button>`;
  }

  async #readContents(): Promise<void> {
    const { archive, image } = this;
    if (!image) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.reading = { done: 0, total: 0 };
    try {
      const { report, unread } = await archive.readContents([image.number], {
        signal: abort.signal,
        onProgress: (progress) => {
          this.reading = progress;
        },
      });
      this.host.take(report);
      if (archive === this.archive && image.number === this.image?.number) this.unread = unread;
      await this.#read();
    } catch (error) {
      if (!abort.signal.aborted) this.problem = messageOf(error);
    } finally {
      this.reading = undefined;
    }
  }
}

function score(
  id: string,
  title: string,
  value: string,
  note: string,
  help: string,
): TemplateResult {
  const percent = (Number(value) * 100).toFixed(2);
  return html`<div class="score" data-score=${id} data-value=${value}>
    <h2>${wasteText.score}: ${title}</h2>
    <p class="big">${percent} %</p>
    <meter
      min="0"
      max="1"
      .value=${Number(value)}
      aria-label="${wasteText.score}: ${title}"
    ></meter>
    <p class="muted">${note}</p>
    <p class="muted help">${help}</p>
  </div>`;
}

function layerWaste({ layer, stored, wasted, entries }: LayerWaste): TemplateResult {
  const share = Number(stored) > 0 ? Number(wasted) / Number(stored) : 0;
  return html`<li class=${hue(layer)} data-layer=${layer} data-wasted=${wasted}>
    <span class="number"><span class="spoken">${wasteText.layer(layer)}</span>${layer}</span>
    <span class="track" aria-hidden="true"><i ${cssom({ width: `${share * 100}%` })}></i></span>
    <span class="muted">${wasteText.layerNote(wasted, stored, entries)}</span>
  </li>`;
}

customElements.define("oci-lens-waste", OciLensWaste);
