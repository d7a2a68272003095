import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";

import { failureOf } from "../../session.js";
import { sourceFromFiles } from "../../source.js";
import { base } from "../../styles/base.js";
import { compareStyle } from "../../styles/compare.js";
import { unreadStyle } from "../../styles/unread.js";
import { compareText } from "../../text/compare.js";
import { text } from "../../text.js";
import type { Comparison, OpenedArchive } from "../api.js";
import { progressBar, type ByteProgress } from "../header.js";
import { imageName } from "../images.js";
import { platform } from "../format.js";
import type { TableSource } from "../table.js";
import type { CompareView, Failure, ImageView, Report } from "../types.js";
import { contentsUnread } from "../unread.js";
import { ViewElement } from "../view-element.js";
import "./checksum.js";
import { results } from "./results.js";
import { pathTable } from "./paths.js";

/** An archive beside the one that is open. */
interface Other {
  readonly name: string;
  readonly archive: OpenedArchive;
  readonly report: Report;
}

/** What is on the right. */
interface Right {
  readonly other: Other | undefined;
  readonly image: number;
}

interface Work {
  readonly what: string;
  readonly progress?: ByteProgress;
}

/** Two images side by side, of one archive or of two. */
export class OciLensCompare extends ViewElement {
  static override styles = [base, compareStyle, unreadStyle];

  @state() private other: Other | undefined;
  @state() private right: Right | undefined;
  @state() private result: CompareView | undefined;
  @state() private work: Work | undefined;
  @state() private problem: string | undefined;
  @state() private dropping = false;
  @state() private unread: readonly Failure[] = [];

  @query("#other") private input!: HTMLInputElement | null;

  #comparison: Comparison | undefined;
  #paths: TableSource<unknown> | undefined;
  #abort: AbortController | undefined;
  /** Counts up with each question: an answer to an older one is dropped. */
  #asked = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The tabs take a view out and put it back: what is gone for good is not connected later.
    setTimeout(() => {
      if (this.isConnected) return;
      this.#abort?.abort();
      void this.#drop();
    });
  }

  async #drop(): Promise<void> {
    const { other } = this;
    const comparison = this.#comparison;
    this.#comparison = undefined;
    this.other = undefined;
    this.right = undefined;
    this.result = undefined;
    this.unread = [];
    await comparison?.close().catch(() => undefined);
    await other?.archive.close().catch(() => undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive") && changed.get("archive") !== undefined) void this.#drop();
    if (this.isOtherImage(changed) || changed.has("revision")) {
      void this.#compare();
    }
  }

  async #open(file: Blob | Promise<import("../../source.js").ArchiveSource>, name: string) {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    try {
      await this.#drop();
      this.problem = undefined;
      this.work = { what: compareText.opening(name) };
      const source = await file;
      const archive = await this.host.open(source, signal);
      const other = { name, archive, report: archive.latest };
      this.other = other;
      const first = other.report.images.find(({ presence }) => presence !== "absent");
      if (first) this.right = { other, image: first.number };
      const report = await archive.scan({
        signal,
        onUpdate: ({ stored, total }) => {
          this.work = {
            what: compareText.reading(name),
            progress: { done: stored, total },
          };
        },
      });
      this.other = { ...other, report };
      if (this.right) this.right = { ...this.right, other: this.other };
      this.work = undefined;
      await this.#compare();
    } catch (error) {
      if (signal.aborted) return;
      this.problem = failureOf(error).message;
    } finally {
      if (this.#abort === abort) this.work = undefined;
    }
  }

  async #compare(): Promise<void> {
    const { archive, image, right } = this;
    if (!image || !right) return;
    const asked = ++this.#asked;
    const before = this.#comparison;
    try {
      const comparison = await archive.compare(
        image.number,
        right.other?.archive ?? archive,
        right.image,
      );
      const result = await comparison.view();
      if (asked !== this.#asked) {
        await comparison.close();
        return;
      }
      this.#comparison = comparison;
      this.#paths = pathTable(comparison, this.host);
      this.result = result;
      this.problem = undefined;
      await before?.close();
    } catch (error) {
      if (asked === this.#asked) this.problem = failureOf(error).message;
    }
  }

  async #readContents(): Promise<void> {
    const { archive, image, right } = this;
    if (!image || !right) return;
    this.unread = [];
    const abort = new AbortController();
    this.#abort = abort;
    const options = {
      signal: abort.signal,
      onProgress: (progress: ByteProgress) => {
        this.work = { what: compareText.contents, progress };
      },
    };
    try {
      const other = right.other?.archive ?? archive;
      if (other === archive) {
        const read = await archive.readContents([image.number, right.image], options);
        this.host.take(read.report);
        this.unread = read.unread;
      } else {
        const read = await archive.readContents([image.number], options);
        this.host.take(read.report);
        const there = await other.readContents([right.image], options);
        this.unread = [...read.unread, ...there.unread];
      }
      await this.#compare();
    } catch (error) {
      if (!abort.signal.aborted) this.problem = failureOf(error).message;
    } finally {
      this.work = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { image, result, problem, work } = this;
    return html`<div
      class="compare ${this.dropping ? "dropping" : ""}"
      @dragover=${this.#onDragOver}
      @dragleave=${() => {
        this.dropping = false;
      }}
      @drop=${this.#onDrop}
    >
      <div class="sides">
        <div class="side">
          <span class="muted">${compareText.left}</span>
          <b class="clip">${image ? label(image) : text.images.none}</b>
        </div>
        <label class="side">
          <span class="muted">${compareText.right}</span>
          ${this.#choice()}
        </label>
        <div class="side">
          <button type="button" data-action="other" @click=${() => this.input?.click()}>
            ${compareText.openOther}
          </button>
          <span class="muted">${compareText.drop}</span>
          <input id="other" type="file" hidden @change=${this.#onInput} />
        </div>
      </div>
      ${
        work
          ? html`<div class="work" role="status">
              <span>${work.what}</span>${progressBar(work.progress, work.what)}
              <button
                type="button"
                @click=${() => {
                  this.#abort?.abort();
                }}
              >
                ${text.cancel}
              </button>
            </div>`
          : nothing
      }
      ${problem === undefined ? nothing : html`<p class="mismatch" role="alert">${problem}</p>`}
      ${contentsUnread(this.unread)}
      ${
        result && this.#paths && this.#comparison
          ? results(result, {
              comparison: this.#comparison,
              paths: this.#paths,
              revision: this.revision,
              busy: work !== undefined,
              copy: this.host.copy,
              contents: () => void this.#readContents(),
            })
          : html`<p class="none">${compareText.lead}</p>`
      }
    </div>`;
  }

  #choice(): TemplateResult {
    const { report, right, other } = this;
    const option = (image: ImageView, from: Other | undefined) =>
      html`<option
        value="${from ? "other" : "same"}:${image.number}"
        ?selected=${right?.image === image.number && right.other?.archive === from?.archive}
        ?disabled=${image.presence === "absent"}
      >
        ${label(image)}
      </option>`;
    return html`<select data-choose="right" @change=${this.#onChoose}>
      <option value="" ?selected=${!right} disabled>${compareText.choose}</option>
      <optgroup label=${compareText.here}>
        ${report.images
          .filter(({ number }) => number !== this.image?.number)
          .map((image) => option(image, undefined))}
      </optgroup>
      ${
        other
          ? html`<optgroup label=${compareText.there(other.name)}>
              ${other.report.images.map((image) => option(image, other))}
            </optgroup>`
          : nothing
      }
    </select>`;
  }

  readonly #onChoose = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const [where, number] = event.currentTarget.value.split(":");
    this.unread = [];
    this.right = { other: where === "other" ? this.other : undefined, image: Number(number) };
    void this.#compare();
  };

  readonly #onInput = (event: Event): void => {
    const input = event.currentTarget;
    if (!(input instanceof HTMLInputElement)) return;
    const [file] = input.files ?? [];
    input.value = "";
    if (file) void this.#open(file, file.name);
  };

  readonly #onDragOver = (event: DragEvent): void => {
    // Here, not to the viewer: it would take the place of what is open.
    event.preventDefault();
    event.stopPropagation();
    this.dropping = true;
  };

  readonly #onDrop = (event: DragEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    this.dropping = false;
    const files = [...(event.dataTransfer?.files ?? [])];
    const [first] = files;
    if (first) {
      void this.#open(
        Promise.resolve().then(() => sourceFromFiles(files)),
        first.name,
      );
    }
  };
}

function label(image: ImageView): string {
  const name = imageName(image);
  return image.platform && image.names.length > 0 ? `${name} (${platform(image.platform)})` : name;
}

customElements.define("oci-lens-compare", OciLensCompare);
