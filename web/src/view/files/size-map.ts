import { messageOf } from "../../errors.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { sizeMapStyle } from "../../styles/size-map.js";
import { text as files } from "../../text/files.js";
import type { Tree } from "../api.js";
import { cssom } from "../cssom.js";
import { Follower } from "../follower.js";
import { bytes, exactBytes } from "../format.js";
import { infoIcon } from "../icons.js";
import { hue } from "../parts.js";
import { pathBytes, samePath } from "../place.js";
import type { SizeView } from "../types.js";
import { neighbour, tilesOf, type Direction, type Tile } from "./tiles.js";

const text = files.sizes;

/** The number of a tree's root. */
const ROOT = 0;

/** Pause between two readings while layers arrive. */
const PAUSE = 300;

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** A folder on the way to the one that is shown. */
interface Step {
  readonly node: number;
  readonly name: string;
}

/** A tree by size: rectangles, as large as what they stand for. */
export class OciLensSizeMap extends LitElement {
  static override styles = [base, sizeMapStyle];

  @property({ attribute: false }) tree: Tree | undefined;
  /** Counts up whenever the tree may have grown. */
  @property({ attribute: false }) revision = 0;
  /** The path that is chosen. */
  @property({ attribute: false }) path: Uint8Array | undefined;
  /** Chooses a path. */
  @property({ attribute: false }) choose: (size: SizeView) => void = () => undefined;

  @state() private steps: readonly Step[] = [];
  @state() private shown: SizeView | undefined;
  @state() private problem: string | undefined;
  @state() private box = { width: 0, height: 0 };
  @state() private active = 0;
  @state() private pointed: number | undefined;

  @query(".map") private map!: HTMLElement | null;

  readonly #follower = new Follower(() => this.#load(), PAUSE);
  readonly #resize = new ResizeObserver(() => {
    const { map } = this;
    if (map) this.box = { width: map.clientWidth, height: map.clientHeight };
  });
  #tiles: readonly Tile[] = [];
  /** The node that takes the focus once it is shown; the first one when it is not. */
  #focusOn: number | undefined;

  /** Focuses the rectangle that had the focus last. */
  override focus(): void {
    if (this.#tiles.length === 0) this.#focusOn = -1;
    else this.#focusTile();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.map) this.#resize.observe(this.map);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
  }

  protected override firstUpdated(): void {
    if (this.map) this.#resize.observe(this.map);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("tree")) this.steps = [];
    if (changed.has("tree") || changed.has("revision")) this.#follower.nudge();
    const { width, height } = this.box;
    this.#tiles = this.shown && width > 0 ? tilesOf(this.shown, width, height) : [];
    this.active = Math.max(0, Math.min(this.active, this.#tiles.length - 1));
  }

  protected override updated(): void {
    if (this.#focusOn === undefined || this.#tiles.length === 0) return;
    const at = this.#tiles.findIndex(({ view }) => view?.node === this.#focusOn);
    this.#focusOn = undefined;
    this.active = Math.max(0, at);
    this.#focusTile();
  }

  get #node(): number {
    return this.steps.at(-1)?.node ?? ROOT;
  }

  async #load(): Promise<void> {
    const { tree } = this;
    const node = this.#node;
    if (!tree) return;
    try {
      const shown = await tree.sizes(node, 2);
      if (tree !== this.tree || node !== this.#node) return;
      this.shown = shown;
      this.problem = undefined;
    } catch (error) {
      if (tree !== this.tree || node !== this.#node) return;
      this.problem = messageOf(error);
    }
  }

  protected override render(): TemplateResult {
    const told = this.#tiles[this.pointed ?? this.active];
    return html`${this.#trail()}
      ${
        this.problem === undefined
          ? nothing
          : html`<p class="problem" role="alert">${text.failed}: ${this.problem}</p>`
      }
      <div
        class="map"
        role="group"
        aria-label="${text.label}: ${text.hint}"
        aria-busy=${this.shown ? "false" : "true"}
        @keydown=${this.#onKey}
        @click=${this.#onClick}
        @focusin=${this.#onFocus}
        @pointerover=${this.#onPoint}
        @pointerleave=${() => {
          this.pointed = undefined;
        }}
      >
        ${this.#tiles.map((tile, at) => this.#tile(tile, at))}
        ${
          this.#tiles.length === 0 && this.problem === undefined
            ? html`<p class="none">${this.shown ? text.none : files.loading}</p>`
            : nothing
        }
      </div>
      <p class="told">${told ? this.#tell(told) : nothing}</p>`;
  }

  #trail(): TemplateResult {
    const { shown } = this;
    const last = this.steps.length;
    const step = (name: string, at: number) =>
      html`<li>
        ${
          at === last
            ? html`<bdi aria-current="location" title=${name}>${name}</bdi>`
            : html`<button
                class="quiet"
                type="button"
                title=${name}
                @click=${() => {
                  this.#leaveTo(at);
                }}
              >
                <bdi>${name}</bdi>
              </button>`
        }
      </li>`;
    return html`<nav class="trail" aria-label=${text.where}>
      <ol>
        ${[text.root, ...this.steps.map(({ name }) => name)].map(step)}
      </ol>
      ${
        shown && last > 0
          ? html`<button
              class="quiet"
              type="button"
              data-action="folder-details"
              title=${files.details(shown.name)}
              aria-label=${files.details(shown.name)}
              @click=${() => {
                this.choose(shown);
              }}
            >
              ${infoIcon}
            </button>`
          : nothing
      }
      ${shown ? html`<span class="muted">${exactBytes(shown.size)}</span>` : nothing}
    </nav>`;
  }

  #tile(tile: Tile, at: number): TemplateResult {
    const { view, box, frame, size } = tile;
    const { width, height } = box;
    const name = view?.name ?? text.more(tile.more ?? 0);
    const small = width < 40 || height < 16;
    const roomy = frame ? width >= 110 : height >= 38 && width >= 60;
    const chosen = view !== undefined && samePath(this.path, pathBytes(view));
    const told = this.#label(tile);
    return html`<button
      type="button"
      class="tile ${frame ? "frame" : ""} ${view ? "" : "more"} ${view?.expandable ? "dir" : ""} ${
        view?.layer === undefined ? "" : hue(view.layer)
      } ${chosen ? "chosen" : ""}"
      data-tile=${at}
      data-path=${view?.path ?? nothing}
      data-size=${size}
      aria-current=${chosen ? "true" : nothing}
      aria-disabled=${view || tile.within ? nothing : "true"}
      title=${told}
      tabindex=${at === this.active ? 0 : -1}
      ${cssom({
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${width}px`,
        height: `${height}px`,
      })}
    >
      ${
        small
          ? nothing
          : html`<bdi class="title">${name}</bdi> ${
                roomy ? html`<span class="size" aria-hidden="true">${bytes(size)}</span>` : nothing
              }
              ${
                roomy && !frame && height >= 60 && view?.layer !== undefined
                  ? html`<span class="number" aria-hidden="true">${view.layer}</span>`
                  : nothing
              }`
      }<span class="spoken">${small ? told : told.slice(told.indexOf(SEPARATOR))}</span>
    </button>`;
  }

  /** Everything that is known of a rectangle, in words. */
  #label({ view, more, size }: Tile): string {
    const share = this.shown ? size / Math.max(1, Number(this.shown.size)) : 0;
    const parts = [
      view ? `/${view.path}` : text.more(more ?? 0),
      exactBytes(view?.size ?? size),
      percent.format(share),
    ];
    if (view?.layer !== undefined) parts.push(files.layer(view.layer));
    return parts.join(SEPARATOR);
  }

  #tell(tile: Tile): TemplateResult {
    return html`<bdi>${this.#label(tile)}</bdi>`;
  }

  #focusTile(): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-tile="${this.active}"]`)?.focus();
  }

  #enter(steps: readonly Step[], focusOn = -1): void {
    this.steps = steps;
    this.shown = undefined;
    this.pointed = undefined;
    this.#focusOn = focusOn;
    void this.#load();
  }

  #leaveTo(depth: number): void {
    const left = this.steps[depth];
    if (left) this.#enter(this.steps.slice(0, depth), left.node);
  }

  #open({ view, within }: Tile): void {
    const folder = view?.expandable ? view : view ? undefined : within;
    if (folder) {
      const path = within && within !== folder ? [within, folder] : [folder];
      this.#enter([...this.steps, ...path.map(({ node, name }) => ({ node, name }))]);
    } else if (view) this.choose(view);
  }

  #onClick(event: MouseEvent): void {
    const tile = this.#tiles[tileOf(event) ?? -1];
    if (tile) this.#open(tile);
  }

  #onFocus(event: FocusEvent): void {
    this.active = tileOf(event) ?? this.active;
    this.pointed = undefined;
  }

  #onPoint(event: PointerEvent): void {
    this.pointed = tileOf(event);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const direction = ARROWS[event.key];
    if (direction) {
      this.active = neighbour(this.#tiles, this.active, direction) ?? this.active;
      void this.updateComplete.then(() => {
        this.#focusTile();
      });
    } else if ((event.key === "Backspace" || event.key === "Escape") && this.steps.length > 0) {
      this.#leaveTo(this.steps.length - 1);
    } else return;
    event.preventDefault();
  }
}

const SEPARATOR = " · ";

const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 1 });

/** The rectangle that an event is about. */
function tileOf(event: Event): number | undefined {
  const tile = event.target instanceof Element ? event.target.closest("[data-tile]") : null;
  const at = tile?.getAttribute("data-tile");
  return at == null ? undefined : Number(at);
}

if (!customElements.get("oci-lens-size-map")) {
  customElements.define("oci-lens-size-map", OciLensSizeMap);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-size-map": OciLensSizeMap;
  }
}
