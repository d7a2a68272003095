import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { ref } from "lit/directives/ref.js";

import { base } from "../../styles/base.js";
import { filesStyle } from "../../styles/files.js";
import { toolbarStyle } from "../../styles/files-toolbar.js";
import { listStyle } from "../../styles/list.js";
import { text as words } from "../../text.js";
import { text } from "../../text/files.js";
import { cssom } from "../cssom.js";
import { Lazy } from "../lazy.js";
import { exactText, lossy, pathBytes, samePath } from "../place.js";
import type { ImageView, LayerRange, PathPattern, RowView, SizeView } from "../types.js";
import { ViewElement } from "../view-element.js";
import { rowIndex, VirtualList } from "../virtual-list.js";
import { inspector } from "./inspector.js";
import { asksForFilter, asksForMap, filesAction, treeAction, type FilesAction } from "./keys.js";
import { ALL, TreeModel } from "./model.js";
import { layoutOf, SHARE, type Layout } from "./pane.js";
import {
  globOf,
  isPart,
  leavesOut,
  leftOut,
  PLAIN,
  sortedBy,
  toggled,
  type Arrangement,
} from "./query.js";
import { noRows, noticeLine, type About } from "./remarks.js";
import { chosenBy, gridHead, rowGroup, rowTemplate, type RowLook } from "./row.js";
import type { separator } from "./separator.js";
import { toolbar, type ToolbarActions } from "./toolbar.js";

/** Height of a row and of the head, in pixels; the style sheet has the same. */
const ROW = 28;
const HEAD = 30;

const SLASH = 0x2f;

/** Pause in typing after which it is told what has come of it: how many match, or what is wrong. */
const TYPING = 150;

/** The files of an image, or of some of its layers: a treegrid, or a map by size. */
export class OciLensFiles extends ViewElement {
  static override styles = [base, listStyle, toolbarStyle, filesStyle];

  @state() private shown: "list" | "map" = "list";
  @state() private filter: PathPattern = PLAIN.filter;
  @state() private withAttributes = true;
  @state() private totals = true;
  @state() private layout: Layout = "below";
  @state() private share: number = SHARE.usual;
  /** What is to be said of a path that is asked for and not among the rows. */
  @state() private notice: string | undefined;

  readonly #model = new TreeModel(() => {
    this.requestUpdate();
  });
  readonly #list = new VirtualList(this, { rowHeight: ROW, head: HEAD });
  readonly #map = new Lazy(
    () => import("./size-map.js"),
    () => {
      this.requestUpdate();
    },
  );
  // It comes with the details.
  #separator: typeof separator | undefined;
  readonly #inspector = new Lazy(
    async () => {
      const [parts] = await Promise.all([import("./separator.js"), import("../path/path.js")]);
      parts.adoptStyle(this.renderRoot as ShadowRoot);
      this.#separator = parts.separator;
    },
    () => {
      this.requestUpdate();
    },
  );
  readonly #resize = new ResizeObserver(([entry]) => {
    if (!entry || entry.contentRect.width === 0) return;
    this.layout = layoutOf(entry.contentRect.width, entry.contentRect.height);
  });
  #shownRange: { archive: unknown; image: number; range: LayerRange | undefined } | undefined;
  #path: Uint8Array | undefined;
  #highlight: string | undefined;
  /** The path that a click or key here has chosen: it is in sight already. */
  #own: Uint8Array | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #filtering = false;
  #patternProblem: string | undefined;
  #focus: string | undefined;
  #closing = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
    this.addEventListener("keydown", this.#onAnyKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.removeEventListener("keydown", this.#onAnyKey);
  }

  /** Puts the focus into the filter. */
  focusFilter(): void {
    this.shown = "list";
    this.#focusNext(".pattern");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { archive, image, place } = this;
    const { range, path } = place;
    const before = this.#shownRange;
    const other = !samePath(path, this.#path);
    this.#path = path;
    const { highlight } = this.options;
    if (highlight !== this.#highlight) {
      this.#highlight = highlight;
      void this.#pointOut();
    }
    if (!image || image.presence === "absent") {
      if (before) this.#model.close();
      this.#shownRange = undefined;
    } else if (
      before?.archive !== archive ||
      before.image !== image.number ||
      before.range?.first !== range?.first ||
      before.range?.last !== range?.last
    ) {
      this.#shownRange = { archive, image: image.number, range };
      if (before?.archive !== archive || before.image !== image.number) this.#list.reset();
      void this.#open(image, range);
    } else {
      if (other) void this.#reveal();
      if (changed.has("revision") || changed.has("scanning")) void this.#follow();
    }
    this.#list.total = this.#model.total;
    const { patternProblem } = this.#model;
    // Half a pattern is often none: that is no problem as long as more is typed.
    if (patternProblem === undefined || !this.#typing) this.#patternProblem = patternProblem;
  }

  protected override updated(): void {
    // Until the details are gone, what they lie over takes no focus.
    if (this.#closing && this.place.path === undefined) {
      this.#closing = false;
      this.#show(this.shown);
    }
    if (this.#focus === undefined) return;
    const element = this.renderRoot.querySelector<HTMLElement>(this.#focus);
    // It may still have to be loaded.
    if (!element) return;
    this.#focus = undefined;
    element.focus();
    if (element instanceof HTMLInputElement) element.select();
  }

  get #part(): boolean {
    return isPart(this.place.range, this.image?.layers.length ?? 0);
  }

  get #about(): About {
    return {
      model: this.#model,
      part: this.#part,
      scanning: this.scanning,
      showEverything: this.#showEverything,
    };
  }

  async #open(image: ImageView, range: LayerRange | undefined): Promise<void> {
    const { archive } = this;
    if (!(await this.#model.open(archive, image.number, range, this.#part))) return;
    this.#toHighlighted();
    await this.#reveal();
  }

  /** Marks what the author names, and brings the first of it into sight. */
  async #pointOut(): Promise<void> {
    await this.#model.show({ highlight: globOf(this.#highlight) });
    this.#toHighlighted();
  }

  #toHighlighted(): void {
    const { first } = this.#model;
    if (first !== undefined) this.#moveTo(first, false);
  }

  async #follow(): Promise<void> {
    const isComing = this.#highlight !== undefined && this.#model.first === undefined;
    await (isComing ? this.#pointOut() : this.#model.refresh());
    // What was not there yet may be now.
    if (this.notice !== undefined) await this.#reveal();
  }

  /** Brings the chosen path into sight. */
  async #reveal(): Promise<void> {
    const { path } = this.place;
    this.notice = undefined;
    const model = this.#model;
    // The root has no row; and what was chosen here is in sight.
    if (!path?.length || !model.tree || path === this.#own) return;
    const at = await model.reveal(path);
    if (path !== this.place.path) return;
    if (at === undefined) {
      const name = `/${lossy(path)}`;
      const hidden = leavesOut(model.arrangement, this.#part);
      if (!model.busy) this.notice = hidden ? text.hidden(name) : text.notHere(name);
      return;
    }
    this.#moveTo(at, false);
  }

  protected override render(): TemplateResult {
    const { image, place } = this;
    if (!image) return html`<p class="none">${text.noImage}</p>`;
    if (image.presence === "absent") return html`<p class="none">${text.noTree}</p>`;
    const model = this.#model;
    const over = place.path !== undefined && this.layout === "over";
    return html`<div class="page" ?inert=${over}>
        ${toolbar(
          {
            state: model.state,
            filter: this.filter,
            changes: model.arrangement.changes,
            patternProblem: this.#patternProblem,
            shown: this.shown,
            part: this.#part ? place.range : undefined,
            layers: image.layers.length,
            leftOut: image.layers.filter(leftOut).length,
            attributes: this.withAttributes,
            totals: this.totals,
          },
          this.#toolbarActions,
        )}
        ${
          model.problem === undefined
            ? nothing
            : html`<p class="problem" role="alert">
                ${text.problem}: ${model.problem}
                <button
                  type="button"
                  data-action="again"
                  @click=${() => {
                    this.#shownRange = undefined;
                    this.requestUpdate();
                  }}
                >
                  ${words.again}
                </button>
              </p>`
        }
        ${noticeLine(this.#about, this.notice, image)}
      </div>
      <div class="stage ${this.layout}" ${cssom({ "--share": `${this.share}%` })}>
        <div class="shown" ?inert=${over}>
          ${this.shown === "list" ? this.#grid() : this.#sizeMap()}
        </div>
        ${place.path === undefined ? nothing : this.#details()}
      </div>`;
  }

  #grid(): TemplateResult {
    const list = this.#list;
    const { busy, state, cache } = this.#model;
    const look: RowLook = {
      changes: this.#part,
      attributes: this.withAttributes,
      totals: this.totals,
      info: this.layout === "over",
    };
    const looks = JSON.stringify(look);
    const chosen = chosenBy(this.place.path);
    const rows = list.rows((index, top) => {
      const row = cache?.get(index);
      const tabIndex = list.tabIndex(index);
      const isChosen = row !== undefined && chosen(row);
      // While the list is scrolled, most rows stay as they are.
      return guard([row, index, top, tabIndex, isChosen, looks], () =>
        rowTemplate(row, { index, top, tabIndex, chosen: isChosen }, look),
      );
    }, this.#model.known);
    const waiting = state === undefined || this.scanning || busy;
    return html`<div
        class="grid ${look.changes ? "with-changes" : ""} ${look.attributes ? "with-attributes" : ""} ${look.info ? "with-info" : ""}"
        part="tree"
        role="treegrid"
        aria-label=${text.label}
        aria-rowcount=${list.total + 1}
        aria-colcount=${3 + (look.changes ? 1 : 0) + (look.attributes ? 3 : 0) + (look.info ? 1 : 0)}
        aria-busy=${waiting ? "true" : "false"}
        tabindex=${list.total === 0 ? "0" : "-1"}
        ${ref(list.attach)}
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
        @click=${this.#onClick}
        @dblclick=${this.#onDoubleClick}
      >
        ${gridHead(look, this.#model.arrangement, (key) => {
          void this.#arrange(sortedBy(this.#model.arrangement, key));
        })}
        ${rowGroup(rows, list)}
      </div>
      ${list.total === 0 ? noRows(this.#about, this.image) : nothing}`;
  }

  #sizeMap(): unknown {
    return this.#map.show(
      () =>
        html`<oci-lens-size-map
          .tree=${this.#model.tree}
          .revision=${this.revision}
          .path=${this.place.path}
          .choose=${this.#chooseSize}
        ></oci-lens-size-map>`,
    );
  }

  #details(): TemplateResult {
    const over = this.layout === "over";
    return html`${
      over
        ? nothing
        : (this.#separator?.(this.layout, this.share, (share) => {
            this.share = share;
          }) ?? html`<div class="separator"></div>`)
    }
    ${inspector(
      over,
      this.#closeDetails,
      this.#inspector.show(
        () =>
          html`<oci-lens-path
            .archive=${this.archive}
            .report=${this.report}
            .image=${this.image}
            .place=${this.place}
            .host=${this.host}
            .revision=${this.revision}
            .scanning=${this.scanning}
          ></oci-lens-path>`,
      ),
    )}`;
  }

  readonly #toolbarActions: ToolbarActions = {
    filter: (filter) => {
      this.filter = filter;
      this.#tellSoon();
      void this.#applyFilter();
    },
    toList: () => {
      this.#list.moveTo(this.#list.active);
    },
    change: (change) => {
      void this.#arrange(toggled(this.#model.arrangement, change));
    },
    show: (as) => {
      this.shown = as;
    },
    showAll: () => {
      this.host.go({ range: undefined });
    },
    root: () => {
      this.host.go({ path: new Uint8Array() });
    },
    attributes: () => {
      this.withAttributes = !this.withAttributes;
    },
    totals: () => {
      this.totals = !this.totals;
    },
    depth: (depth) => {
      // A tree opened to depth 1 shows what lies in the root, with no folder open.
      void this.#expandTo(depth === 0 ? ALL : depth - 1);
    },
  };

  /** Tries the filter at once. What is typed meanwhile is tried next, as it stands then. */
  async #applyFilter(): Promise<void> {
    if (this.#filtering) return;
    this.#filtering = true;
    const model = this.#model;
    try {
      while (this.filter !== model.arrangement.filter) {
        await this.#arrange({ ...model.arrangement, filter: this.filter });
      }
    } finally {
      this.#filtering = false;
    }
  }

  readonly #showEverything = (): void => {
    this.filter = { ...this.filter, pattern: "" };
    const { arrangement } = this.#model;
    void this.#arrange({ ...arrangement, filter: this.filter, changes: PLAIN.changes });
  };

  async #arrange(arrangement: Arrangement): Promise<void> {
    if (!(await this.#fromTop(() => this.#model.arrange(arrangement)))) return;
    this.#tellSoon();
    this.#own = undefined;
    await this.#reveal();
  }

  /** Shows other rows from the top, unless the focus was moved while they were made ready. */
  async #fromTop(change: () => Promise<boolean>): Promise<boolean> {
    const list = this.#list;
    const { moves } = list;
    const changed = await change();
    if (changed && moves === list.moves) list.reset();
    return changed;
  }

  #tellSoon(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#typing = undefined;
      this.requestUpdate();
      const { state, arrangement, busy, patternProblem } = this.#model;
      if (busy || patternProblem !== undefined) return;
      if (state && leavesOut(arrangement, this.#part)) this.host.say(text.matches(state.matches));
    }, TYPING);
  }

  async #expandTo(depth: number): Promise<void> {
    await this.#fromTop(() => this.#model.expandTo(depth));
  }

  #focusNext(selector: string): void {
    this.#focus = selector;
    this.requestUpdate();
  }

  #choose(row: RowView): void {
    const path = pathBytes(row);
    if (samePath(path, this.place.path)) return;
    this.#own = path;
    if (this.layout === "over") this.#focusNext(".back");
    this.host.go({ path });
  }

  readonly #chooseSize = (size: SizeView): void => {
    if (this.layout === "over") this.#focusNext(".back");
    this.host.go({ path: pathBytes(size) });
  };

  readonly #closeDetails = (): void => {
    this.#closing = true;
    this.host.go({ path: undefined });
  };

  readonly #onAnyKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const [target] = event.composedPath();
    const typing =
      target instanceof HTMLInputElement ||
      target instanceof HTMLTextAreaElement ||
      target instanceof HTMLSelectElement;
    if (typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey) return;
    if (asksForFilter(event)) this.focusFilter();
    else if (asksForMap(event)) this.#show(this.shown === "list" ? "map" : "list");
    else return;
    event.preventDefault();
  };

  #onFocus(event: FocusEvent): void {
    const index = rowIndex(event);
    if (index !== undefined) this.#list.focused(index);
  }

  #onClick(event: MouseEvent): void {
    const index = rowIndex(event);
    const row = index === undefined ? undefined : this.#model.cache?.get(index);
    if (index === undefined || !row) return;
    this.#list.moveTo(index);
    // Where the details take the list's place, a tap on a folder opens it.
    const opens = this.layout === "over" && row.expandable && !hits(event, ".info");
    if (opens || hits(event, ".twisty")) void this.#model.toggle(index, row);
    else this.#choose(row);
  }

  #onDoubleClick(event: MouseEvent): void {
    const index = rowIndex(event);
    // On the twisty, each of the two clicks has done its part.
    if (index === undefined || hits(event, ".twisty, .info") || this.layout === "over") return;
    const row = this.#model.cache?.get(index);
    if (row) void this.#model.toggle(index, row);
  }

  #onKey(event: KeyboardEvent): void {
    // Keys on what lies in a head or row are that control's.
    if (event.target instanceof Element && event.target.closest("button")) return;
    if (event.key === "Escape") {
      if (this.filter.pattern !== "") this.#showEverything();
      else if (this.place.path !== undefined) this.#closeDetails();
      else return;
      event.preventDefault();
      return;
    }
    const asked = filesAction(event, this.#part);
    if (asked) {
      // A text that is selected is what Ctrl+C is about.
      if (asked.kind === "copy" && getSelection()?.isCollapsed === false) return;
      event.preventDefault();
      this.#act(asked);
      return;
    }
    const list = this.#list;
    const index = list.active;
    const row = this.#model.cache?.get(index);
    const action = treeAction(event, {
      index,
      total: list.total,
      page: list.page,
      level: row?.level ?? 1,
      expandable: row?.expandable ?? false,
      expanded: row?.expanded ?? false,
    });
    const chooses = event.key === "Enter" || (event.key === " " && !row?.expandable);
    if (action || chooses || event.key === " ") event.preventDefault();
    if (row && chooses) this.#choose(row);
    switch (action?.kind) {
      case "move":
        list.moveTo(action.to);
        break;
      case "expand":
      case "collapse":
        if (row) void this.#model.toggle(index, row);
        break;
      case "parent":
        if (row) void this.#toParent(row);
        break;
      case undefined:
        break;
    }
  }

  #act(action: FilesAction): void {
    const { arrangement } = this.#model;
    switch (action.kind) {
      case "change":
        void this.#arrange(toggled(arrangement, action.change));
        break;
      case "attributes":
        this.withAttributes = !this.withAttributes;
        break;
      case "sort":
        void this.#arrange(
          sortedBy({ ...arrangement, sort: "mode" }, arrangement.sort === "size" ? "name" : "size"),
        );
        break;
      case "collapse-all":
        void this.#expandTo(0);
        break;
      case "copy": {
        const row = this.#model.cache?.get(this.#list.active);
        if (row) this.host.copy(`/${exactText(row)}`);
        break;
      }
    }
  }

  /** Shows list or map, and puts the focus there. */
  #show(as: "list" | "map"): void {
    this.shown = as;
    if (as === "list") this.#list.moveTo(this.#list.active);
    else this.#focusNext("oci-lens-size-map");
  }

  async #toParent(row: RowView): Promise<void> {
    const path = pathBytes(row);
    const at = await this.#model.reveal(path.subarray(0, path.lastIndexOf(SLASH)));
    if (at !== undefined) this.#moveTo(at);
  }

  #moveTo(index: number, focus = true): void {
    this.#list.total = this.#model.total;
    this.#list.moveTo(index, { focus });
  }
}

function hits(event: Event, selector: string): boolean {
  return event.target instanceof Element && event.target.closest(selector) !== null;
}

// A page may load two copies of the module; the first one wins.
if (!customElements.get("oci-lens-files")) customElements.define("oci-lens-files", OciLensFiles);

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-files": OciLensFiles;
  }
}
