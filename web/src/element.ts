import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import {
  createEngine,
  EngineError,
  type ArchiveSource,
  type Engine,
  type OpenedArchive,
} from "./client.js";
import { emit } from "./events.js";
import { sourceFromDrop, sourceFromFiles } from "./source.js";
import { base } from "./styles/base.js";
import { layout } from "./styles/layout.js";
import { panels } from "./styles/panels.js";
import { tokens } from "./styles/tokens.js";
import { text } from "./text.js";
import { cacheKeys } from "./view/cache-keys.js";
import { DropZone } from "./view/drop-zone.js";
import { empty, type EmptyActions } from "./view/empty.js";
import { allFindings, findings, type Finding } from "./view/findings.js";
import {
  header,
  verificationLine,
  type ByteProgress,
  type HeaderActions,
  type Scan,
} from "./view/header.js";
import { logo } from "./view/icons.js";
import { imageDetails } from "./view/image.js";
import { firstImage, imageLines, images, type ImageLine } from "./view/images.js";
import { layers } from "./view/layers.js";
import { count } from "./view/format.js";
import { Follower } from "./view/follower.js";
import { failed, opening } from "./view/notices.js";
import { ALL_TABS, MAIN_TABS, sidePanel, tabList, tabPanel, type Tab } from "./view/tabs.js";
import { treeOf, type RowTree } from "./view/tree.js";
import type { Failure, ImageView, LayerView, Report } from "./view/types.js";

/** Below this width in pixels, one panel is shown at a time. */
const NARROW = 960;

/** Reports are read again at most this often, in milliseconds, while layers arrive. */
const REPORT_PAUSE = 100;

/** What takes the focus when the view that had it is gone. */
const FOCUS: Record<View["kind"], string> = {
  empty: "[data-action=file]",
  opening: "[data-action=cancel]",
  failed: "[data-action=file]",
  open: "[role=tab][aria-selected=true]",
};

/** What is on display. */
type View =
  | { readonly kind: "empty" }
  | { readonly kind: "opening"; readonly name: string; readonly progress?: ByteProgress }
  | { readonly kind: "failed"; readonly name: string; readonly failure: Failure }
  | { readonly kind: "open"; readonly name: string; readonly archive: OpenedArchive };

/**
 * Opens an image archive, verifies its digests and shows its merged tree.
 *
 * @element oci-lens
 *
 * @attr {"light" | "dark"} theme - Colours; by default those of the system.
 * @attr {string} sample - Address of an archive, relative to the page, that is offered as a sample.
 *
 * @event {CustomEvent<LoadDetail>} oci-lens-load - It is known what the archive is; layers are yet to be read.
 * @event {CustomEvent<ProgressDetail>} oci-lens-progress - Bytes read so far.
 * @event {CustomEvent<ScanDetail>} oci-lens-scan - All is read that could be, or reading was cancelled.
 * @event {CustomEvent<ErrorDetail>} oci-lens-error - The archive could not be opened or read to its end.
 *
 * @csspart drop-zone - What is shown while nothing is open.
 * @csspart header - Name of the archive and what it is.
 * @csspart verification - The line of outcomes, and the progress.
 * @csspart side - Images and layers.
 * @csspart main - Files and the other views.
 * @csspart tree - The merged tree.
 * @csspart path - Metadata of the path that is chosen in it.
 */
export class OciLens extends LitElement {
  static override styles = [tokens, base, layout, panels];

  /** Colours; by default those of the system. */
  @property({ reflect: true }) theme: "light" | "dark" | undefined;

  /** Address of an archive on the page's own host that is offered as a sample. */
  @property() sample: string | undefined;

  /**
   * The engine that opens archives, where several viewers share one. By default the viewer has
   * its own, and ends it when it leaves the document.
   */
  @property({ attribute: false }) engine: Engine | undefined;

  @state() private view: View = { kind: "empty" };
  @state() private report: Report | undefined;
  @state() private scan: Scan | undefined;
  @state() private image = -1;
  @state() private tab: Tab | undefined;
  @state() private narrow = false;
  @state() private openLayers: ReadonlySet<number> = new Set();
  @state() private revision = 0;
  @state() private platformProblem: string | undefined;
  @state() private said = "";
  @state() private toast = "";

  @query("#file") private fileInput!: HTMLInputElement | null;
  @query("#folder") private folderInput!: HTMLInputElement | null;

  readonly #drop = new DropZone(this, (transfer) => {
    void this.#open(sourceFromDrop(transfer));
  });
  #own: Engine | undefined;
  #tree: RowTree | undefined;
  #opening: AbortController | undefined;
  #scanning: AbortController | undefined;
  #resize: ResizeObserver | undefined;
  #frame = 0;
  #lines: readonly ImageLine[] = [];
  #findings: readonly Finding[] = [];
  #refocus = false;
  #toastTimer: ReturnType<typeof setTimeout> | undefined;

  /** Opens a file, a blob or a source, in place of what is open. */
  async open(source: ArchiveSource | Blob | Promise<ArchiveSource>): Promise<void> {
    await this.#open(source);
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.#leave({ kind: "empty" });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize = new ResizeObserver(([entry]) => {
      if (entry) this.narrow = entry.contentRect.width < NARROW;
    });
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    // An element that is only moved is back before this runs.
    setTimeout(() => {
      if (this.isConnected) return;
      void this.close();
      this.#own?.close();
      this.#own = undefined;
    });
  }

  #engine(): Engine {
    return this.engine ?? (this.#own ??= createEngine());
  }

  /** Shows something else, and gives back what belonged to the view before. */
  async #leave(next: View, opening?: AbortController): Promise<void> {
    const before = this.view;
    this.#opening?.abort();
    this.#opening = opening;
    this.#scanning?.abort();
    cancelAnimationFrame(this.#frame);
    this.view = next;
    this.#scanning = undefined;
    this.#tree = undefined;
    this.report = undefined;
    this.scan = undefined;
    this.image = -1;
    this.openLayers = new Set();
    this.platformProblem = undefined;
    if (before.kind === "open") await before.archive.close();
  }

  async #open(given: ArchiveSource | Blob | Promise<ArchiveSource>): Promise<void> {
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
      if (superseded()) return;
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
        return;
      }
      this.#opening = undefined;
      this.#show(name, archive);
      emit(this, "oci-lens-load", { name, report: archive.latest });
      await this.#scan();
    } catch (error) {
      if (superseded()) return;
      this.#opening = undefined;
      this.#fail(name, error);
    }
  }

  #show(name: string, archive: OpenedArchive): void {
    cancelAnimationFrame(this.#frame);
    this.view = { kind: "open", name, archive };
    this.report = archive.latest;
    this.tab = undefined;
    this.#choose(firstImage(archive.latest));
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

  async #scan(): Promise<void> {
    const { view } = this;
    if (view.kind !== "open" || this.#scanning) return;
    const { archive } = view;
    const scanning = new AbortController();
    const { signal } = scanning;
    this.#scanning = scanning;
    this.scan = { state: "running" };
    const current = () => this.view === view && this.#scanning === scanning;
    const grown = new Set<number>();
    const follow = new Follower(async () => {
      const report = await archive.report();
      if (!current()) return;
      this.report = report;
      if (grown.has(this.image)) this.revision += 1;
      grown.clear();
    }, REPORT_PAUSE);
    let outcome: Scan;
    let report: Report | undefined;
    try {
      report = await archive.scan({
        signal,
        onUpdate: ({ stored, total, changed }) => {
          if (!current() || signal.aborted) return;
          this.#progress("scan", { done: stored, total }, (progress) => {
            if (current() && !signal.aborted) this.scan = { state: "running", progress };
          });
          if (!changed) return;
          for (const image of changed.images) grown.add(image);
          follow.nudge();
        },
      });
      outcome = { state: "done" };
    } catch (error) {
      const { code, message } = failureOf(error);
      outcome = signal.aborted ? { state: "cancelled" } : { state: "failed", message };
      if (current() && !signal.aborted) emit(this, "oci-lens-error", { code, message });
      report = await archive.report().catch(() => undefined);
    }
    follow.stop();
    if (!current()) return;
    cancelAnimationFrame(this.#frame);
    this.#scanning = undefined;
    this.scan = outcome;
    if (!report) return;
    this.#update(report);
    const { verified, mismatch, missing, notChecked } = report.totals.blobs;
    this.said =
      outcome.state === "cancelled"
        ? text.verification.cancelled
        : text.verification.done(verified, mismatch, missing, notChecked);
    emit(this, "oci-lens-scan", { report });
  }

  #update(report: Report): void {
    this.report = report;
    this.revision += 1;
  }

  #choose(image: number): void {
    const { view } = this;
    if (view.kind !== "open" || image === this.image) return;
    this.image = image;
    this.openLayers = new Set();
    this.platformProblem = undefined;
    const presence = this.report?.images[image]?.presence;
    void this.#tree?.close();
    this.#tree =
      presence !== undefined && presence !== "absent" ? treeOf(view.archive, image) : undefined;
  }

  async #setPlatform(platform: string): Promise<void> {
    const { view, image } = this;
    if (view.kind !== "open") return;
    try {
      const report = await view.archive.setPlatform(image, platform);
      if (this.view !== view) return;
      this.platformProblem = undefined;
      this.#update(report);
    } catch (error) {
      if (this.view === view) this.platformProblem = failureOf(error).message;
    }
  }

  readonly #copy = (value: string): void => {
    void navigator.clipboard.writeText(value).then(
      () => {
        this.toast = text.copied;
      },
      () => {
        this.toast = text.notCopied;
      },
    );
  };

  readonly #emptyActions: EmptyActions = {
    file: () => this.fileInput?.click(),
    folder: () => this.folderInput?.click(),
    sample: () => {
      void this.#open(this.#sample());
    },
    copy: this.#copy,
  };

  async #sample(): Promise<ArchiveSource> {
    const url = new URL(this.sample ?? "", document.baseURI);
    const response = await fetch(url);
    if (!response.ok) {
      throw new EngineError({ code: "read-failed", message: text.error.sample(response.status) });
    }
    const name = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
    return { kind: "file", name, file: await response.blob() };
  }

  readonly #headerActions: HeaderActions = {
    open: () => this.fileInput?.click(),
    folder: () => this.folderInput?.click(),
    close: () => {
      void this.close();
    },
    cancel: () => this.#scanning?.abort(),
    scan: () => {
      void this.#scan();
    },
  };

  #onInput(event: Event): void {
    const input = event.currentTarget;
    if (!(input instanceof HTMLInputElement) || !input.files || input.files.length === 0) return;
    const files = [...input.files];
    // So that the same file can be chosen again.
    input.value = "";
    void this.#open(
      new Promise((resolve) => {
        resolve(sourceFromFiles(files));
      }),
    );
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("report")) {
      this.#lines = this.report ? imageLines(this.report) : [];
      this.#findings = this.report ? allFindings(this.report) : [];
    }
    if (changed.has("view")) this.#refocus = this.shadowRoot?.activeElement != null;
  }

  protected override updated(changed: PropertyValues): void {
    if (this.#refocus && this.shadowRoot?.activeElement == null) {
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
    return html`<div class="app ${this.narrow ? "narrow" : "wide"}" data-state=${this.view.kind}>
        ${this.#body()}
      </div>
      ${
        this.#drop.dragging
          ? html`<div class="overlay" aria-hidden="true"><p>${logo}${text.drop}</p></div>`
          : nothing
      }
      <input id="file" type="file" hidden @change=${this.#onInput} />
      <input id="folder" type="file" webkitdirectory hidden @change=${this.#onInput} />
      <p class="toast ${this.toast === "" ? "" : "on"}" role="status">${this.toast}</p>
      <p class="spoken" role="status">${this.said}</p>`;
  }

  #body(): TemplateResult {
    const { view, report } = this;
    switch (view.kind) {
      case "empty":
        return empty(this.#emptyActions, this.sample !== undefined);
      case "opening":
        return opening(view.name, view.progress, this.#headerActions.close);
      case "failed":
        return failed(view.name, view.failure, {
          ...this.#emptyActions,
          close: this.#headerActions.close,
          withSample: this.sample !== undefined,
        });
      case "open":
        return report ? this.#loaded(view.name, report) : html``;
    }
  }

  #loaded(name: string, report: Report): TemplateResult {
    const image = report.images[this.image];
    const tabs: readonly Tab[] = this.narrow ? ALL_TABS : MAIN_TABS;
    const first = this.narrow ? "images" : "files";
    const tab = this.tab && tabs.includes(this.tab) ? this.tab : first;
    return html`${header(name, report, this.#headerActions)}
      ${verificationLine(report, this.scan, this.#headerActions)}
      <div class="columns">
        ${
          this.narrow
            ? nothing
            : html`<div class="side" part="side">
                ${sidePanel("images", text.images.title, "", this.#images())}
                ${sidePanel("layers", text.layers.title, text.layers.order, this.#layers(image))}
              </div>`
        }
        <div class="main" part="main">
          ${this.#tabs(tabs, tab)}
          ${
            this.narrow
              ? html`${tabPanel("images", tab, this.#images())}
                ${tabPanel("layers", tab, this.#layers(image))}`
              : nothing
          }
          ${tabPanel("files", tab, this.#files(image))}
          ${tabPanel("image", tab, image ? imageDetails(image, report, this.#copy) : html``)}
          ${tabPanel("keys", tab, image ? this.#keys(image) : html``)}
          ${tabPanel("findings", tab, findings(this.#findings, this.#copy))}
        </div>
      </div>`;
  }

  #tabs(tabs: readonly Tab[], chosen: Tab): TemplateResult {
    const label = (tab: Tab) => {
      if (tab !== "findings") return text.tabs[tab];
      // The worst comes first.
      const [worst, ...others] = this.#findings;
      if (!worst) return text.tabs.findings;
      return html`${text.tabs.findings}
        <span class="badge ${worst.diagnostic.severity}">${count(others.length + 1)}</span>`;
    };
    return tabList(tabs, chosen, label, (tab, byKey) => {
      this.tab = tab;
      if (!byKey) return;
      void this.updateComplete.then(() => {
        this.renderRoot.querySelector<HTMLElement>(`#tab-${tab}`)?.focus();
      });
    });
  }

  #images(): TemplateResult {
    return images(this.#lines, this.image, (image) => {
      this.#choose(image);
    });
  }

  #layers(image: ImageView | undefined): TemplateResult {
    if (!image) return html`<p class="none">${text.images.none}</p>`;
    return layers(image, this.openLayers, {
      copy: this.#copy,
      toggle: (layer) => {
        const open = new Set(this.openLayers);
        if (!open.delete(layer)) open.add(layer);
        this.openLayers = open;
      },
    });
  }

  #files(image: ImageView | undefined): TemplateResult {
    if (!image) return html`<p class="none">${text.files.noImage}</p>`;
    if (!this.#tree) return html`<p class="none">${text.files.noTree}</p>`;
    return html`<oci-lens-files
      exportparts="tree, path"
      .tree=${this.#tree}
      .revision=${this.revision}
      .leftOut=${image.layers.filter(leftOut).length}
      .scanning=${this.scan?.state === "running"}
      .copy=${this.#copy}
    ></oci-lens-files>`;
  }

  #keys(image: ImageView): TemplateResult {
    return cacheKeys(image, this.platformProblem, {
      copy: this.#copy,
      setPlatform: (platform) => {
        void this.#setPlatform(platform);
      },
    });
  }
}

/** Whether a layer can have no part in the tree, as opposed to having none yet. */
function leftOut({ entries, verification, diffId }: LayerView): boolean {
  if (entries) return false;
  return verification.status === "missing" || diffId.reason === "encrypted";
}

function nameOf(source: ArchiveSource | Blob): string {
  if (!(source instanceof Blob)) return source.name;
  return source instanceof File ? source.name : text.unnamed;
}

function failureOf(error: unknown): Failure {
  if (error instanceof EngineError) {
    const { code, message, seems, hints } = error;
    return { code, message, ...(seems === undefined ? {} : { seems }), hints: [...hints] };
  }
  return { code: "internal", message: error instanceof Error ? error.message : String(error) };
}
