import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import { base } from "../styles/base.js";
import { filesStyle } from "../styles/files.js";
import { text } from "../text.js";
import { cssom } from "./cssom.js";
import type { RowTree } from "./tree.js";
import { bytes, exactBytes, exactTime, time } from "./format.js";
import { nodeIcon, twistyIcon } from "./icons.js";
import { treeAction } from "./keys.js";
import { copyButton, hue, type Copy } from "./parts.js";
import { RowCache } from "./row-cache.js";
import type { RowView, TreeState } from "./types.js";
import { scrollTo, windowAt, type Viewport } from "./window.js";

/** Height of a row and of the head, in pixels; the style sheet has the same. */
const ROW = 28;
const HEAD = 30;

/** Deeper rows are not indented further, so that their names can still be read. */
const DEEPEST_INDENT = 24;

/** The depths that one button opens the tree to; 0 stands for all. */
const DEPTHS = [1, 2, 3, 0] as const;
const ALL = 0xffff_ffff;

/** The merged tree of an image as a treegrid. Only the rows in sight are in the document. */
export class OciLensFiles extends LitElement {
  static override styles = [base, filesStyle];

  /** The tree of the image that is shown. */
  @property({ attribute: false }) tree: RowTree | undefined;
  /** Counts up whenever the tree may have grown. */
  @property({ attribute: false }) revision = 0;
  /** How many of the image's layers are missing, or could not be unpacked. */
  @property({ attribute: false }) leftOut = 0;
  /** Whether layers are still being read. */
  @property({ attribute: false }) scanning = false;
  @property({ attribute: false }) copy: Copy = () => undefined;

  @state() private height = 0;
  @state() private scrolled = 0;
  @state() private active = 0;
  @state() private chosen = -1;
  @state() private treeState: TreeState | undefined;
  @state() private problem: string | undefined;

  @query(".grid") private grid!: HTMLElement | null;

  #cache: RowCache | undefined;
  #resize: ResizeObserver | undefined;
  #focusAfterUpdate = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize = new ResizeObserver(() => {
      this.#measure();
    });
    if (this.grid) this.#resize.observe(this.grid);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
  }

  protected override firstUpdated(): void {
    if (this.grid) this.#resize?.observe(this.grid);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("tree")) this.#reset();
    else if (changed.has("revision")) this.#refresh(0);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("tree")) this.grid?.scrollTo({ top: 0 });
    if (this.#focusAfterUpdate) {
      this.#focusAfterUpdate = false;
      this.#rowElement(this.active)?.focus({ preventScroll: true });
    }
  }

  #reset(): void {
    const { tree } = this;
    this.active = 0;
    this.chosen = -1;
    this.scrolled = 0;
    this.treeState = undefined;
    this.problem = undefined;
    this.#cache =
      tree &&
      new RowCache(
        (offset, limit) => tree.rows(offset, limit),
        () => {
          this.requestUpdate();
        },
        (error) => {
          if (tree === this.tree) this.#fail(error);
        },
      );
    void this.#readState();
  }

  #refresh(from: number): void {
    this.#cache?.invalidate(from);
    this.requestUpdate();
    void this.#readState();
  }

  async #readState(): Promise<void> {
    const { tree } = this;
    if (!tree) return;
    try {
      const state = await tree.state();
      if (tree === this.tree) {
        this.treeState = state;
        this.problem = undefined;
      }
    } catch (error) {
      if (tree === this.tree) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error);
  }

  get #total(): number {
    return this.treeState?.rows ?? this.#cache?.total ?? 0;
  }

  get #viewport(): Viewport {
    return { scrollTop: this.scrolled, height: this.height, rowHeight: ROW };
  }

  #measure(): void {
    if (this.grid) this.height = Math.max(0, this.grid.clientHeight - HEAD);
  }

  #rowElement(index: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-index="${index}"]`);
  }

  protected override render(): TemplateResult {
    const total = this.#total;
    const chosen = this.chosen < 0 ? undefined : this.#cache?.get(this.chosen);
    return html`${this.#toolbar()}
      ${
        this.problem === undefined
          ? nothing
          : html`<p class="problem" role="alert">${text.error.rows}: ${this.problem}</p>`
      }
      <div class="stage">
        <div
          class="grid"
          part="tree"
          role="treegrid"
          aria-label=${text.files.label}
          aria-rowcount=${total + 1}
          aria-colcount="6"
          aria-busy=${this.treeState === undefined || this.scanning ? "true" : "false"}
          tabindex=${total === 0 ? "0" : "-1"}
          @scroll=${this.#onScroll}
          @keydown=${this.#onKey}
          @focusin=${this.#onFocus}
          @click=${this.#onClick}
          @dblclick=${this.#onDoubleClick}
        >
          <div class="head" role="row" aria-rowindex="1">
            <span role="columnheader">${text.files.name}</span>
            <span role="columnheader" class="end size">${text.files.size}</span>
            <span role="columnheader" class="mode">${text.files.mode}</span>
            <span role="columnheader" class="owner">${text.files.owner}</span>
            <span role="columnheader" class="layer">${text.files.layer}</span>
            <span role="columnheader" class="modified">${text.files.modified}</span>
          </div>
          ${this.#rows(total)}
        </div>
        ${total === 0 ? this.#nothing() : nothing}
      </div>
      ${this.#details(chosen, total)}`;
  }

  #toolbar(): TemplateResult {
    const state = this.treeState;
    return html`<div class="toolbar">
      <h2>${text.files.title}</h2>
      ${
        state
          ? html`<span class="muted" data-applied=${state.applied} data-paths=${state.paths}
              >${text.files.paths(state.paths)} ·
              ${text.files.applied(state.applied, state.layers, this.leftOut)}</span
            >`
          : nothing
      }
      <div class="depth" role="group" aria-label=${text.files.depth}>
        <span class="muted" aria-hidden="true">${text.files.depth}</span>
        ${DEPTHS.map(
          (depth) =>
            html`<button
              type="button"
              data-depth=${depth === 0 ? "all" : depth}
              aria-label="${text.files.depth} ${depth === 0 ? text.files.depthAll : depth}"
              ?disabled=${this.#total === 0}
              @click=${() => {
                void this.#expandTo(depth === 0 ? ALL : depth);
              }}
            >
              ${depth === 0 ? text.files.depthAll : depth}
            </button>`,
        )}
      </div>
    </div>`;
  }

  #rows(total: number): TemplateResult {
    const { first, end, height, shift } = windowAt(total, this.#viewport);
    const indexes = Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
    // The row with the focus stays, so that the focus does, however far the rest is scrolled.
    if (this.active < first && total > 0) indexes.unshift(this.active);
    if (this.active >= end && this.active < total) indexes.push(this.active);
    return html`<div class="rows" role="rowgroup" ${cssom({ height: `${height}px` })}>
      ${repeat(
        indexes,
        (index) => index,
        (index) => this.#row(index, index * ROW + shift),
      )}
    </div>`;
  }

  // One template for rows known and not yet known: the element stays, and so does the focus.
  #row(index: number, top: number): TemplateResult {
    const row = this.#cache?.get(index);
    const known = (value: string | number | undefined) => value ?? nothing;
    return html`<div
      class="row ${row?.type ?? "waiting"} ${index % 2 === 1 ? "odd" : ""}"
      role="row"
      aria-busy=${row ? nothing : "true"}
      aria-level=${known(row?.level)}
      aria-posinset=${known(row?.position)}
      aria-setsize=${known(row?.siblings)}
      aria-expanded=${row?.expandable ? (row.expanded ? "true" : "false") : nothing}
      aria-rowindex=${index + 2}
      aria-selected=${index === this.chosen ? "true" : "false"}
      tabindex=${index === this.active ? 0 : -1}
      data-index=${index}
      data-path=${known(row?.path)}
      data-path-hex=${known(row?.pathHex)}
      data-type=${known(row?.type)}
      data-mode=${known(row?.mode)}
      data-uid=${known(row?.uid)}
      data-gid=${known(row?.gid)}
      data-size=${known(row?.size)}
      data-mtime-ns=${known(row?.mtimeNs)}
      data-layer=${known(row?.layer)}
      data-link-name=${known(row?.linkName)}
      data-hardlink-to=${known(row?.hardlinkTo)}
      data-device=${known(row?.device?.join(":"))}
      ${cssom({
        transform: `translateY(${top}px)`,
        "--level": Math.min(row?.level ?? 1, DEEPEST_INDENT) - 1,
      })}
    >
      ${row ? cells(row) : PLACEHOLDER}
    </div>`;
  }

  #nothing(): TemplateResult {
    const state = this.treeState;
    const waiting = this.scanning && (!state || state.applied < state.layers);
    return html`<p class="none">
      ${waiting ? text.files.waiting : state ? text.files.none : text.files.loading}
    </p>`;
  }

  #details(row: RowView | undefined, total: number): TemplateResult {
    if (!row) {
      return html`<div class="details muted">${total === 0 ? nothing : text.files.select}</div>`;
    }
    const parts = [
      text.nodeType(row.type),
      row.type === "file" ? exactBytes(row.size) : "",
      row.device ? text.files.device(...row.device) : "",
      `${row.modeText} (${row.mode.toString(8).padStart(4, "0")})`,
      `${row.uid}:${row.gid}`,
      row.mtimeNs === undefined ? "" : exactTime(row.mtimeNs),
      row.linkName === undefined ? "" : `→ ${row.linkName}`,
      row.hardlinkTo === undefined ? "" : text.files.hardlinkTo(row.hardlinkTo),
    ].filter(Boolean);
    return html`<div class="details" part="path">
      <p class="path">
        <code>/${row.path}</code>${copyButton(this.copy, `/${row.path}`, text.files.pathLabel)}
      </p>
      <p class="muted">
        ${parts.join(" · ")} ·
        ${row.layer === undefined ? text.files.implied : text.layers.number(row.layer)}
      </p>
    </div>`;
  }

  #onScroll(event: Event): void {
    if (event.currentTarget instanceof HTMLElement) {
      this.scrolled = event.currentTarget.scrollTop;
    }
  }

  #onFocus(event: FocusEvent): void {
    const index = indexOf(event);
    if (index !== undefined) this.active = index;
  }

  #onClick(event: MouseEvent): void {
    const index = indexOf(event);
    if (index === undefined) return;
    this.chosen = index;
    this.#moveTo(index);
    if (onTwisty(event)) this.#toggleAt(index);
  }

  #onDoubleClick(event: MouseEvent): void {
    const index = indexOf(event);
    // On the twisty, each of the two clicks has done its part.
    if (index !== undefined && !onTwisty(event)) this.#toggleAt(index);
  }

  #toggleAt(index: number): void {
    const row = this.#cache?.get(index);
    if (row) void this.#toggle(index, row);
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#cache?.get(this.active);
    const action = treeAction(event, {
      index: this.active,
      total: this.#total,
      page: Math.floor(this.height / ROW),
      level: row?.level ?? 1,
      expandable: row?.expandable ?? false,
      expanded: row?.expanded ?? false,
    });
    if (event.key === " " || event.key === "Enter") this.chosen = this.active;
    if (!action) {
      if (event.key === " ") event.preventDefault();
      return;
    }
    event.preventDefault();
    switch (action.kind) {
      case "move":
        this.#moveTo(action.to);
        break;
      case "expand":
      case "collapse":
        if (row) void this.#toggle(this.active, row);
        break;
      case "parent":
        if (row) void this.#toParent(this.active, row.level);
        break;
    }
  }

  /** Focuses a row and brings it into sight. */
  #moveTo(index: number): void {
    if (index < 0 || index >= this.#total) return;
    this.active = index;
    const top = scrollTo(index, this.#total, this.#viewport);
    if (this.grid && top !== this.scrolled) {
      this.grid.scrollTop = top;
      this.scrolled = this.grid.scrollTop;
    }
    this.#focusAfterUpdate = true;
    this.requestUpdate();
  }

  async #toParent(index: number, level: number): Promise<void> {
    const cache = this.#cache;
    for (let above = index - 1; cache && above >= 0; above -= 1) {
      const row = await cache.read(above);
      if (!row || cache !== this.#cache) return;
      if (row.level < level) {
        this.#moveTo(above);
        return;
      }
    }
  }

  async #toggle(index: number, row: RowView): Promise<void> {
    if (!row.expandable) return;
    if (this.chosen > index) this.chosen = -1;
    await this.#change(
      (tree) => (row.expanded ? tree.collapse(row.node) : tree.expand(row.node)),
      index,
    );
  }

  async #expandTo(depth: number): Promise<void> {
    this.chosen = -1;
    // A tree opened to depth 1 shows what lies in the root, with no folder expanded.
    await this.#change((tree) => tree.expandTo(depth - 1), 0);
    this.active = 0;
    this.grid?.scrollTo({ top: 0 });
  }

  async #change(change: (tree: RowTree) => Promise<unknown>, from: number): Promise<void> {
    const { tree } = this;
    if (!tree) return;
    try {
      await change(tree);
      if (tree !== this.tree) return;
      this.#refresh(from);
    } catch (error) {
      if (tree === this.tree) this.#fail(error);
    }
  }
}

/** The row that an event is about. */
function indexOf(event: Event): number | undefined {
  const row = event.target instanceof Element ? event.target.closest("[data-index]") : null;
  const index = row?.getAttribute("data-index");
  return index == null ? undefined : Number(index);
}

function onTwisty(event: Event): boolean {
  return event.target instanceof Element && event.target.closest(".twisty") !== null;
}

const PLACEHOLDER = html`<span role="gridcell" class="name"
  ><i></i><span class="spoken">${text.files.loading}</span></span
>`;

function cells(row: RowView): TemplateResult {
  const twisty = row.expandable ? twistyIcon : nothing;
  const owner = `${row.uid}:${row.gid}`;
  return html`<span role="gridcell" class="name" title=${row.name}
      ><span class="twisty ${row.expanded ? "open" : ""}" aria-hidden="true">${twisty}</span
      ><span class="type" title=${text.nodeType(row.type)}>${nodeIcon(row.type)}</span
      ><span class="label">${row.name}</span>${link(row)}</span
    >
    <span role="gridcell" class="end size" title=${sizeTitle(row)}>${sizeText(row)}</span>
    <span role="gridcell" class="mode">${row.modeText}</span>
    <span role="gridcell" class="owner" title=${owner}>${owner}</span>
    <span role="gridcell" class="layer">${layerChip(row)}</span>
    <span role="gridcell" class="modified"
      >${row.mtimeNs === undefined ? "" : time(row.mtimeNs)}</span
    >`;
}

function link({ linkName, hardlinkTo }: RowView): TemplateResult | typeof nothing {
  if (linkName !== undefined) {
    return html`<span class="target"
      ><span aria-hidden="true">→</span><span class="spoken"> ${text.files.linkTo} </span
      ><span class="exact">${linkName}</span></span
    >`;
  }
  if (hardlinkTo === undefined) return nothing;
  return html`<span class="target">${text.files.hardlinkTo(hardlinkTo)}</span>`;
}

function sizeText(row: RowView): string {
  if (row.type === "file") return bytes(row.size);
  return row.device ? row.device.join(", ") : "";
}

function sizeTitle(row: RowView): string | typeof nothing {
  if (row.type === "file") return exactBytes(row.size);
  return row.device ? text.files.device(...row.device) : nothing;
}

function layerChip(row: RowView): TemplateResult {
  if (row.layer === undefined)
    return html`<span class="muted" title=${text.files.implied}>–</span>`;
  return html`<span class="number ${hue(row.layer)}" title=${text.layers.number(row.layer)}
    >${row.layer}</span
  >`;
}
