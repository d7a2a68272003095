import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { emit } from "../events.js";
import { failureOf } from "../session.js";
import { sourceFromDrop, sourceFromFiles, type ArchiveSource } from "../source.js";
import { base } from "../styles/base.js";
import { besideStyle } from "../styles/beside.js";
import { besideText } from "../text/beside.js";
import { text } from "../text.js";
import type { OpenedArchive } from "./api.js";
import { DropZone } from "./drop-zone.js";
import type { Report } from "./types.js";
import type { ViewHost } from "./view-element.js";

/** An archive beside the one that is open. */
export interface Beside {
  readonly name: string;
  readonly archive: OpenedArchive;
  readonly report: Report;
}

/**
 * Opens an archive beside the one on display, one at a time. It is closed when another one takes
 * its place, and when this element is gone.
 */
export class OciLensBeside extends LitElement {
  static override styles = [base, besideStyle];

  @property({ attribute: false }) host!: ViewHost;
  /** What is opened, in the words of a button. */
  @property() label = "";
  /** What the buttons do, for `data-action`. */
  @property() action = "other";
  /** Whether readers are not asked for anything. */
  @property({ type: Boolean }) plain = false;
  /** Takes the archive once it is open, and nothing before it is closed. */
  @property({ attribute: false }) take!: (beside: Beside | undefined) => void;

  @state() private opening: string | undefined;
  @state() private problem: string | undefined;

  @query("#file") private file!: HTMLInputElement | null;
  @query("#folder") private folder!: HTMLInputElement | null;

  readonly #drop = new DropZone(this, (transfer) => {
    this.drop(transfer);
  });
  #archive: OpenedArchive | undefined;
  #abort: AbortController | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The tabs take a view out and put it back: what is gone for good is not connected later.
    setTimeout(() => {
      if (!this.isConnected) this.leave();
    });
  }

  /** Opens what was dropped, here or on what is around this element. */
  drop(transfer: DataTransfer): void {
    // The folders of a drop are only there while it is handled.
    void this.#open(sourceFromDrop(transfer));
  }

  /** Opens what an author names; nothing named leaves nothing open. */
  fetch(address: string | undefined): void {
    if (address === undefined) this.leave();
    else
      void this.#open(
        Promise.resolve().then(() => this.host.sourceAt(address)),
        address,
      );
  }

  /** Closes the archive, if one is open. */
  leave(): void {
    this.#abort?.abort();
    this.problem = undefined;
    const archive = this.#archive;
    if (!archive) return;
    this.#archive = undefined;
    this.take(undefined);
    void archive.close().catch(() => undefined);
  }

  async #open(given: Promise<ArchiveSource>, address?: string): Promise<void> {
    this.leave();
    let name = address;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      const source = await given;
      abort.signal.throwIfAborted();
      this.opening = name = source.name;
      const archive = await this.host.open(source, abort.signal);
      this.#archive = archive;
      this.take({ name: source.name, archive, report: archive.latest });
    } catch (error) {
      if (abort.signal.aborted) return;
      const { code, message } = failureOf(error);
      this.problem = name === undefined ? message : besideText.failed(name, message);
      // What an author names is missed by the page, too.
      if (address !== undefined) emit(this, "oci-lens-error", { code, message: this.problem });
    } finally {
      if (this.#abort === abort) this.opening = undefined;
    }
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.toggleAttribute("dragging", this.#drop.dragging);
  }

  protected override render(): TemplateResult {
    const { opening, problem } = this;
    return html`${this.plain ? nothing : this.#choice()}
      <div role="status">
        ${
          opening === undefined
            ? nothing
            : html`<span class="opening"
                >${besideText.opening(opening)}
                <button type="button" @click=${() => this.#abort?.abort()}>${text.cancel}</button>
              </span>`
        }
      </div>
      ${problem === undefined ? nothing : html`<p class="mismatch" role="alert">${problem}</p>`}`;
  }

  #choice(): TemplateResult {
    const { label, action } = this;
    return html`<span class="buttons" role="group" aria-label=${label}>
        <button type="button" data-action=${action} @click=${() => this.file?.click()}>
          ${label}
        </button>
        <button type="button" data-action="${action}-folder" @click=${() => this.folder?.click()}>
          ${besideText.folder}
        </button>
      </span>
      <span class="muted">${besideText.drop}</span>
      <input id="file" type="file" hidden @change=${this.#onInput} />
      <input id="folder" type="file" webkitdirectory hidden @change=${this.#onInput} />`;
  }

  readonly #onInput = (event: Event): void => {
    const input = event.currentTarget;
    if (!(input instanceof HTMLInputElement)) return;
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length > 0) void this.#open(Promise.resolve().then(() => sourceFromFiles(files)));
  };
}

customElements.define("oci-lens-beside", OciLensBeside);
