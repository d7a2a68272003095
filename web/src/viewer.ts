import {
  adoptStyles,
  html,
  LitElement,
  nothing,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { property, query, state } from "lit/decorators.js";
import { classMap } from "lit/directives/class-map.js";

import { EngineError, type ArchiveSource, type Engine } from "./client.js";
import { abortError } from "./errors.js";
import { emit } from "./events.js";
import { Navigation } from "./navigation.js";
import { figureOf, TARGET, type Target, type ViewerOptions } from "./options.js";
import { Printing } from "./printing.js";
import { failureOf, Session } from "./session.js";
import { releaseEngine, shareEngine } from "./shared-engine.js";
import { sourceFromDrop, sourceFromFiles, sourceFromUrl } from "./source.js";
import { base } from "./styles/base.js";
import { emptyStyle } from "./styles/empty.js";
import { findingsStyle } from "./styles/findings.js";
import { frameStyle } from "./styles/frame.js";
import { headerStyle } from "./styles/header.js";
import { layersStyle } from "./styles/layers.js";
import { noticesStyle } from "./styles/notices.js";
import { panels } from "./styles/panels.js";
import { printedStyle } from "./styles/printed.js";
import { propertiesStyle } from "./styles/properties.js";
import { shellStyle } from "./styles/shell.js";
import { tabsStyle } from "./styles/tabs.js";
import { tokens } from "./styles/tokens.js";
import { text } from "./text.js";
import { DropZone } from "./view/drop-zone.js";
import { empty, type EmptyActions } from "./view/empty.js";
import type { ByteProgress, HeaderActions } from "./view/header.js";
import { logo } from "./view/icons.js";
import { firstImage } from "./view/images.js";
import { Lazy } from "./view/lazy.js";
import { failed, opening } from "./view/notices.js";
import "./view/files/files.js";
import { lossy, type Place, type ViewName } from "./view/place.js";
import { Shell } from "./view/shell.js";
import { placeOf } from "./view/target.js";
import type { Figured } from "./view/figure/figure.js";
import type { Failure, Report } from "./view/types.js";
import type { ViewHost } from "./view/view-element.js";

/** Below this width or height in pixels, one panel is shown at a time. */
const NARROW = 960;
const LOW = 540;

/** The views that show what only the layers themselves tell. */
const READS_LAYERS: ReadonlySet<ViewName> = new Set([
  "waste",
  "hidden",
  "compare",
  "keys",
] as const);

/** What takes the focus when the view that had it is gone. */
const FOCUS: Record<View["kind"], string> = {
  empty: "[data-action=file]",
  opening: "[data-action=cancel]",
  failed: "[data-action=file]",
  open: "[role=tab][aria-selected=true]",
};

type SetState = (state: string, on: boolean) => void;

/** What is on display. */
export type View =
  | { readonly kind: "empty" }
  | { readonly kind: "opening"; readonly name: string; readonly progress?: ByteProgress }
  | { readonly kind: "failed"; readonly name: string; readonly failure: Failure }
  | { readonly kind: "open"; readonly session: Session };

/**
 * The viewer in an `oci-lens` element: it draws into that element's shadow root, whose styles and
 * parts it has.
 */
export class Viewer extends LitElement {
  static override readonly styles = [
    tokens,
    base,
    frameStyle,
    emptyStyle,
    noticesStyle,
    headerStyle,
    tabsStyle,
    panels,
    findingsStyle,
    propertiesStyle,
    layersStyle,
    shellStyle,
    printedStyle,
  ];

  /** What the author asks for. */
  @property({ attribute: false }) options: ViewerOptions = {};

  /** The engine that opens archives; by default all viewers of a page share one. */
  @property({ attribute: false }) engine: Engine | undefined;

  /** Told what becomes true of the viewer, and what no longer is. */
  setState: SetState = () => undefined;

  @state() private view: View = { kind: "empty" };
  @state() private narrow = false;
  @state() private said = "";
  @state() private toast = "";

  @query("#file") private fileInput!: HTMLInputElement | null;
  @query("#folder") private folderInput!: HTMLInputElement | null;

  readonly #drop = new DropZone(this, (transfer) => {
    if (this.options.withoutDrop !== true) this.#show(sourceFromDrop(transfer));
  });
  readonly #navigation = new Navigation(() => {
    this.#moved();
  });
  readonly #shell = new Shell(this);
  readonly #figure = new Lazy(
    () => import("./view/figure/figure.js"),
    () => {
      this.requestUpdate();
    },
  );
  readonly #printing = new Printing(this);
  #shared: Engine | undefined;
  #opening: AbortController | undefined;
  #resize: ResizeObserver | undefined;
  #frame = 0;
  #refocus = false;
  #toastTimer: ReturnType<typeof setTimeout> | undefined;

  /** Opens something in place of what is open. */
  async open(given: string | URL | Blob | ArchiveSource): Promise<Report> {
    return this.#open(typeof given === "string" || given instanceof URL ? this.#at(given) : given);
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.#leave({ kind: "empty" });
  }

  /** The report as it is now. */
  report(): Promise<Report> | undefined {
    return this.view.kind === "open" ? this.view.session.archive.report() : undefined;
  }

  /** Looks at something else in what is open. */
  select(target: Target): void {
    if (this.view.kind !== "open") throw notOpen();
    this.#navigation.go(placeOf(target, this.view.session.report));
  }

  /** Reads every layer that is not read yet. */
  async verify(): Promise<Report> {
    if (this.view.kind !== "open") throw notOpen();
    const { session } = this.view;
    await session.read();
    return session.report;
  }

  override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const root = this.#root;
    adoptStyles(root, Viewer.styles);
    this.#resize = new ResizeObserver(([entry]) => {
      if (!entry) return;
      const { width, height } = entry.contentRect;
      this.narrow = width < NARROW || height < LOW;
    });
    this.#resize.observe(root.host);
    if (this.options.links === true) this.#navigation.link();
  }

  get #root(): ShadowRoot {
    return this.getRootNode() as ShadowRoot;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    this.#navigation.unlink();
    // An element that is only moved is back before this runs.
    setTimeout(() => {
      if (this.isConnected) return;
      void this.close();
      if (this.#shared) releaseEngine();
      this.#shared = undefined;
    });
  }

  #engine(): Engine {
    return this.engine ?? (this.#shared ??= shareEngine());
  }

  #at(address: string | URL): Promise<ArchiveSource> {
    const { name, sameOrigin = false } = this.options;
    return Promise.resolve().then(() => sourceFromUrl(String(address), { name, sameOrigin }));
  }

  // What fails is shown, and told by an event.
  #show(given: ArchiveSource | Promise<ArchiveSource>): void {
    this.#open(given).catch(() => undefined);
  }

  /** Shows something else, and gives back what belonged to the view before. */
  async #leave(next: View, opening?: AbortController): Promise<void> {
    const before = this.view;
    this.#opening?.abort();
    this.#opening = opening;
    cancelAnimationFrame(this.#frame);
    this.view = next;
    if (before.kind !== "open") return;
    this.#shell.leave();
    this.#navigation.stop();
    await before.session.close();
  }

  async #open(given: ArchiveSource | Blob | Promise<ArchiveSource>): Promise<Report> {
    const opening = new AbortController();
    const { signal } = opening;
    const superseded = () => signal.aborted;
    let name = "";
    const source = Promise.resolve(given);
    // Until it is waited for, a failure is nobody's; it is told below.
    source.catch(() => undefined);
    try {
      await this.#leave({ kind: "opening", name }, opening);
      const found = await source;
      if (superseded()) throw abortError();
      name = nameOf(found);
      this.view = { kind: "opening", name };
      const archive = await this.#engine().open(found, {
        signal,
        onProgress: ({ read, total }) => {
          if (superseded()) return;
          this.#progress("open", { done: read, total }, (progress) => {
            this.view = { kind: "opening", name, progress };
          });
        },
      });
      if (superseded()) {
        await archive.close();
        throw abortError();
      }
      this.#opening = undefined;
      const session = this.#session(name, archive);
      emit(this, "oci-lens-load", { name, report: session.report });
      // What is on a server is read when it is looked at.
      if (archive.onDemand) this.#readShown();
      else void session.read();
      return session.report;
    } catch (error) {
      if (superseded()) throw abortError();
      this.#opening = undefined;
      this.#fail(name, error);
      throw error;
    }
  }

  #session(name: string, archive: Session["archive"]): Session {
    cancelAnimationFrame(this.#frame);
    const shown = () => this.view.kind === "open" && this.view.session === session;
    const session: Session = new Session(name, archive, {
      changed: () => {
        if (shown()) this.requestUpdate();
      },
      progress: (progress) => {
        if (!shown()) return;
        this.#progress("scan", progress, () => {
          this.requestUpdate();
        });
      },
      ended: (report, scan) => {
        if (!shown()) return;
        cancelAnimationFrame(this.#frame);
        const { verified, mismatch, missing, notChecked } = report.totals.blobs;
        this.said =
          scan.state === "cancelled"
            ? text.verification.cancelled
            : text.verification.done(verified, mismatch, missing, notChecked);
        emit(this, "oci-lens-verify", { report });
        void this.#printing.load();
      },
      failed: ({ code, message }) => {
        if (shown()) emit(this, "oci-lens-error", { code, message });
      },
    });
    this.view = { kind: "open", session };
    const { images } = session.report;
    const image = firstImage(session.report);
    const view = image < 0 || archive.onDemand ? "overview" : "files";
    this.#navigation.start(
      { view, image, ...placeOf(this.options, session.report) },
      // Of an archive without images there is no other place than among its own views.
      (place) => place.image === image || images[place.image] !== undefined,
    );
    return session;
  }

  /** Somewhere else is looked at. */
  #moved(): void {
    this.requestUpdate();
    if (this.view.kind !== "open") return;
    const { view, image, path, range } = this.#navigation.place;
    emit(this, "oci-lens-select", {
      view,
      image,
      ...(path ? { path: `/${lossy(path)}`, pathBytes: path } : {}),
      ...(range ? { layers: range } : {}),
    });
    this.#readShown();
  }

  /** Reads the layers of what is looked at, where they were left on a server. */
  #readShown(): void {
    if (this.view.kind !== "open" || !this.view.session.archive.onDemand) return;
    const { session } = this.view;
    const { view, image } = this.#navigation.place;
    if (image < 0) return;
    if (view === "files") void session.list(image);
    else if (READS_LAYERS.has(view)) void session.read(image);
  }

  #fail(name: string, error: unknown): void {
    cancelAnimationFrame(this.#frame);
    const failure = failureOf(error);
    this.view = { kind: "failed", name, failure };
    emit(this, "oci-lens-error", { code: failure.code, message: failure.message });
  }

  // Many reports of progress come between two frames; one of them is drawn.
  #progress(
    phase: "open" | "scan",
    progress: ByteProgress,
    draw: (progress: ByteProgress) => void,
  ): void {
    emit(this, "oci-lens-progress", { phase, ...progress });
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      draw(progress);
    });
  }

  readonly #copy = (value: string): void => {
    // Where the page came by plain http, there is no clipboard.
    const clipboard = navigator.clipboard as Clipboard | undefined;
    const copied = clipboard?.writeText(value) ?? Promise.reject(new Error("no clipboard"));
    copied.then(
      () => {
        this.toast = text.copied;
      },
      () => {
        this.toast = text.notCopied;
      },
    );
  };

  readonly #host: ViewHost = {
    copy: this.#copy,
    go: (to: Partial<Place>) => {
      this.#navigation.go(to);
    },
    take: (report) => {
      if (this.view.kind === "open") this.view.session.take(report);
    },
    say: (said: string) => {
      this.said = said;
    },
    save: async (...bytes) => (await import("./save.js")).save(...bytes),
    print: () => this.#printing.print(),
    sourceAt: (address) => sourceFromUrl(address, { sameOrigin: this.options.sameOrigin === true }),
    open: (source, signal) => this.#engine().open(source, signal ? { signal } : {}),
  };

  readonly #emptyActions: EmptyActions = {
    file: () => this.fileInput?.click(),
    folder: () => this.folderInput?.click(),
    sample: () => {
      this.#show(this.#sample());
    },
    copy: this.#copy,
  };

  async #sample(): Promise<ArchiveSource> {
    const url = new URL(this.options.sample ?? "", document.baseURI);
    const response = await fetch(url);
    if (!response.ok) {
      throw new EngineError({ code: "read-failed", message: text.error.sample(response.status) });
    }
    // Where the sample is inside the address, its name is behind it.
    const path = url.protocol === "data:" ? url.hash : url.pathname;
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { kind: "file", name, file: await response.blob() };
  }

  readonly #headerActions: HeaderActions = {
    open: () => this.fileInput?.click(),
    folder: () => this.folderInput?.click(),
    close: () => {
      void this.close();
    },
    cancel: () => {
      if (this.view.kind === "open") this.view.session.cancel();
    },
    scan: () => {
      if (this.view.kind === "open") void this.view.session.read();
    },
    list: (status) => {
      this.#navigation.go({ view: "raw", status, blob: undefined });
    },
  };

  #onInput(event: Event): void {
    const input = event.currentTarget;
    if (!(input instanceof HTMLInputElement) || !input.files || input.files.length === 0) return;
    const files = [...input.files];
    // So that the same file can be chosen again.
    input.value = "";
    this.#show(Promise.resolve().then(() => sourceFromFiles(files)));
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("options")) {
      this.#follow((changed.get("options") ?? {}) as ViewerOptions);
      this.setState("figure", figureOf(this.options) !== undefined);
    }
    if (changed.has("view")) {
      this.#refocus = this.#root.activeElement != null;
      const states = { empty: undefined, opening: "opening", failed: "failed", open: "open" };
      for (const state of Object.values(states)) {
        if (state !== undefined) this.setState(state, states[this.view.kind] === state);
      }
    }
  }

  #follow(before: ViewerOptions): void {
    const { options } = this;
    if (options.links === true) this.#navigation.link();
    else this.#navigation.unlink();
    if (options.src !== before.src) {
      // Not while this is being drawn: it draws something else.
      queueMicrotask(() => {
        if (options !== this.options) return;
        if (options.src === undefined) void this.close();
        else this.#show(this.#at(options.src));
      });
    } else if (this.view.kind === "open") {
      const target = placeOf(options, this.view.session.report);
      if (TARGET.some((key) => options[key] !== before[key])) this.#navigation.go(target);
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#refocus && this.#root.activeElement == null) {
      // What had the focus is gone with the view before.
      this.renderRoot.querySelector<HTMLElement>(FOCUS[this.view.kind])?.focus();
    }
    this.#refocus = false;
    if (changed.has("toast") && this.toast !== "") {
      // Emptied, so that the same words are announced again the next time.
      clearTimeout(this.#toastTimer);
      this.#toastTimer = setTimeout(() => {
        this.toast = "";
      }, 2500);
    }
  }

  protected override render(): TemplateResult {
    const printed = this.#printed();
    return html`<div
        class=${classMap({
          app: true,
          narrow: this.narrow,
          wide: !this.narrow,
          printed: printed !== nothing,
          "without-drop": this.options.withoutDrop === true,
        })}
        data-state=${this.view.kind}
      >
        ${this.#body()}
      </div>
      ${printed}
      ${
        this.#drop.dragging && this.options.withoutDrop !== true
          ? html`<div class="overlay" aria-hidden="true"><p>${logo}${text.drop}</p></div>`
          : nothing
      }
      <input id="file" type="file" hidden @change=${this.#onInput} />
      <input id="folder" type="file" webkitdirectory hidden @change=${this.#onInput} />
      <p class="toast ${this.toast === "" ? "" : "on"}" role="status">${this.toast}</p>
      <p class="spoken" role="status">${this.said}</p>`;
  }

  #printed(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view.kind !== "open" || !this.#printing.active || !this.#printing.ready) return nothing;
    // A figure is printed as it is.
    if (figureOf(this.options)) return nothing;
    const { name, report, scanning } = view.session;
    return html`<oci-lens-print
      .name=${name}
      .report=${report}
      .image=${report.images[this.#navigation.place.image]}
      .scanning=${scanning}
    ></oci-lens-print>`;
  }

  #body(): unknown {
    const { view, options } = this;
    const figure = figureOf(options);
    if (figure) {
      const given = {
        ...{ figure, view, options },
        ...{ place: this.#navigation.place, host: this.#host, printing: this.#printing.active },
      } satisfies Figured;
      return this.#figure.show(
        () => html`<oci-lens-figure .given=${given}><slot></slot></oci-lens-figure>`,
      );
    }
    switch (view.kind) {
      case "empty":
        return empty(this.#emptyActions, this.options.sample !== undefined);
      case "opening":
        return opening(view.name, view.progress, this.#headerActions.close);
      case "failed":
        return failed(view.name, view.failure, {
          ...this.#emptyActions,
          close: this.#headerActions.close,
          withSample: this.options.sample !== undefined,
        });
      case "open":
        return this.#shell.render(
          view.session,
          this.#navigation.place,
          this.#host,
          this.#headerActions,
          { narrow: this.narrow, options },
        );
    }
  }
}

function nameOf(source: ArchiveSource | Blob): string {
  if (!(source instanceof Blob)) return source.name;
  return source instanceof File ? source.name : text.unnamed;
}

function notOpen(): EngineError {
  return new EngineError({ code: "archive-closed", message: "no archive is open" });
}

/** The viewer of an element: of the copy of the module that has defined that. */
export function createViewer(setState: SetState): Viewer {
  if (!customElements.get("oci-lens-viewer")) customElements.define("oci-lens-viewer", Viewer);
  const viewer = new Viewer();
  viewer.setState = setState;
  return viewer;
}
