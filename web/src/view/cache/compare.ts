import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { failureOf } from "../../session.js";
import { sourceFromDrop, sourceFromFiles, type ArchiveSource } from "../../source.js";
import { base } from "../../styles/base.js";
import { cacheCompareStyle } from "../../styles/cache-compare.js";
import { compareStyle } from "../../styles/compare.js";
import { cacheText } from "../../text/cache.js";
import { text } from "../../text.js";
import type { OpenedArchive } from "../api.js";
import { imageName } from "../images.js";
import type { CacheCompareView, CacheView, Report } from "../types.js";
import type { ViewHost } from "../view-element.js";
import { differences } from "./differences.js";

/** An archive beside the one that is open. */
interface Other {
  readonly name: string;
  readonly archive: OpenedArchive;
  readonly report: Report;
}

/** A cache and another one, of the same archive or of one that is opened for it. */
export class OciLensCacheCompare extends LitElement {
  static override styles = [base, compareStyle, cacheCompareStyle];

  @property({ attribute: false }) archive!: OpenedArchive;
  @property({ attribute: false }) report!: Report;
  @property({ attribute: false }) cache!: CacheView;
  @property({ attribute: false }) host!: ViewHost;

  @state() private other: Other | undefined;
  /** The cache on the right, and whether it is of the other archive. */
  @state() private right: { readonly isOther: boolean; readonly cache: number } | undefined;
  @state() private images: readonly [number | undefined, number | undefined] = [
    undefined,
    undefined,
  ];
  @state() private result: CacheCompareView | undefined;
  @state() private opening: string | undefined;
  @state() private problem: string | undefined;
  @state() private dropping = false;

  @query("#other-file") private file!: HTMLInputElement | null;
  @query("#other-folder") private folder!: HTMLInputElement | null;

  #abort: AbortController | undefined;
  /** Counts up with each question: an answer to an older one is dropped. */
  #asked = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The tabs take a view out and put it back: what is gone for good is not connected later.
    setTimeout(() => {
      if (!this.isConnected) void this.#drop();
    });
  }

  async #drop(): Promise<void> {
    this.#abort?.abort();
    const { other } = this;
    this.other = undefined;
    this.right = undefined;
    this.result = undefined;
    this.images = [undefined, undefined];
    await other?.archive.close().catch(() => undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive") && changed.get("archive") !== undefined) void this.#drop();
    else if (changed.has("cache") && changed.get("cache")?.number !== this.cache.number) {
      void this.#compare();
    }
  }

  async #open(given: Promise<ArchiveSource>, name: string): Promise<void> {
    await this.#drop();
    const abort = new AbortController();
    this.#abort = abort;
    this.problem = undefined;
    this.opening = name;
    try {
      const archive = await this.host.open(await given, abort.signal);
      this.other = { name, archive, report: archive.latest };
      const first = archive.latest.caches.find(({ form }) => form !== undefined);
      if (first) this.right = { isOther: true, cache: first.number };
      else this.problem = cacheText.compare.none(name);
      await this.#compare();
    } catch (error) {
      if (!abort.signal.aborted) this.problem = failureOf(error).message;
    } finally {
      if (this.#abort === abort) this.opening = undefined;
    }
  }

  async #compare(): Promise<void> {
    const { archive, cache, right, other, images } = this;
    if (!right) return;
    const asked = ++this.#asked;
    const from = right.isOther ? other?.archive : archive;
    if (!from) return;
    try {
      const [image, otherImage] = images;
      const found = await archive
        .cache(cache.number)
        .compare(from, right.cache, { image, otherImage });
      if (asked !== this.#asked) return;
      this.result = found;
      this.problem = undefined;
    } catch (error) {
      if (asked === this.#asked) this.problem = failureOf(error).message;
    }
  }

  protected override render(): TemplateResult {
    const said = cacheText.compare;
    const { result, problem, opening } = this;
    return html`<div
      class="compare ${this.dropping ? "dropping" : ""}"
      @dragover=${this.#onDragOver}
      @dragleave=${() => {
        this.dropping = false;
      }}
      @drop=${this.#onDrop}
    >
      <div class="sides">
        <div class="side">
          <span class="muted">${said.left}</span>
          <b class="clip">${cacheText.name(this.cache)}</b>
        </div>
        <label class="side">
          <span class="muted">${said.right}</span>
          ${this.#choice()}
        </label>
        <div class="side">
          <span class="open">
            <button type="button" data-action="other-cache" @click=${() => this.file?.click()}>
              ${said.open}
            </button>
            <button
              type="button"
              data-action="other-cache-folder"
              @click=${() => this.folder?.click()}
            >
              ${said.folder}
            </button>
          </span>
          <span class="muted">${said.drop}</span>
          <input id="other-file" type="file" hidden @change=${this.#onInput} />
          <input id="other-folder" type="file" webkitdirectory hidden @change=${this.#onInput} />
        </div>
      </div>
      ${this.#bases()}
      <div role="status">
        ${opening === undefined ? nothing : html`<p class="none">${said.opening(opening)}</p>`}
      </div>
      ${problem === undefined ? nothing : html`<p class="mismatch" role="alert">${problem}</p>`}
      ${
        result
          ? differences(result, this.host.copy)
          : opening === undefined
            ? html`<p class="none">${said.lead}</p>`
            : html`<p class="none" aria-busy="true">${text.loading}</p>`
      }
    </div>`;
  }

  #choice(): TemplateResult {
    const { report, other, right, cache } = this;
    const said = cacheText.compare;
    const option = (view: CacheView, isOther: boolean) =>
      html`<option
        value="${isOther ? "other" : "same"}:${view.number}"
        ?selected=${right?.isOther === isOther && right.cache === view.number}
        ?disabled=${view.form === undefined}
      >
        ${cacheText.name(view)}
      </option>`;
    return html`<select data-choose="other-cache" @change=${this.#onChoose}>
      <option value="" ?selected=${!right} disabled>${said.choose}</option>
      <optgroup label=${said.here}>
        ${report.caches
          .filter(({ number }) => number !== cache.number)
          .map((view) => option(view, false))}
      </optgroup>
      ${
        other
          ? html`<optgroup label=${said.there(other.name)}>
              ${other.report.caches.map((view) => option(view, true))}
            </optgroup>`
          : nothing
      }
    </select>`;
  }

  /** The images that the two builds began with, where the archives hold any. */
  #bases(): TemplateResult | typeof nothing {
    const { right, report, other } = this;
    if (!right) return nothing;
    const there = right.isOther ? (other?.report ?? report) : report;
    if (report.images.length === 0 && there.images.length === 0) return nothing;
    const said = cacheText.compare;
    const choice = (side: 0 | 1, from: Report, label: string) =>
      html`<label class="side">
        <span class="muted">${label}</span>
        <select
          data-base=${side}
          @change=${(event: Event) => {
            if (!(event.currentTarget instanceof HTMLSelectElement)) return;
            const { value } = event.currentTarget;
            const images: [number | undefined, number | undefined] = [...this.images];
            images[side] = value === "" ? undefined : Number(value);
            this.images = images;
            void this.#compare();
          }}
        >
          <option value="" ?selected=${this.images[side] === undefined}>${said.noImage}</option>
          ${from.images.map(
            (image) =>
              html`<option
                value=${image.number}
                ?selected=${this.images[side] === image.number}
                ?disabled=${image.presence === "absent"}
              >
                ${imageName(image)}
              </option>`,
          )}
        </select>
      </label>`;
    return html`<div class="sides" role="group" aria-label=${said.images}>
      ${choice(0, report, said.imageLeft)} ${choice(1, there, said.imageRight)}
    </div>`;
  }

  readonly #onChoose = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const [where, number] = event.currentTarget.value.split(":");
    this.right = { isOther: where === "other", cache: Number(number) };
    this.images = [this.images[0], undefined];
    void this.#compare();
  };

  readonly #onInput = (event: Event): void => {
    const input = event.currentTarget;
    if (!(input instanceof HTMLInputElement)) return;
    const files = [...(input.files ?? [])];
    input.value = "";
    this.#openFiles(files);
  };

  #openFiles(files: readonly File[]): void {
    const [first] = files;
    if (!first) return;
    const source = Promise.resolve().then(() => sourceFromFiles(files));
    void this.#open(source, first.webkitRelativePath.split("/")[0] || first.name);
  }

  readonly #onDragOver = (event: DragEvent): void => {
    // Here, not to the viewer: it would take the place of what is open.
    event.preventDefault();
    event.stopPropagation();
    this.dropping = true;
  };

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    this.dropping = false;
    if (!event.dataTransfer) return;
    const name = event.dataTransfer.files[0]?.name ?? "";
    // The folders of a drop are only there while it is handled.
    void this.#open(sourceFromDrop(event.dataTransfer), name);
  };
}

customElements.define("oci-lens-cache-compare", OciLensCacheCompare);
