import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { base } from "../styles/base.js";
import { textLinesStyle } from "../styles/text-lines.js";
import { contentsText } from "../text/contents.js";
import { cssom } from "./cssom.js";
import { findAll, matchFrom, type Matches } from "./find.js";
import { count } from "./format.js";
import { Highlighter } from "./highlight.js";
import { twistyIcon } from "./icons.js";
import { digests, rowSpans, type Mark, type Span } from "./spans.js";
import { Lines, TextRows, WIDEST_ROW, type TextRow } from "./text-rows.js";
import type { Language } from "./types.js";
import { scrollTo, windowAt, type Viewport } from "./window.js";

/** Height of a row in pixels; the style sheet has the same. */
const ROW = 19;

/** Room beside the code: its padding and the gutter's. */
const PADDING = 42;

/** Columns of which the width of one is measured. */
const PROBE = "0".repeat(100);

/** Milliseconds for colours before a row is drawn, and at a time after it. */
const FIRST_SLICE = 5;
const SLICE = 10;

/** Gives what a digest leads to, if it leads anywhere. */
export type FollowDigest = (digest: string) => (() => void) | undefined;

/** A text by numbered lines, in colours. Only the rows in sight are in the document. */
export class OciLensTextLines extends LitElement {
  static override styles = [base, textLinesStyle];

  /** The text. One that begins with the text before it is that text with more loaded. */
  @property({ attribute: false }) text = "";
  @property({ attribute: false }) language: Language = "plain";
  /** What the text is, for those who do not see it. */
  @property({ attribute: false }) label: string = contentsText.textLabel;
  /** The number of the first line; unknown where what comes before is not loaded. */
  @property({ attribute: false }) firstLine: number | undefined = 1;
  /** Makes digests in strings into links. */
  @property({ attribute: false }) follow: FollowDigest | undefined;

  @state() private wrap = true;
  @state() private words = "";
  @state() private match = 0;
  @state() private scrolled = 0;
  @state() private height = 0;
  @state() private columns = 80;

  @query(".lines") private scroller!: HTMLElement | null;
  @query(".probe") private probe!: HTMLElement | null;
  @query("input") private field!: HTMLInputElement | null;

  #lines = new Lines("");
  #rows = new TextRows(this.#lines, 80);
  #highlighter = new Highlighter(this.#lines, "plain");
  #matches: Matches = { at: [], length: 0, more: false };
  #cell = 7.5;
  #resize: ResizeObserver | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  // A place of the text that is to be at the top, or to be in sight, after the update.
  #top: number | undefined;
  #reveal: number | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize = new ResizeObserver(() => {
      this.#measure();
    });
    if (this.scroller) this.#resize.observe(this.scroller);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    clearTimeout(this.#timer);
  }

  protected override firstUpdated(): void {
    if (this.scroller) this.#resize?.observe(this.scroller);
    this.addEventListener("keydown", this.#onKey);
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before: unknown = changed.get("text");
    const grown = typeof before === "string" && before !== "" && this.text.startsWith(before);
    if (changed.has("text")) {
      this.#lines = new Lines(this.text);
      if (!grown) {
        this.scrolled = 0;
        this.match = 0;
        this.#top = 0;
      }
    }
    if (changed.has("text") || changed.has("language")) {
      this.#highlighter = new Highlighter(this.#lines, this.language);
    }
    const columns = this.wrap ? this.columns : WIDEST_ROW;
    if (changed.has("text") || changed.has("wrap") || columns !== this.#rows.columns) {
      if (!changed.has("text")) this.#top ??= this.#offsetOf(this.#topRow());
      this.#rows = new TextRows(this.#lines, columns);
    }
    if (changed.has("words") || changed.has("text")) {
      this.#matches = findAll(this.text, this.words);
      if (changed.has("words")) {
        // The next one from where the reader is, else the first of all.
        const next = matchFrom(this.#matches, this.#offsetOf(this.#topRow()));
        this.match = next < this.#matches.at.length ? next : 0;
        this.#reveal = this.#matches.at[this.match];
      }
    }
  }

  protected override updated(): void {
    if (this.#top !== undefined) {
      this.#scrollTo(this.#rowTop(this.#rows.rowAt(this.#top)));
      this.#top = undefined;
    }
    if (this.#reveal !== undefined) {
      this.#show(this.#reveal);
      this.#reveal = undefined;
    }
  }

  protected override render(): TemplateResult {
    return html`<div class="bar">
        ${this.#find()}
        <button
          type="button"
          title=${contentsText.wrapLabel}
          aria-pressed=${this.wrap ? "true" : "false"}
          @click=${() => {
            this.wrap = !this.wrap;
          }}
        >
          ${contentsText.wrap}
        </button>
        <slot name="tools"></slot>
      </div>
      <div
        class="lines"
        tabindex="0"
        role="group"
        aria-label=${this.label}
        @scroll=${this.#onScroll}
      >
        <span class="probe" aria-hidden="true">${PROBE}</span>
        ${this.text === "" ? html`<p class="none">${contentsText.noText}</p>` : this.#visibleRows()}
      </div>`;
  }

  #find(): TemplateResult {
    const found = this.#matches.at.length;
    const step = (by: number, label: string, direction: string) =>
      html`<button
        class="quiet ${direction}"
        type="button"
        title=${label}
        aria-label=${label}
        ?disabled=${found === 0}
        @click=${() => {
          this.#step(by);
        }}
      >
        ${twistyIcon}
      </button>`;
    return html`<div class="find" role="search">
      <input
        type="search"
        autocomplete="off"
        spellcheck="false"
        maxlength="200"
        placeholder=${contentsText.find}
        aria-label=${contentsText.findLabel}
        .value=${this.words}
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) this.words = event.target.value;
        }}
      />
      ${step(-1, contentsText.previous, "up")}${step(1, contentsText.next, "down")}
      <span class="count" role="status"
        >${
          this.words === ""
            ? nothing
            : contentsText.found(this.match + 1, found, this.#matches.more)
        }</span
      >
    </div>`;
  }

  get #viewport(): Viewport {
    return { scrollTop: this.scrolled, height: this.height, rowHeight: ROW };
  }

  #visibleRows(): TemplateResult {
    const { first, end, height, shift } = windowAt(this.#rows.total, this.#viewport);
    const rows = Array.from({ length: Math.max(0, end - first) }, (_, at) => ({
      index: first + at,
      row: this.#rows.at(first + at),
    }));
    const last = rows.at(-1)?.row.line ?? 0;
    this.#highlighter.advance(last, FIRST_SLICE);
    if (!this.#highlighter.knows(last)) this.#colourLater(last);
    const gutter = this.#gutter();
    const width = this.wrap ? "100%" : `calc(${this.#rows.widest + gutter}ch + ${PADDING}px)`;
    return html`<div
      class="rows"
      ${cssom({ height: `${height}px`, width, "--gutter": `${gutter}ch` })}
    >
      ${repeat(
        rows,
        ({ index }) => index,
        ({ index, row }) => this.#row(row, index * ROW + shift, gutter),
      )}
    </div>`;
  }

  #row(row: TextRow, top: number, gutter: number): TemplateResult {
    const line = this.#lines.get(row.line);
    const tokens = this.#highlighter.tokens(row.line);
    const spans = rowSpans(
      line,
      row,
      tokens,
      this.#marks(row),
      this.follow ? digests(line, tokens) : [],
    );
    const number =
      row.from > 0
        ? "↳"
        : this.firstLine === undefined
          ? `+${count(row.line + 1)}`
          : String(this.firstLine + row.line);
    // Bound together: white space between the two would be part of the text.
    return html`<div
      class="row"
      data-line=${row.line}
      ${cssom({ transform: `translateY(${top}px)` })}
    >
      <span class="at" aria-hidden="true" ${cssom({ "min-width": `calc(${gutter}ch + 18px)` })}
        >${number}</span
      ><span class="code">${spans.map((span) => this.#span(span))}</span>
    </div>`;
  }

  #span(span: Span): unknown {
    const { text, kind, stands, mark, digest } = span;
    if (kind === undefined && stands === undefined && mark === undefined) return text;
    const classes = [
      kind === undefined ? "" : `t-${kind}`,
      stands === undefined ? "" : "stands",
      mark ? "match" : "",
      mark === "current" ? "now" : "",
    ].join(" ");
    const follow = digest === undefined ? undefined : this.follow?.(digest);
    if (follow) {
      return html`<button
        class="link ${classes}"
        type="button"
        title=${contentsText.show(digest ?? "")}
        @click=${follow}
      >
        ${text}
      </button>`;
    }
    return html`<span class=${classes} title=${stands ?? nothing}>${text}</span>`;
  }

  /** The matches in a row. */
  #marks(row: TextRow): Mark[] {
    const { at, length } = this.#matches;
    if (at.length === 0) return [];
    const start = this.#lines.start(row.line);
    const marks: Mark[] = [];
    for (
      let match = matchFrom(this.#matches, start + row.from - length + 1);
      match < at.length;
      match += 1
    ) {
      const from = (at[match] ?? 0) - start;
      if (from >= row.to) break;
      if (from + length > row.from) {
        marks.push({ start: from, end: from + length, current: match === this.match });
      }
    }
    return marks;
  }

  #gutter(): number {
    const last = (this.firstLine ?? 1) + this.#lines.count - 1;
    // `+` and separators, where lines are counted from a page on.
    return this.firstLine === undefined ? count(last).length + 1 : Math.max(3, String(last).length);
  }

  #colourLater(line: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#highlighter.advance(line, SLICE);
      if (this.#highlighter.knows(line)) this.requestUpdate();
      else this.#colourLater(line);
    });
  }

  #measure(): void {
    const { scroller, probe } = this;
    if (!scroller || !probe) return;
    this.height = scroller.clientHeight;
    const cell = probe.getBoundingClientRect().width / PROBE.length;
    if (cell > 0) this.#cell = cell;
    const room = scroller.clientWidth - PADDING - this.#gutter() * this.#cell;
    this.columns = Math.max(10, Math.floor(room / this.#cell));
  }

  #onScroll(): void {
    if (this.scroller) this.scrolled = this.scroller.scrollTop;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if ((event.ctrlKey || event.metaKey) && event.key === "f") {
      event.preventDefault();
      this.field?.focus();
      this.field?.select();
      return;
    }
    if (event.composedPath()[0] !== this.field) return;
    if (event.key === "Enter") {
      event.preventDefault();
      this.#step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape" && this.words !== "") {
      event.preventDefault();
      event.stopPropagation();
      this.words = "";
    }
  };

  #step(by: number): void {
    const found = this.#matches.at.length;
    if (found === 0) return;
    this.match = (this.match + by + found) % found;
    this.#reveal = this.#matches.at[this.match];
  }

  // Scrolled positions are scaled where there are very many rows: the window knows how.
  #topRow(): number {
    const total = this.#rows.total;
    const { shift } = windowAt(total, this.#viewport);
    return Math.min(Math.max(0, total - 1), Math.round((this.scrolled - shift) / ROW));
  }

  #rowTop(row: number): number {
    // From far below, the least movement brings the row to the top.
    const bottom = { scrollTop: Infinity, height: this.height, rowHeight: ROW };
    return scrollTo(row, this.#rows.total, bottom);
  }

  #offsetOf(row: number): number {
    if (this.#rows.total === 0) return 0;
    const { line, from } = this.#rows.at(row);
    return this.#lines.start(line) + from;
  }

  #show(offset: number): void {
    const row = this.#rows.rowAt(offset);
    const total = this.#rows.total;
    const top = scrollTo(row, total, this.#viewport);
    if (top !== this.scrolled) {
      // In the middle, so that what is around it is seen too.
      const middle = Math.max(0, row - Math.floor(this.height / ROW / 2));
      this.#scrollTo(this.#rowTop(middle));
    }
    if (this.wrap || !this.scroller) return;
    const { line, from } = this.#rows.at(row);
    const column = (offset - this.#lines.start(line) - from) * this.#cell;
    const { scrollLeft, clientWidth } = this.scroller;
    const room = clientWidth - PADDING - this.#gutter() * this.#cell - 80;
    if (column < scrollLeft || column > scrollLeft + room) {
      this.scroller.scrollLeft = Math.max(0, column - room / 2);
    }
  }

  #scrollTo(top: number): void {
    if (!this.scroller) return;
    this.scroller.scrollTop = top;
    this.scrolled = this.scroller.scrollTop;
  }
}

if (!customElements.get("oci-lens-text-lines"))
  customElements.define("oci-lens-text-lines", OciLensTextLines);

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-text-lines": OciLensTextLines;
  }
}
