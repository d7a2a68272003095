import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { ref } from "lit/directives/ref.js";

import { messageOf } from "../errors.js";
import { base } from "../styles/base.js";
import { tableStyle } from "../styles/table.js";
import { tagStyle } from "../styles/tag.js";
import { tableText } from "../text/table.js";
import { text } from "../text.js";
import { cssom } from "./cssom.js";
import { PAGE, RowCache, type FetchRows } from "./row-cache.js";
import { rowIndex, VirtualList } from "./virtual-list.js";

/** Height of a row and of the head in pixels; the style sheet has the same. */
const ROW = 28;
const HEAD = 30;

export interface Column<Row> {
  readonly label: string;
  /** Width as a track of a grid. */
  readonly width: string;
  /** Numbers stand at the end. */
  readonly end?: boolean;
  /** Left out where there is little room. */
  readonly spare?: boolean;
  readonly cell: (row: Row) => unknown;
}

/** What a table shows: a new one starts at the top. */
export interface TableSource<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: FetchRows<Row>;
  /** What a row leads to; its words are the row's title. */
  readonly choose?: (row: Row) => void;
  /** Marks on a row, as attributes: for styles and tests. */
  readonly mark?: (row: Row) => string;
}

/** A long table of which only the rows in sight are read and drawn. */
export class OciLensTable extends LitElement {
  static override styles = [base, tagStyle, tableStyle];

  @property({ attribute: false }) source: TableSource<unknown> | undefined;
  @property() label = "";
  /** What is said when there are no rows. */
  @property() none = "";
  /** How many rows are kept at hand, to be printed. */
  @property({ attribute: false }) kept = 0;
  /** Whether those are drawn, for paper, and not what is in sight. */
  @property({ attribute: false }) printing = false;
  /** Counts up when the rows may be others. */
  @property({ attribute: false }) revision = 0;

  @state() private problem: string | undefined;

  readonly #list = new VirtualList(this, { rowHeight: ROW, head: HEAD });
  #cache: RowCache<unknown> | undefined;
  #known = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("source")) this.#start();
    else if (changed.has("revision")) {
      this.#cache?.invalidate();
      // An empty list looks at no row, and would never learn of its first one.
      if (this.#cache?.total === 0) this.#cache.get(0);
    }
    this.#list.total = this.#cache?.total ?? 0;
    this.#list.whole = this.printing ? this.kept : 0;
    // The page is printed before any row could be read.
    for (let at = 0; at < Math.min(this.kept, this.#list.total); at += PAGE) this.#cache?.get(at);
  }

  #start(): void {
    const { source } = this;
    this.problem = undefined;
    this.#known = false;
    this.#list.reset();
    this.#cache =
      source &&
      new RowCache(
        source.rows,
        () => {
          this.#known = true;
          this.requestUpdate();
        },
        (error) => {
          if (source === this.source) this.problem = messageOf(error);
        },
      );
    // The first page says how many rows there are.
    this.#cache?.get(0);
  }

  protected override render(): TemplateResult {
    const { source } = this;
    if (!source) return html``;
    if (this.problem !== undefined) {
      return html`<p class="none mismatch" role="alert">${this.problem}</p>`;
    }
    const tracks = (list: readonly Column<unknown>[]) => list.map(({ width }) => width).join(" ");
    const columns = cssom({
      "--columns": tracks(source.columns),
      "--columns-narrow": tracks(source.columns.filter(({ spare }) => spare !== true)),
    });
    const empty = this.#list.total === 0;
    return html`<div
        class="grid"
        role="grid"
        aria-label=${this.label}
        aria-rowcount=${this.#list.total + 1}
        aria-colcount=${source.columns.length}
        aria-busy=${this.#known ? "false" : "true"}
        tabindex=${empty ? 0 : -1}
        ${ref(this.#list.attach)}
        ${columns}
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
        @click=${this.#onClick}
      >
        <div class="head" role="row" aria-rowindex="1">
          ${source.columns.map(
            ({ label, end, spare }) =>
              html`<span
                role="columnheader"
                class="${end === true ? "end" : ""} ${spare === true ? "spare" : ""}"
                >${label}</span
              >`,
          )}
        </div>
        <div class="rows" role="rowgroup" ${cssom({ height: `${this.#list.height}px` })}>
          ${this.#list.rows((index, top) => {
            const row = this.#cache?.get(index);
            const tabIndex = this.#list.tabIndex(index);
            // While the list is scrolled, most rows stay as they are.
            return guard([source, row, index, top, tabIndex], () =>
              this.#row(source, row, index, top, tabIndex),
            );
          })}
        </div>
      </div>
      ${
        this.printing && this.#list.total > this.kept
          ? html`<p class="more">${tableText.notPrinted(this.#list.total - this.kept)}</p>`
          : nothing
      }
      ${empty ? html`<p class="none">${this.#known ? this.none : text.loading}</p>` : nothing}`;
  }

  #row(
    source: TableSource<unknown>,
    row: unknown,
    index: number,
    top: number,
    tabIndex: 0 | -1,
  ): TemplateResult {
    return html`<div
      class="row ${index % 2 === 1 ? "odd" : ""} ${source.choose ? "leads" : ""}"
      role="row"
      aria-rowindex=${index + 2}
      aria-busy=${row === undefined ? "true" : nothing}
      tabindex=${tabIndex}
      data-index=${index}
      data-mark=${row === undefined ? nothing : (source.mark?.(row) ?? nothing)}
      ${cssom({ transform: `translateY(${top}px)` })}
    >
      ${source.columns.map(
        ({ end, spare, cell }) =>
          html`<span
            role="gridcell"
            class="cell ${end === true ? "end" : ""} ${spare === true ? "spare" : ""}"
            >${row === undefined ? nothing : cell(row)}</span
          >`,
      )}
    </div>`;
  }

  #choose(index: number | undefined): void {
    const row = index === undefined ? undefined : this.#cache?.get(index);
    if (row !== undefined) this.source?.choose?.(row);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (this.#list.key(event)) event.preventDefault();
    else if (event.key === "Enter" && event.target instanceof Element) {
      if (event.target.matches(".row")) this.#choose(this.#list.active);
    }
  };

  readonly #onFocus = (event: FocusEvent): void => {
    const index = rowIndex(event);
    if (index !== undefined) this.#list.focused(index);
  };

  readonly #onClick = (event: MouseEvent): void => {
    // A button in a cell, or text that is being selected, is not the row.
    const [target] = event.composedPath();
    if (target instanceof Element && target.closest("button, a")) return;
    if (getSelection()?.isCollapsed === false) return;
    this.#choose(rowIndex(event));
  };
}

/** A table's source, its rows' type kept to the columns. */
export function tableSource<Row>(source: TableSource<Row>): TableSource<unknown> {
  return source as TableSource<unknown>;
}

if (!customElements.get("oci-lens-table")) customElements.define("oci-lens-table", OciLensTable);
