import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";

import { messageOf } from "../errors.js";
import type { ViewerOptions } from "../options.js";
import type { Session } from "../session.js";
import { text } from "../text.js";
import { allFindings, findings, type Finding } from "./findings.js";
import { count } from "./format.js";
import { header, verificationLine, type HeaderActions } from "./header.js";
import { imageLines, images, type ImageLine } from "./images.js";
import { layers, layersShown } from "./layers.js";
import { Lazy } from "./lazy.js";
import type { Place, ViewName } from "./place.js";
import { layerSelection, type Selection } from "./selection.js";
import { ALL_TABS, MAIN_TABS, sidePanel, tabList, tabPanel } from "./tabs.js";
import type { ImageView, Report } from "./types.js";
import { viewProperties, type ViewHost, type ViewProperties } from "./view-element.js";

type View = HTMLElement & ViewProperties;

/** What is drawn of an archive: header and tabs, then the view, then the lists beside it. */
const PARTS = ["frame", "view", "all"] as const;
type Part = (typeof PARTS)[number];

/** How much there is around a view. */
interface Frame {
  /** One panel is shown at a time. */
  readonly narrow: boolean;
  readonly options: ViewerOptions;
}

interface ShellHost extends ReactiveControllerHost {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

/** Everything around the views of an open archive: header, outcomes, images, layers, tabs. */
export class Shell {
  readonly #element: ShellHost;
  readonly #lazy: Partial<Record<ViewName, Lazy>>;
  readonly #sheet: Lazy;
  /** The views of the archive that were looked at: what they hold stays while another one is. */
  readonly #views = new Map<ViewName, View>();
  #openLayers: ReadonlySet<number> = new Set();
  #openLayersOf = -1;
  /** The tab that was brought into sight. */
  #tab: ViewName | undefined;
  #report: Report | undefined;
  #lines: readonly ImageLine[] = [];
  #findings: readonly Finding[] = [];
  #part: Part = "frame";
  #drawing: ReturnType<typeof setTimeout> | undefined;

  constructor(element: ShellHost) {
    this.#element = element;
    const lazy = (load: () => Promise<unknown>) => new Lazy(load, this.#changed);
    this.#lazy = {
      overview: lazy(() => import("./overview/overview.js")),
      files: lazy(() => import("./files/files.js")),
      waste: lazy(() => import("./waste/waste.js")),
      hidden: lazy(() => import("./hidden/hidden.js")),
      dockerfile: lazy(() => import("./dockerfile/dockerfile.js")),
      keys: lazy(() => import("./keys-view/keys.js")),
      raw: lazy(() => import("./raw/raw.js")),
      cache: lazy(() => import("./cache/cache.js")),
      store: lazy(() => import("./store/store.js")),
      compare: lazy(() => import("./compare/compare.js")),
    };
    this.#sheet = lazy(() => import("./sheet/sheet.js"));
  }

  readonly #changed = (): void => {
    this.#element.requestUpdate();
  };

  /** Forgets what belonged to the archive that was open. */
  leave(): void {
    this.#views.clear();
    this.#tab = undefined;
    this.#openLayers = new Set();
    this.#openLayersOf = -1;
    this.#report = undefined;
    this.#part = "frame";
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
  }

  render(
    session: Session,
    place: Place,
    host: ViewHost,
    actions: HeaderActions,
    { narrow, options }: Frame,
  ): TemplateResult {
    // Nothing is shown but the view.
    const bare = options.withoutToolbar === true;
    const { report } = session;
    if (report !== this.#report) {
      this.#report = report;
      this.#lines = imageLines(report);
      this.#findings = allFindings(report);
    }
    const image = report.images[place.image];
    if (place.image !== this.#openLayersOf) {
      this.#openLayersOf = place.image;
      this.#openLayers = new Set();
    }
    const tabs = tabsOf(report, narrow || bare);
    const view = tabs.includes(place.view) ? place.view : "files";
    if (view !== this.#tab) {
      this.#tab = view;
      this.#showTab(view);
    }
    const drawn = this.#drawn();
    const sides = drawn === "all";
    const imagesList = () => this.#images(place, host);
    const layersList = () => this.#layers(image, session, place, host);
    return html`${bare ? nothing : header(session.name, report, actions)}
      ${bare ? nothing : verificationLine(report, session, actions)}
      <div class="columns" @keydown=${this.#onKey(image, place, host)}>
        ${
          narrow || bare
            ? nothing
            : html`<div class="side" part="side">
                ${sidePanel("images", text.images.title, "", sides ? imagesList() : html``)}
                ${sidePanel("layers", text.layers.title, text.layers.order, sides ? layersList() : html``)}
              </div>`
        }
        <div class="main" part="main">
          ${bare ? nothing : this.#tabs(tabs, view, host)}
          ${tabs.map((tab) =>
            tabPanel(tab, view, () => {
              if (tab !== view) return this.#views.get(tab) ?? nothing;
              if (tab === "images") return imagesList();
              if (tab === "layers") return layersList();
              return drawn === "frame" ? nothing : this.#view(tab, session, place, host, options);
            }),
          )}
        </div>
      </div>
      ${this.#sheetOpen ? this.#sheet.show(() => this.#sheetTemplate()) : nothing}`;
  }

  /**
   * How much of an archive that was just opened is drawn: each part in a task of its own, as all of
   * them at once would hold the page up.
   */
  #drawn(): Part {
    const next = PARTS[PARTS.indexOf(this.#part) + 1];
    if (next !== undefined) {
      this.#drawing ??= setTimeout(() => {
        this.#drawing = undefined;
        this.#part = next;
        this.#changed();
      });
    }
    return this.#part;
  }

  #sheetOpen = false;

  #sheetTemplate(): TemplateResult {
    return html`<oci-lens-sheet
      @close=${() => {
        this.#sheetOpen = false;
        this.#changed();
      }}
    ></oci-lens-sheet>`;
  }

  #view(
    name: ViewName,
    session: Session,
    place: Place,
    host: ViewHost,
    options: ViewerOptions,
  ): unknown {
    if (name === "findings") return findings(this.#findings, host.copy);
    return this.#lazy[name]?.show(() => {
      const element = this.#views.get(name) ?? createView(name);
      this.#views.set(name, element);
      // Set all at once, the element draws itself once.
      return Object.assign(element, viewProperties(session, place, host, options));
    });
  }

  #tabs(tabs: readonly ViewName[], chosen: ViewName, host: ViewHost): TemplateResult {
    const label = (tab: ViewName) => {
      if (tab !== "findings") return text.tabs[tab];
      // The worst comes first.
      const [worst, ...others] = this.#findings;
      if (!worst) return text.tabs.findings;
      return html`${text.tabs.findings}
        <span class="badge ${worst.diagnostic.severity}">${count(others.length + 1)}</span>`;
    };
    const choose = (tab: ViewName, byKey: boolean) => {
      host.go({ view: tab });
      if (byKey) this.#focusTab(tab);
    };
    return html`<div class="tab-bar">
      ${tabList(tabs, chosen, label, choose)}
      <button
        class="quiet help"
        type="button"
        title="${text.sheet.title} (?)"
        aria-label=${text.sheet.title}
        aria-haspopup="dialog"
        @click=${this.#openSheet}
      >
        ?
      </button>
    </div>`;
  }

  // Only the bar is scrolled: the page around the viewer stays where it is.
  #showTab(view: ViewName): void {
    void this.#element.updateComplete.then(() => {
      const tab = this.#element.renderRoot.querySelector(`#tab-${view}`);
      const bar = tab?.parentElement;
      if (!tab || !bar) return;
      const { left, right } = tab.getBoundingClientRect();
      const edges = bar.getBoundingClientRect();
      if (left < edges.left) bar.scrollLeft += left - edges.left;
      else if (right > edges.right) bar.scrollLeft += right - edges.right;
    });
  }

  readonly #openSheet = (): void => {
    this.#sheetOpen = true;
    this.#changed();
  };

  #focusTab(tab: ViewName): void {
    void this.#element.updateComplete.then(() => {
      this.#element.renderRoot.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
    });
  }

  #images(place: Place, host: ViewHost): TemplateResult {
    return images(this.#lines, place.image, (image) => {
      host.go({ image });
    });
  }

  #layers(
    image: ImageView | undefined,
    session: Session,
    place: Place,
    host: ViewHost,
  ): TemplateResult {
    if (!image) return html`<p class="none">${text.images.none}</p>`;
    return layers(image, place.range, this.#openLayers, {
      copy: host.copy,
      toggle: (layer) => {
        const open = new Set(this.#openLayers);
        if (!open.delete(layer)) open.add(layer);
        this.#openLayers = open;
        this.#changed();
      },
      more: {
        select: (layer, how) => {
          this.#select(image, place, host, layer, how);
        },
        download: (layer) => {
          const name = `${session.name}-layer-${layer}.tar`;
          void host
            .save(name, async () => {
              return (await session.archive.exportTar(image.number, { layer })).stream;
            })
            .catch((error: unknown) => {
              host.say(messageOf(error));
            });
        },
      },
    });
  }

  #select(
    image: ImageView,
    place: Place,
    host: ViewHost,
    layer: number | undefined,
    how: Selection,
  ): void {
    const range = layerSelection(image.layers.length, place.range, layer, how);
    host.go({ range, view: place.view === "layers" ? "layers" : "files" });
    host.say(layersShown(image, range));
  }

  #onKey(image: ImageView | undefined, place: Place, host: ViewHost) {
    return (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.altKey || event.metaKey || event.ctrlKey) return;
      const [target] = event.composedPath();
      if (target instanceof HTMLElement && isTyping(target)) return;
      if (event.key === "?") this.#openSheet();
      else if (/^[1-9]$/.test(event.key)) {
        const view = this.#report && tabsOf(this.#report, false)[Number(event.key) - 1];
        if (!view) return;
        host.go({ view });
        this.#focusTab(view);
      } else if ((event.key === "[" || event.key === "]") && image) {
        const top = image.layers.length - 1;
        const at = place.range?.last ?? (event.key === "]" ? -1 : top + 1);
        const layer = at + (event.key === "]" ? 1 : -1);
        this.#select(image, place, host, layer < 0 || layer > top ? undefined : layer, "only");
      } else return;
      event.preventDefault();
    };
  }
}

/** The tabs of an archive: that of build caches where it has any. */
function tabsOf(report: Report, narrow: boolean): readonly ViewName[] {
  const tabs = narrow ? ALL_TABS : MAIN_TABS;
  return report.caches.length > 0 ? tabs : tabs.filter((tab) => tab !== "cache");
}

function createView(name: ViewName): View {
  const element = document.createElement(`oci-lens-${name}`) as View;
  if (name === "files") element.setAttribute("exportparts", "tree, path");
  return element;
}

/** Whether letters go into the element. */
function isTyping(target: HTMLElement): boolean {
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && !/^(checkbox|radio|button)$/.test(target.type);
}
