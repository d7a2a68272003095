import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { compareStyle } from "../../styles/compare.js";
import { unreadStyle } from "../../styles/unread.js";
import { compareText } from "../../text/compare.js";
import { text } from "../../text.js";
import type { Comparison } from "../api.js";
import "../beside.js";
import type { Beside, OciLensBeside } from "../beside.js";
import { DropZone } from "../drop-zone.js";
import { platformText } from "../format.js";
import { progressBar, type ByteProgress } from "../header.js";
import { imageChoice, imageLabel } from "../image-choice.js";
import type { TableSource } from "../table.js";
import type { CompareView, Failure, ImageView } from "../types.js";
import { contentsUnread } from "../unread.js";
import { ViewElement } from "../view-element.js";
import "./checksum.js";
import { results } from "./results.js";
import { pathTable } from "./paths.js";

/** What is on the right. */
interface Right {
  readonly other: Beside | undefined;
  readonly image: number;
}

interface Work {
  readonly what: string;
  readonly progress?: ByteProgress;
}

/** Two images side by side, of one archive or of two. */
export class OciLensCompare extends ViewElement {
  static override styles = [base, compareStyle, unreadStyle];

  @state() private other: Beside | undefined;
  @state() private right: Right | undefined;
  @state() private result: CompareView | undefined;
  @state() private work: Work | undefined;
  @state() private problem: string | undefined;
  @state() private unread: readonly Failure[] = [];

  @query("oci-lens-beside") private beside!: OciLensBeside;

  readonly #zone = new DropZone(this, (transfer) => {
    if (!this.figure) this.beside.drop(transfer);
  });
  #comparison: Comparison | undefined;
  #paths: TableSource<unknown> | undefined;
  #abort: AbortController | undefined;
  /** What the author puts beside. */
  #with: string | undefined;
  /** Counts up with each question: an answer to an older one is dropped. */
  #asked = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // The tabs take a view out and put it back: what is gone for good is not connected later.
    setTimeout(() => {
      if (!this.isConnected) this.#drop();
    });
  }

  #drop(): void {
    this.#abort?.abort();
    this.right = undefined;
    this.#show(undefined);
    this.unread = [];
  }

  /** Shows a comparison in the place of the one before, which is over. */
  #show(comparison: Comparison | undefined, result?: CompareView): void {
    const before = this.#comparison;
    this.#comparison = comparison;
    this.#paths = comparison && pathTable(comparison, this.figure ? undefined : this.host);
    this.result = result;
    void before?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.isOtherImage(changed) || changed.has("revision")) void this.#compare();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const address = this.options.with;
    if (address === this.#with) return;
    this.#with = address;
    // Not while this is being drawn: it draws something else.
    queueMicrotask(() => {
      this.beside.fetch(address);
    });
  }

  readonly #take = (other: Beside | undefined): void => {
    this.#drop();
    this.other = other;
    this.problem = undefined;
    if (other) void this.#read(other, imageBeside(other.report.images, this.image));
  };

  /** Reads the layers of another archive, and compares with an image of it. */
  async #read(other: Beside, image: ImageView | undefined): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    const { signal } = abort;
    const what = compareText.reading(other.name);
    if (image) this.right = { other, image: image.number };
    this.work = { what };
    try {
      const report = await other.archive.scan({
        signal,
        // What is on a server is read when it is looked at.
        ...(other.archive.onDemand && image ? { image: image.number } : {}),
        onUpdate: ({ stored, total }) => {
          this.work = { what, progress: { done: stored, total } };
        },
      });
      this.other = { ...other, report };
      if (this.right) this.right = { ...this.right, other: this.other };
      this.work = undefined;
      await this.#compare();
    } catch (error) {
      if (!signal.aborted) this.problem = compareText.stopped(other.name, messageOf(error));
    } finally {
      if (this.#abort === abort) this.work = undefined;
    }
  }

  async #compare(): Promise<void> {
    const { archive, image, right } = this;
    if (!image || !right) return;
    const asked = ++this.#asked;
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
      this.#show(comparison, result);
      this.problem = undefined;
    } catch (error) {
      if (asked === this.#asked) this.problem = messageOf(error);
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
      if (!abort.signal.aborted) this.problem = messageOf(error);
    } finally {
      this.work = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { image, result, problem, work } = this;
    const { figure } = this;
    const dropping = this.#zone.dragging && !figure;
    return html`<div class="compare ${dropping ? "dropping" : ""} ${figure ? "figure" : ""}">
      <div class="sides">
        <div class="side">
          <span class="muted">${compareText.left}</span>
          <b class="clip">${image ? imageLabel(image) : text.images.none}</b>
        </div>
        <div class="side">
          <span class="muted">${compareText.right}</span>
          ${figure ? this.#rightName() : this.#choice()}
        </div>
        <oci-lens-beside
          .host=${this.host}
          .take=${this.#take}
          label=${compareText.openOther}
          ?plain=${figure}
        ></oci-lens-beside>
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
              figure,
              printing: this.printing,
              copy: this.host.copy,
              contents: () => void this.#readContents(),
            })
          : figure
            ? nothing
            : html`<p class="none">${compareText.lead}</p>`
      }
    </div>`;
  }

  #rightName(): TemplateResult {
    const { other, right } = this;
    const image = other?.report.images[right?.image ?? -1];
    return html`<b class="clip" title=${other?.name ?? nothing}
      >${image ? imageLabel(image) : (other?.name ?? this.options.with ?? text.images.none)}</b
    >`;
  }

  #choice(): TemplateResult {
    const { report, right, other } = this;
    const here = report.images.filter(({ number }) => number !== this.image?.number);
    return imageChoice({
      name: "right",
      label: compareText.right,
      groups: [
        { key: "same", label: compareText.here, images: here },
        ...(other
          ? [
              {
                key: "other" as const,
                label: compareText.there(other.name),
                images: other.report.images,
              },
            ]
          : []),
      ],
      chosen: right && { key: right.other ? "other" : "same", image: right.image },
      none: compareText.choose,
      optional: false,
      choose: (chosen) => {
        if (!chosen) return;
        this.unread = [];
        if (chosen.key === "other" && other?.archive.onDemand) {
          void this.#read(other, other.report.images[chosen.image]);
          return;
        }
        this.right = { other: chosen.key === "other" ? other : undefined, image: chosen.image };
        void this.#compare();
      },
    });
  }
}

/** The image to begin with: of the same platform, or else the first that is there. */
function imageBeside(images: readonly ImageView[], left: ImageView | undefined) {
  const present = images.filter(({ presence }) => presence !== "absent");
  const named = ({ platform }: ImageView) => platform && platformText(platform);
  return present.find((image) => left && named(image) === named(left)) ?? present[0];
}

customElements.define("oci-lens-compare", OciLensCompare);
