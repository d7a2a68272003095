import { html, nothing, type PropertyValues, type TemplateResult } from "lit";

import { base } from "../../styles/base.js";
import { figureTreeStyle } from "../../styles/figure.js";
import { filesStyle } from "../../styles/files.js";
import { text as words } from "../../text.js";
import { figureText as text } from "../../text/figure.js";
import type { ViewerOptions } from "../../options.js";
import type { TreePart } from "../api.js";
import { treeAction } from "../files/keys.js";
import { ALL, TreeModel } from "../files/model.js";
import { globOf, isListed, isPart, sortedBy } from "../files/query.js";
import { gridHead, rowTemplate, type RowLook } from "../files/row.js";
import { pathBytes } from "../place.js";
import { ViewElement } from "../view-element.js";
import { rowIndex } from "../virtual-list.js";

/** Rows drawn, all of them in the document: a page is printed as it is. */
export const MOST = 1000;

/** How many levels are open where nobody says. */
const DEPTH = 2;

const SLASH = 0x2f;

/** What an author's words ask of a tree. */
export function partOf({ path, depth, highlight }: ViewerOptions): TreePart {
  const levels = Number(depth ?? DEPTH);
  return {
    path: new TextEncoder().encode(path ?? "/"),
    // One level is what lies in the folder, with nothing open.
    depth: Number.isInteger(levels) && levels > 0 ? Math.min(levels - 1, ALL) : DEPTH - 1,
    highlight: globOf(highlight),
  };
}

/** The files below a path, as high as their rows. */
export class OciLensTree extends ViewElement {
  static override styles = [base, filesStyle, figureTreeStyle];

  readonly #model = new TreeModel(() => {
    this.requestUpdate();
  });
  /** The row that takes the focus. */
  #active = 0;
  #focuses = false;
  /** The highlighted row that was brought into sight. */
  #seen: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // An element that is only moved is back before this runs.
    setTimeout(() => {
      if (!this.isConnected) this.#model.close();
    });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("place");
    const { range } = this.place;
    const isOther =
      changed.has("archive") ||
      this.isOtherImage(changed) ||
      before?.range?.first !== (before && range?.first) ||
      before?.range?.last !== (before && range?.last);
    const asked = changed.get("options");
    const keys = ["path", "depth", "highlight"] as const;
    const other =
      !this.hasUpdated ||
      (changed.has("options") && keys.some((key) => asked?.[key] !== this.options[key]));
    if (isOther || other) this.#seen = undefined;
    if (other) void this.#model.show(partOf(this.options));
    if (isOther) void this.#open();
    else if (changed.has("revision") || changed.has("scanning")) void this.#follow();
  }

  async #open(): Promise<void> {
    const { archive, image } = this;
    const { range } = this.place;
    if (!image || image.presence === "absent") this.#model.close();
    else await this.#model.open(archive, image.number, range, this.#isPart);
  }

  /** Shows what has arrived; what was highlighted may be there now. */
  async #follow(): Promise<void> {
    const { highlight } = this.options;
    if (highlight === undefined || this.#model.first !== undefined) await this.#model.refresh();
    else await this.#model.show(partOf(this.options));
  }

  get #isPart(): boolean {
    return isPart(this.place.range, this.image?.layers.length ?? 0);
  }

  protected override updated(): void {
    const { first } = this.#model;
    const row = this.#row(this.#focuses ? this.#active : first);
    if (this.#focuses) row?.focus();
    else if (first !== this.#seen && row) {
      this.#seen = first;
      this.#bringIntoSight(row);
    }
    this.#focuses = false;
  }

  #row(index: number | undefined): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-index="${index ?? ""}"]`);
  }

  // Only the rows are scrolled: the page around the figure stays where it is.
  #bringIntoSight(row: HTMLElement): void {
    const grid = this.renderRoot.querySelector(".grid");
    if (!grid) return;
    const [box, at] = [grid.getBoundingClientRect(), row.getBoundingClientRect()];
    if (at.bottom > box.bottom) grid.scrollTop += at.bottom - box.top - box.height / 2;
  }

  protected override render(): TemplateResult {
    const model = this.#model;
    const { cache, total, busy, state } = model;
    const drawn = Math.min(total, MOST);
    const active = Math.min(this.#active, Math.max(0, drawn - 1));
    const look: RowLook = { changes: this.#isPart, attributes: true, totals: true, info: false };
    return html`${this.#notice()}
      <div class="shown">
        <div
          class="grid with-attributes ${look.changes ? "with-changes" : ""}"
          part="tree"
          role="treegrid"
          aria-label=${text.label.tree}
          aria-rowcount=${total + 1}
          aria-busy=${busy || this.scanning || !state ? "true" : "false"}
          tabindex=${total === 0 ? "0" : "-1"}
          @keydown=${this.#onKey}
          @focusin=${this.#onFocus}
          @click=${this.#onClick}
        >
          ${gridHead(look, model.arrangement, (key) => {
            void model.arrange(sortedBy(model.arrangement, key));
          })}
          <div role="rowgroup">
            ${Array.from({ length: drawn }, (_, index) => {
              const tabIndex = index === active ? 0 : -1;
              return rowTemplate(
                cache?.get(index),
                { index, top: 0, tabIndex, chosen: false },
                look,
              );
            })}
          </div>
        </div>
      </div>
      ${
        this.image && isListed(this.image)
          ? html`<p class="remark" data-notice="listed">${text.listed}</p>`
          : nothing
      }
      ${total > drawn ? html`<p class="remark">${text.more(total - drawn)}</p>` : nothing}`;
  }

  #notice(): TemplateResult | typeof nothing {
    const { problem, patternProblem, state, busy, total, first } = this.#model;
    if (problem !== undefined) return html`<p class="problem" role="alert">${problem}</p>`;
    if (patternProblem !== undefined) {
      return html`<p class="problem" role="alert">${text.pattern}: ${patternProblem}</p>`;
    }
    if (!state || busy || this.scanning) {
      return total === 0 ? html`<p class="remark">${words.loading}</p>` : nothing;
    }
    const { path = "/", highlight } = this.options;
    if (total === 0) {
      const { applied, layers } = state;
      return html`<p class="remark">${applied < layers ? text.waiting : text.none(path)}</p>`;
    }
    if (highlight === undefined || first !== undefined) return nothing;
    return html`<p class="remark">${text.notFound(highlight)}</p>`;
  }

  #onFocus(event: FocusEvent): void {
    this.#active = rowIndex(event) ?? this.#active;
    this.requestUpdate();
  }

  #onClick(event: MouseEvent): void {
    const index = rowIndex(event);
    // Text that is being selected is not a click.
    if (index === undefined || getSelection()?.isCollapsed === false) return;
    const row = this.#model.cache?.get(index);
    this.#moveTo(index);
    if (row) void this.#model.toggle(index, row);
  }

  #onKey(event: KeyboardEvent): void {
    // Keys on what lies in a head are that control's.
    if (event.target instanceof Element && event.target.closest("button")) return;
    const index = this.#active;
    const row = this.#model.cache?.get(index);
    const action = treeAction(event, {
      index,
      total: Math.min(this.#model.total, MOST),
      page: 10,
      level: row?.level ?? 1,
      expandable: row?.expandable ?? false,
      expanded: row?.expanded ?? false,
    });
    if (!action) return;
    event.preventDefault();
    if (action.kind === "move") this.#moveTo(action.to);
    else if (!row) return;
    else if (action.kind === "parent") void this.#toParent(pathBytes(row));
    else void this.#model.toggle(index, row);
  }

  async #toParent(path: Uint8Array): Promise<void> {
    const at = await this.#model.reveal(path.subarray(0, path.lastIndexOf(SLASH)));
    if (at !== undefined) this.#moveTo(at);
  }

  #moveTo(index: number): void {
    this.#active = index;
    this.#focuses = true;
    this.requestUpdate();
  }
}

if (!customElements.get("oci-lens-tree")) customElements.define("oci-lens-tree", OciLensTree);

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-tree": OciLensTree;
  }
}
