import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { base } from "../styles/base.js";
import { hexStyle } from "../styles/hex.js";
import { contentsText } from "../text/contents.js";
import { BytePages, type ReadBytes } from "./byte-pages.js";
import { cssom } from "./cssom.js";
import { problemOf, type Problem } from "./problem.js";
import { asciiText, hexText, offsetDigits, offsetText, parseOffset } from "./hex-format.js";
import { scrollTo, windowAt, type Viewport } from "./window.js";

/** Height of a row in pixels; the style sheet has the same. */
const ROW = 19;

/** Bytes of a row, where there is room and where there is not. */
const WIDE = 16;
const SLIM = 8;

/** From here on, a full row of 16 bytes has room. */
const ROOM = 600;

/** Milliseconds that the reader has to stay before bytes are read: scrolling past costs nothing. */
const STAY = 60;

/** A file's bytes in hex and ASCII, read as they come into sight. */
export class OciLensHex extends LitElement {
  static override styles = [base, hexStyle];

  /** Bytes of the file. */
  @property({ attribute: false }) size = 0;
  /** Reads some of them. Another function is another file. */
  @property({ attribute: false }) read: ReadBytes | undefined;

  @state() private scrolled = 0;
  @state() private height = 0;
  @state() private columns = WIDE;
  @state() private sought: number | undefined;
  @state() private astray = false;
  @state() private problem: Problem | undefined;

  @query(".lines") private scroller!: HTMLElement | null;

  #pages: BytePages | undefined;
  #resize: ResizeObserver | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize = new ResizeObserver(() => {
      this.#measure();
    });
    if (this.scroller) this.#resize.observe(this.scroller);
    if (this.hasUpdated) this.#reset();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    clearTimeout(this.#timer);
    this.#pages?.close();
  }

  protected override firstUpdated(): void {
    if (this.scroller) this.#resize?.observe(this.scroller);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("read") || changed.has("size")) {
      this.#reset();
      this.scrolled = 0;
      this.sought = undefined;
      this.astray = false;
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("read") || changed.has("size")) this.scroller?.scrollTo({ top: 0 });
  }

  #reset(): void {
    this.#pages?.close();
    this.problem = undefined;
    const { read } = this;
    const pages: BytePages | undefined =
      read &&
      new BytePages(
        this.size,
        read,
        () => {
          this.requestUpdate();
        },
        (error) => {
          if (pages === this.#pages) this.problem = problemOf(error);
        },
      );
    this.#pages = pages;
  }

  get #total(): number {
    return Math.ceil(this.size / this.columns);
  }

  get #viewport(): Viewport {
    return { scrollTop: this.scrolled, height: this.height, rowHeight: ROW };
  }

  protected override render(): TemplateResult {
    return html`<div class="bar">
        <form @submit=${this.#onSubmit}>
          <label for="offset">${contentsText.offset}</label>
          <input
            id="offset"
            name="offset"
            autocomplete="off"
            spellcheck="false"
            placeholder=${contentsText.offsetHint}
            aria-invalid=${this.astray ? "true" : nothing}
            aria-describedby=${this.astray ? "astray" : nothing}
          />
          <button type="submit">${contentsText.goPage}</button>
        </form>
        ${
          this.astray
            ? html`<span id="astray" class="mismatch" role="alert"
                >${contentsText.offsetProblem(this.size)}</span
              >`
            : nothing
        }
        <slot name="tools"></slot>
      </div>
      ${
        this.problem
          ? html`<div class="problem" role="alert">
              <span>${this.problem.message} <code>${this.problem.code}</code></span>
              <button type="button" @click=${this.#retry}>${contentsText.retry}</button>
            </div>`
          : nothing
      }
      <div
        class="lines"
        tabindex="0"
        role="group"
        aria-label=${contentsText.hexLabel}
        @scroll=${this.#onScroll}
      >
        ${this.#rows()}
      </div>`;
  }

  #rows(): TemplateResult {
    const { first, end, height, shift } = windowAt(this.#total, this.#viewport);
    const indexes = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#pages?.want(first * this.columns, end * this.columns),
      // What is seen first is read at once.
      this.scrolled === 0 ? 0 : STAY,
    );
    return html`<div class="rows" ${cssom({ height: `${height}px` })}>
      ${repeat(
        indexes,
        (index) => index,
        (index) => this.#row(index, index * ROW + shift),
      )}
    </div>`;
  }

  #row(index: number, top: number): TemplateResult {
    const offset = index * this.columns;
    const bytes = this.#pages?.get(offset, Math.min(this.columns, this.size - offset));
    const sought =
      this.sought !== undefined && this.sought >= offset && this.sought < offset + this.columns;
    const place = offsetText(offset, offsetDigits(this.size));
    return html`<div
      class="row ${index % 2 === 1 ? "odd" : ""} ${sought ? "sought" : ""}"
      data-offset=${offset}
      ${cssom({ transform: `translateY(${top}px)` })}
    >
      <span class="offset">${`${place}  `}</span>${
        bytes
          ? html`<span>${`${hexText(bytes, this.columns)}  `}</span
              ><span class="ascii">${asciiText(bytes)}</span>`
          : html`<span class="waiting">…</span>`
      }
    </div>`;
  }

  #measure(): void {
    if (!this.scroller) return;
    this.height = this.scroller.clientHeight;
    const columns = this.scroller.clientWidth < ROOM ? SLIM : WIDE;
    if (columns === this.columns || this.scroller.clientWidth === 0) return;
    const top = this.#topRow() * this.columns;
    this.columns = columns;
    void this.updateComplete.then(() => {
      this.#scrollTo(Math.floor(top / columns));
    });
  }

  // Scrolled positions are scaled where there are very many rows: the window knows how.
  #topRow(): number {
    const { shift } = windowAt(this.#total, this.#viewport);
    return Math.max(0, Math.round((this.scrolled - shift) / ROW));
  }

  /** Brings a row to the top. */
  #scrollTo(row: number): void {
    if (!this.scroller) return;
    const bottom = { scrollTop: Infinity, height: this.height, rowHeight: ROW };
    this.scroller.scrollTop = scrollTo(row, this.#total, bottom);
    this.scrolled = this.scroller.scrollTop;
  }

  #onScroll(): void {
    if (this.scroller) this.scrolled = this.scroller.scrollTop;
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const value = new FormData(event.currentTarget).get("offset");
    const offset = typeof value === "string" ? parseOffset(value) : undefined;
    this.astray = offset === undefined || offset >= this.size;
    if (offset === undefined || this.astray) return;
    this.sought = offset;
    this.#scrollTo(Math.max(0, Math.floor(offset / this.columns) - 2));
  };

  readonly #retry = (): void => {
    this.problem = undefined;
    this.#pages?.retry();
    this.requestUpdate();
  };
}

if (!customElements.get("oci-lens-hex")) customElements.define("oci-lens-hex", OciLensHex);

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-hex": OciLensHex;
  }
}
