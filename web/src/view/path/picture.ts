import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { contentsStyle } from "../../styles/contents.js";
import { contentsText } from "../../text/contents.js";
import { exactBytes } from "../format.js";
import { Loading, loadingLine } from "./loading.js";
import type { ReadPart } from "./read.js";

/** Drawn as they are; an SVG is a document, and is shown as text. */
const DRAWN: ReadonlySet<string> = new Set([
  "image/avif",
  "image/bmp",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/vnd.microsoft.icon",
  "image/webp",
  "image/x-icon",
]);

/** A larger picture is drawn only when asked for: a few bytes may unpack to very many pixels. */
const MANY_BYTES = 16 * 1024 * 1024;
const MANY_PIXELS = 50_000_000;

/** Up to this many pixels a side, a picture's pixels are kept apart when it is enlarged. */
const SMALL = 64;

export function isDrawn(mediaType: string | undefined): mediaType is string {
  return mediaType !== undefined && DRAWN.has(mediaType);
}

/** A picture out of a file's bytes. */
export class OciLensPicture extends LitElement {
  static override styles = [base, contentsStyle];

  @property({ attribute: false }) read: ReadPart | undefined;
  @property({ attribute: false }) size = 0;
  @property({ attribute: false }) mediaType = "";
  @property({ attribute: false }) name = "";
  @property({ attribute: false }) pixels: [number, number] | undefined;

  @state() private url: string | undefined;
  @state() private drawn: [number, number] | undefined;
  @state() private failed = false;
  @state() private asked = false;

  readonly #loading = new Loading(this);

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#revoke();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("read")) {
      this.asked = false;
      this.#start();
    }
  }

  get #large(): string | undefined {
    if (this.size > MANY_BYTES) return exactBytes(this.size);
    const [width, height] = this.pixels ?? [0, 0];
    return width * height > MANY_PIXELS ? contentsText.drawn(width, height) : undefined;
  }

  #start(): void {
    this.#revoke();
    this.failed = false;
    this.drawn = undefined;
    const { read, size, mediaType } = this;
    if (!read || (this.#large !== undefined && !this.asked)) return;
    void this.#loading.run(async (watched) => {
      const { bytes } = await read(0, size, watched);
      if (watched.signal.aborted) return;
      this.url = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
    });
  }

  #revoke(): void {
    if (this.url !== undefined) URL.revokeObjectURL(this.url);
    this.url = undefined;
  }

  protected override render(): TemplateResult {
    const large = this.#large;
    if (large !== undefined && !this.asked) {
      return html`<div class="ask">
        <p>${contentsText.largePicture(large)}</p>
        <button
          type="button"
          @click=${() => {
            this.asked = true;
            this.#start();
          }}
        >
          ${contentsText.draw}
        </button>
      </div>`;
    }
    const size = this.pixels ?? this.drawn;
    return html`<div class="body">
      ${loadingLine(this.#loading, contentsText.loading, () => {
        this.#start();
      })}
      ${
        this.url === undefined
          ? nothing
          : this.failed
            ? html`<p class="ask" role="alert">${contentsText.notDrawn}</p>`
            : html`<div
                  class="stage"
                  tabindex="0"
                  role="group"
                  aria-label=${contentsText.tabs.picture}
                >
                  <img
                    class=${size && Math.max(...size) <= SMALL ? "small" : ""}
                    src=${this.url}
                    alt=${contentsText.picture(this.name)}
                    @load=${this.#onLoad}
                    @error=${() => {
                      this.failed = true;
                    }}
                  />
                </div>
                <p class="foot">
                  ${size ? contentsText.drawn(...size) : nothing} <span>${this.mediaType}</span>
                </p>`
      }
    </div>`;
  }

  #onLoad(event: Event): void {
    if (!(event.target instanceof HTMLImageElement)) return;
    this.drawn = [event.target.naturalWidth, event.target.naturalHeight];
  }
}

if (!customElements.get("oci-lens-picture")) {
  customElements.define("oci-lens-picture", OciLensPicture);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-picture": OciLensPicture;
  }
}
