import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { Figure, ViewerOptions } from "../../options.js";
import type { Session } from "../../session.js";
import { base } from "../../styles/base.js";
import { figureHostStyle, figureStyle } from "../../styles/figure.js";
import { findingsStyle } from "../../styles/findings.js";
import { layersStyle } from "../../styles/layers.js";
import { figureText as text } from "../../text/figure.js";
import { text as words } from "../../text.js";
import type { View } from "../../viewer.js";
import { progressBar } from "../header.js";
import { imageLabel } from "../image-choice.js";
import { layers } from "../layers.js";
import { Lazy } from "../lazy.js";
import { drawWhole } from "../long-list.js";
import { status, worst } from "../parts.js";
import type { Place } from "../place.js";
import type { Failure, ImageView } from "../types.js";
import { viewProperties, type ViewHost } from "../view-element.js";

/** What a figure is given: all of it at once. */
export interface Figured {
  readonly figure: Figure;
  readonly view: View;
  readonly place: Place;
  readonly host: ViewHost;
  readonly options: ViewerOptions;
  /** Whether this is drawn for paper. */
  readonly printing: boolean;
}

/** One view with a small heading, as high as what it shows: for the midst of a text. */
export class OciLensFigure extends LitElement {
  static override styles = [base, findingsStyle, layersStyle, figureStyle];

  @property({ attribute: false }) given!: Figured;

  @state() private open: ReadonlySet<number> = new Set();

  readonly #views: Readonly<Record<Exclude<Figure, "layers">, Lazy>>;
  #element: HTMLElement | undefined;
  #session: Session | undefined;

  constructor() {
    super();
    const lazy = (load: () => Promise<unknown>) =>
      new Lazy(load, () => {
        this.requestUpdate();
      });
    this.#views = {
      tree: lazy(() => import("./tree.js")),
      keys: lazy(() => import("../keys-view/keys.js")),
      compare: lazy(() => import("../compare/compare.js")),
    };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const root = this.getRootNode() as ShadowRoot;
    const sheet = figureHostStyle.styleSheet;
    if (sheet && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  }

  // Paper has room for lists as long as they are.
  protected override update(changed: PropertyValues<this>): void {
    drawWhole(() => {
      super.update(changed);
    }, this.given.printing);
  }

  protected override render(): TemplateResult {
    const { view, options, figure } = this.given;
    return html`<div
      class="figure"
      role="figure"
      aria-label=${text.label[figure]}
      aria-describedby="heading"
    >
      ${this.#content(view, options)}
    </div>`;
  }

  #content(view: View, options: ViewerOptions): TemplateResult {
    switch (view.kind) {
      case "empty":
        return html`<p class="remark">${text.nothing}</p>`;
      case "opening":
        return html`<div class="remark opening" role="status">
          <span>${words.opening(view.name)}</span>
          ${progressBar(view.progress, words.opening(view.name))}
        </div>`;
      case "failed":
        return failed(view.name || (options.name ?? options.src ?? text.unnamed), view.failure);
      case "open":
        return this.#opened(view.session);
    }
  }

  #opened(session: Session): TemplateResult {
    const { place, figure, options } = this.given;
    const image = session.report.images[place.image];
    if (!image) return html`<p class="remark">${text.noImage}</p>`;
    return html`<div id="heading" class="heading" part="header">
        <b title=${session.name}>${imageLabel(image)}</b>
        ${figure === "tree" ? html`<code class="path">${rooted(options.path)}</code>` : nothing}
        <span class="state">${outcome(session, image)}</span>
      </div>
      <div class="content" part="main">${this.#view(session, image)}</div>`;
  }

  #view(session: Session, image: ImageView): unknown {
    const { figure, place, host, options, printing } = this.given;
    if (session !== this.#session) {
      this.#session = session;
      this.#element = undefined;
    }
    if (figure === "layers") {
      return layers(image, undefined, this.open, {
        copy: host.copy,
        toggle: (layer) => {
          const open = new Set(this.open);
          if (!open.delete(layer)) open.add(layer);
          this.open = open;
        },
      });
    }
    return this.#views[figure].show(() => {
      const name = `oci-lens-${figure}`;
      if (this.#element?.localName !== name) {
        this.#element = document.createElement(name);
        if (figure === "tree") this.#element.setAttribute("exportparts", "tree");
      }
      return Object.assign(this.#element, viewProperties(session, place, host, options), {
        figure: true,
        printing,
      });
    });
  }
}

/** Why there is no figure; what the author wrote for readers without JavaScript stays. */
function failed(name: string, failure: Failure): TemplateResult {
  return html`<section class="failure" role="alert" data-code=${failure.code}>
      <p><b class="mismatch">${text.failed(name)}</b></p>
      <p class="message">${failure.message}</p>
      <p class="muted">${text.code}: <code>${failure.code}</code></p>
    </section>
    <slot></slot>`;
}

/** How far the image is verified. */
function outcome({ scan }: Session, image: ImageView): TemplateResult | typeof nothing {
  if (scan?.state === "running") {
    return html`<span class="muted" role="status"
      >${text.reading} ${progressBar(scan.progress, text.reading)}</span
    >`;
  }
  if (scan?.state === "failed") {
    return html`<span class="mismatch" role="alert">${text.stopped}: ${scan.message}</span>`;
  }
  const { manifest, config } = image;
  const of = worst([manifest, config, ...image.layers.map(({ verification }) => verification)]);
  return of ? status(of) : nothing;
}

function rooted(path = "/"): string {
  return path.startsWith("/") ? path : `/${path}`;
}

if (!customElements.get("oci-lens-figure")) {
  customElements.define("oci-lens-figure", OciLensFigure);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-figure": OciLensFigure;
  }
}
