import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { contentsStyle } from "../../styles/contents.js";
import { contentsText } from "../../text/contents.js";
import "../text-lines.js";
import { TextPart, TEXT_PAGE } from "../text-part.js";
import { lineEnds } from "../text-rows.js";
import type { Encoding, Language } from "../types.js";
import { Loading, loadingLine } from "./loading.js";
import type { ReadPart } from "./read.js";

/** A file up to this size is read whole. */
export const WHOLE = 1024 * 1024;

/** A file's text, page by page where it is large. */
export class OciLensFileText extends LitElement {
  static override styles = [base, contentsStyle];

  /** The first bytes of the file. */
  @property({ attribute: false }) head = new Uint8Array();
  @property({ attribute: false }) size = 0;
  @property({ attribute: false }) encoding: Encoding = "utf8";
  @property({ attribute: false }) language: Language = "plain";
  /** Reads some bytes. Another function is another file. */
  @property({ attribute: false }) read: ReadPart | undefined;

  @state() private text = "";

  #part = new TextPart("utf8", 0, 0);
  #again: () => void = () => undefined;
  readonly #loading = new Loading(this);

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has("read")) return;
    this.#loading.stop();
    this.#part = new TextPart(this.encoding, 0, this.size);
    this.#part.add(this.head);
    this.text = this.#part.text;
    const first = Math.min(this.size, this.size <= WHOLE ? WHOLE : TEXT_PAGE);
    if (this.#part.end < first) this.#more(first - this.#part.end);
  }

  /** Loads what follows. */
  #more(length: number): void {
    const part = this.#part;
    this.#load(async (read, watched) => {
      const { bytes } = await read(part.end, Math.min(length, part.size - part.end), watched);
      if (watched.signal.aborted) return;
      part.add(bytes);
      this.text = part.text;
    });
  }

  /** Loads a page in place of what is loaded. */
  #goTo(page: number): void {
    const start = page * TEXT_PAGE;
    this.#load(async (read, watched) => {
      const { bytes } = await read(start, Math.min(TEXT_PAGE, this.size - start), watched);
      if (watched.signal.aborted) return;
      const part = new TextPart(this.encoding, start, this.size);
      part.add(bytes);
      this.#part = part;
      this.text = part.text;
    });
  }

  #load(
    work: (read: ReadPart, watched: Parameters<Parameters<Loading["run"]>[0]>[0]) => Promise<void>,
  ) {
    const { read } = this;
    if (!read) return;
    const start = () => void this.#loading.run((watched) => work(read, watched));
    this.#again = start;
    start();
  }

  protected override render(): TemplateResult {
    const part = this.#part;
    const ends = contentsText.lineEnds[lineEnds(this.text)];
    return html`<div class="body">
      <oci-lens-text-lines
        .text=${this.text}
        .language=${this.language}
        .firstLine=${part.start === 0 ? 1 : undefined}
      >
        <span slot="tools" class="muted"
          >${contentsText.encoding(this.encoding)}${ends === "" ? nothing : html` · ${ends}`}</span
        >
      </oci-lens-text-lines>
      ${loadingLine(this.#loading, contentsText.loading, this.#again)}
      ${part.complete && part.start === 0 ? nothing : this.#foot(part)}
    </div>`;
  }

  #foot(part: TextPart): TemplateResult {
    const pages = Math.ceil(this.size / TEXT_PAGE);
    const page = Math.min(pages, Math.floor(part.start / TEXT_PAGE) + 1);
    const left = part.size - part.end;
    return html`<div class="foot">
      <span>${contentsText.part(part.start, part.end, part.size)}</span>
      ${
        left <= 0
          ? nothing
          : part.full
            ? html`<span>${contentsText.full}</span>`
            : html`<button
                type="button"
                ?disabled=${this.#loading.running}
                @click=${() => {
                  this.#more(TEXT_PAGE);
                }}
              >
                ${contentsText.more(Math.min(TEXT_PAGE, left))}
              </button>`
      }
      <form @submit=${this.#onSubmit}>
        <label for="page">${contentsText.page}</label>
        <input
          id="page"
          name="page"
          type="number"
          required
          min="1"
          max=${pages}
          .value=${String(page)}
        />
        <span>${contentsText.ofPages(pages)}</span>
        <button type="submit">${contentsText.goPage}</button>
      </form>
    </div>`;
  }

  #onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const page = Number(new FormData(event.currentTarget).get("page"));
    if (Number.isInteger(page) && page >= 1) this.#goTo(page - 1);
  }
}

if (!customElements.get("oci-lens-file-text")) {
  customElements.define("oci-lens-file-text", OciLensFileText);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-file-text": OciLensFileText;
  }
}
