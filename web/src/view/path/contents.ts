import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { contentsStyle } from "../../styles/contents.js";
import { contentsText } from "../../text/contents.js";
import type { OpenedArchive } from "../api.js";
import type { ReadBytes } from "../byte-pages.js";
import { exactBytes } from "../format.js";
import "../hex.js";
import type { ContentView, EntryPlace } from "../types.js";
import "./file-text.js";
import { WHOLE } from "./file-text.js";
import { Loading, loadingLine } from "./loading.js";
import "./picture.js";
import { isDrawn } from "./picture.js";
import type { ReadPart } from "./read.js";

/** Bytes that tell what a file is. */
const HEAD = 64 * 1024;

/** Milliseconds before a small file is read: going through a list reads nothing. */
const STAY = 150;

type Way = "text" | "hex" | "picture";

interface Loaded {
  readonly head: Uint8Array;
  readonly size: number;
  readonly view: ContentView;
}

/** What is in one file of a layer. */
export class OciLensContents extends LitElement {
  static override styles = [base, contentsStyle];

  @property({ attribute: false }) archive: OpenedArchive | undefined;
  /** Number of the image. */
  @property({ attribute: false }) image = 0;
  @property({ attribute: false }) place: EntryPlace | undefined;
  /** Bytes of the file, decimal. */
  @property({ attribute: false }) size = "0";
  /** Its name, which tells the language of a text. */
  @property({ attribute: false }) name = "";

  @state() private loaded: Loaded | undefined;
  @state() private way: Way = "hex";
  @state() private asked = false;

  readonly #loading = new Loading(this);
  #readPart: ReadPart = () => Promise.reject(new Error("nothing is open"));
  #readBytes: ReadBytes = () => Promise.reject(new Error("nothing is open"));

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated && !this.loaded) this.#start(0);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("place") as EntryPlace | undefined;
    const { place } = this;
    const other =
      changed.has("place") && (before?.layer !== place?.layer || before?.entry !== place?.entry);
    if (other || changed.has("archive") || changed.has("image")) this.#reset();
  }

  protected override updated(): void {
    // Little is shown before anything is read: it needs no more room than that.
    const small = this.loaded ? this.loaded.size === 0 : this.#loading.state.kind !== "running";
    this.toggleAttribute("compact", small);
  }

  #reset(): void {
    const { archive, image, place } = this;
    this.#loading.stop();
    this.loaded = undefined;
    this.asked = false;
    if (!archive || !place) return;
    this.#readPart = (offset, length, watched) =>
      archive.content(image, place, { ...watched, offset, length });
    const read = this.#readPart;
    this.#readBytes = async (offset, length, signal) =>
      (await read(offset, length, { signal })).bytes;
    this.#start(STAY);
  }

  get #waits(): boolean {
    return Number(this.size) > WHOLE && !this.asked;
  }

  #start(delay: number): void {
    const { archive, name } = this;
    if (!archive || !this.place || this.#waits) return;
    const read = this.#readPart;
    void this.#loading.run(async (watched) => {
      const stale = () => watched.signal.aborted;
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
      if (stale()) return;
      const { bytes: head, size } = await read(0, Math.min(HEAD, Number(this.size)), watched);
      if (stale()) return;
      const view = await archive.describe(head, name);
      if (stale()) return;
      this.loaded = { head, size, view };
      this.way = this.#ways(view)[0] ?? "hex";
    });
  }

  #ways(view: ContentView): Way[] {
    const ways: Way[] = [];
    if (isDrawn(view.mediaType)) ways.push("picture");
    if (view.encoding !== undefined) ways.push("text");
    ways.push("hex");
    return ways;
  }

  protected override render(): TemplateResult {
    const { loaded } = this;
    if (!loaded) {
      return html`${loadingLine(this.#loading, contentsText.loading, this.#ask)}
      ${
        this.#waits
          ? html`<div class="ask">
              <p>${contentsText.large}</p>
              <button type="button" data-action="load" @click=${this.#ask}>
                ${contentsText.load(this.size)}
              </button>
            </div>`
          : nothing
      }`;
    }
    const { view, size } = loaded;
    if (size === 0) return html`<p class="ask">${contentsText.empty}</p>`;
    const ways = this.#ways(view);
    return html`<div class="bar">
        <div class="ways" role="tablist" aria-label=${contentsText.label} @keydown=${this.#onKey}>
          ${ways.map(
            (way) =>
              html`<button
                type="button"
                role="tab"
                id="way-${way}"
                data-way=${way}
                aria-controls="shown"
                aria-selected=${way === this.way ? "true" : "false"}
                tabindex=${way === this.way ? 0 : -1}
                @click=${() => {
                  this.way = way;
                }}
              >
                ${contentsText.tabs[way]}
              </button>`,
          )}
        </div>
        <span class="what">${view.description} · ${exactBytes(size)}</span>
      </div>
      <div class="body" id="shown" role="tabpanel" aria-labelledby="way-${this.way}">
        ${this.#shown(loaded)}
      </div>`;
  }

  #shown({ head, size, view }: Loaded): TemplateResult {
    switch (this.way) {
      case "text":
        return html`<oci-lens-file-text
          .read=${this.#readPart}
          .head=${head}
          .size=${size}
          .encoding=${view.encoding ?? "latin1"}
          .language=${view.language ?? "plain"}
        ></oci-lens-file-text>`;
      case "picture":
        return html`<oci-lens-picture
          .read=${this.#readPart}
          .size=${size}
          .mediaType=${view.mediaType ?? ""}
          .name=${this.name}
          .pixels=${view.pixels}
        ></oci-lens-picture>`;
      case "hex":
        return html`<oci-lens-hex .read=${this.#readBytes} .size=${size}></oci-lens-hex>`;
    }
  }

  readonly #ask = (): void => {
    this.asked = true;
    this.#start(0);
  };

  #onKey(event: KeyboardEvent): void {
    if (!this.loaded) return;
    const ways = this.#ways(this.loaded.view);
    const at = ways.indexOf(this.way);
    const to = {
      ArrowRight: ways[(at + 1) % ways.length],
      ArrowLeft: ways.at(at - 1),
      Home: ways[0],
      End: ways.at(-1),
    }[event.key];
    if (!to) return;
    event.preventDefault();
    this.way = to;
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>(`#way-${to}`)?.focus();
    });
  }
}

if (!customElements.get("oci-lens-contents")) {
  customElements.define("oci-lens-contents", OciLensContents);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-contents": OciLensContents;
  }
}
