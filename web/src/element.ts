import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { createEngine, EngineError, type ArchiveSource, type Engine } from "./client.js";
import { emit } from "./events.js";
import { Navigation } from "./navigation.js";
import { Printing } from "./printing.js";
import { save } from "./save.js";
import { failureOf, Session } from "./session.js";
import { sourceFromDrop, sourceFromFiles } from "./source.js";
import { base } from "./styles/base.js";
import { emptyStyle } from "./styles/empty.js";
import { findingsStyle } from "./styles/findings.js";
import { frameStyle } from "./styles/frame.js";
import { headerStyle } from "./styles/header.js";
import { layersStyle } from "./styles/layers.js";
import { noticesStyle } from "./styles/notices.js";
import { panels } from "./styles/panels.js";
import { printedStyle } from "./styles/printed.js";
import { sheetStyle } from "./styles/sheet.js";
import { shellStyle } from "./styles/shell.js";
import { tabsStyle } from "./styles/tabs.js";
import { tokens } from "./styles/tokens.js";
import { text } from "./text.js";
import { DropZone } from "./view/drop-zone.js";
import { empty, type EmptyActions } from "./view/empty.js";
import type { ByteProgress, HeaderActions } from "./view/header.js";
import { logo } from "./view/icons.js";
import { firstImage } from "./view/images.js";
import { failed, opening } from "./view/notices.js";
import type { Place } from "./view/place.js";
import { Shell } from "./view/shell.js";
import type { Failure } from "./view/types.js";
import type { ViewHost } from "./view/view-element.js";

/** Below this width in pixels, one panel is shown at a time. */
const NARROW = 960;

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
  | { readonly kind: "open"; readonly session: Session };

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
  static override styles = [
    tokens,
    base,
    frameStyle,
    emptyStyle,
    noticesStyle,
    headerStyle,
    tabsStyle,
    panels,
    findingsStyle,
    sheetStyle,
    layersStyle,
    shellStyle,
    printedStyle,
  ];

  /** Colours; by default those of the system. */
  @property({ reflect: true }) theme: "light" | "dark" | undefined;

  /** Address of an archive on the page's own host that is offered as a sample. */
  @property() sample: string | undefined;

  /**
   * The engine that opens archives, where several viewers share one. By default the viewer has
   * its own, and ends it when it leaves the document.
   */
  @property({ attribute: false }) engine: Engine | undefined;

  /**
   * Whether the page's address says what is looked at, so that it can be shared, and Back and
   * Forward lead through it.
   */
  @property({ type: Boolean }) links = false;

  @state() private view: View = { kind: "empty" };
  @state() private narrow = false;
  @state() private said = "";
  @state() private toast = "";

  @query("#file") private fileInput!: HTMLInputElement | null;
  @query("#folder") private folderInput!: HTMLInputElement | null;

  readonly #drop = new DropZone(this, (transfer) => {
    void this.#open(sourceFromDrop(transfer));
  });
  readonly #navigation = new Navigation(() => {
    this.requestUpdate();
  });
  readonly #shell = new Shell(this);
  readonly #printing = new Printing(this);
  #own: Engine | undefined;
  #opening: AbortController | undefined;
  #resize: ResizeObserver | undefined;
  #frame = 0;
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
    if (this.links) this.#navigation.link();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize?.disconnect();
    this.#navigation.unlink();
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
    cancelAnimationFrame(this.#frame);
    this.view = next;
    if (before.kind !== "open") return;
    this.#shell.leave();
    this.#navigation.stop();
    await before.session.close();
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
      const session = this.#session(name, archive);
      emit(this, "oci-lens-load", { name, report: session.report });
      await session.read();
    } catch (error) {
      if (superseded()) return;
      this.#opening = undefined;
      this.#fail(name, error);
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
        emit(this, "oci-lens-scan", { report });
        void this.#printing.load();
      },
      failed: ({ code, message }) => {
        if (shown()) emit(this, "oci-lens-error", { code, message });
      },
    });
    this.view = { kind: "open", session };
    const { images } = session.report;
    const image = firstImage(session.report);
    this.#navigation.start(
      { view: image < 0 ? "overview" : "files", image },
      // Of an archive without images there is no other place than among its own views.
      (place) => place.image === image || images[place.image] !== undefined,
    );
    return session;
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
    void navigator.clipboard.writeText(value).then(
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
    save,
    print: () => this.#printing.print(),
    open: (source, signal) => this.#engine().open(source, signal ? { signal } : {}),
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
    void this.#open(
      new Promise((resolve) => {
        resolve(sourceFromFiles(files));
      }),
    );
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("links")) {
      if (this.links) this.#navigation.link();
      else this.#navigation.unlink();
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
    const printed = this.#printed();
    return html`<div
        class="app ${this.narrow ? "narrow" : "wide"} ${printed === nothing ? "" : "printed"}"
        data-state=${this.view.kind}
      >
        ${this.#body()}
      </div>
      ${printed}
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

  #printed(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view.kind !== "open" || !this.#printing.active || !this.#printing.ready) return nothing;
    const { name, report, scanning } = view.session;
    return html`<oci-lens-print
      .name=${name}
      .report=${report}
      .image=${report.images[this.#navigation.place.image]}
      .scanning=${scanning}
    ></oci-lens-print>`;
  }

  #body(): TemplateResult {
    const { view } = this;
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
        return this.#shell.render(
          view.session,
          this.#navigation.place,
          this.#host,
          this.#headerActions,
          this.narrow,
        );
    }
  }
}

function nameOf(source: ArchiveSource | Blob): string {
  if (!(source instanceof Blob)) return source.name;
  return source instanceof File ? source.name : text.unnamed;
}
