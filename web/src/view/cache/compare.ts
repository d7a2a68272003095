import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { cacheCompareStyle } from "../../styles/cache-compare.js";
import { compareStyle } from "../../styles/compare.js";
import { cacheText } from "../../text/cache.js";
import type { BaseImage, OpenedArchive } from "../api.js";
import "../beside.js";
import type { Beside, OciLensBeside } from "../beside.js";
import { DropZone } from "../drop-zone.js";
import { imageChoice, type ChosenImage, type ImageGroup } from "../image-choice.js";
import type { CacheCompareView, CacheView, Report } from "../types.js";
import type { ViewHost } from "../view-element.js";
import { differences } from "./differences.js";

/** The two builds. */
const SIDES = ["left", "right"] as const;

type Side = (typeof SIDES)[number];
type Pair<T> = Readonly<Record<Side, T | undefined>>;

const NONE = { left: undefined, right: undefined };

/** Where a base image is: in the archives of the caches, or in one that was opened for a side. */
type BasePlace = "here" | "other" | Side;

/** A cache and another one, of the same archive or of one that is opened for it. */
export class OciLensCacheCompare extends LitElement {
  static override styles = [base, compareStyle, cacheCompareStyle];

  @property({ attribute: false }) archive!: OpenedArchive;
  @property({ attribute: false }) report!: Report;
  @property({ attribute: false }) cache!: CacheView;
  @property({ attribute: false }) host!: ViewHost;

  @state() private other: Beside | undefined;
  /** The cache on the right, and whether it is of the other archive. */
  @state() private right: { readonly isOther: boolean; readonly cache: number } | undefined;
  /** The archives that were opened for their base images. */
  @state() private opened: Pair<Beside> = NONE;
  @state() private bases: Pair<ChosenImage<BasePlace>> = NONE;
  @state() private result: CacheCompareView | undefined;
  @state() private problem: string | undefined;

  @query("oci-lens-beside[action=other-cache]") private beside!: OciLensBeside;

  readonly #zone = new DropZone(this, (transfer) => {
    this.beside.drop(transfer);
  });
  /** Counts up with each question: an answer to an older one is dropped. */
  #asked = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("cache") && changed.get("cache")?.number !== this.cache.number) {
      void this.#compare();
    }
  }

  readonly #take = (other: Beside | undefined): void => {
    this.other = other;
    this.right = undefined;
    this.result = undefined;
    this.problem = undefined;
    this.#forget("other");
    if (!other) return;
    const first = other.report.caches.find(({ form }) => form !== undefined);
    if (first) this.right = { isOther: true, cache: first.number };
    else this.problem = cacheText.compare.none(other.name);
    void this.#compare();
  };

  /** Takes an archive that was opened for a side's base image, and the first image in it. */
  async #takeBase(side: Side, opened: Beside | undefined): Promise<void> {
    this.opened = { ...this.opened, [side]: opened };
    this.#forget(side);
    const first = opened?.report.images.find(({ presence }) => presence !== "absent");
    if (first) this.bases = { ...this.bases, [side]: { key: side, image: first.number } };
    await this.#compare();
    if (opened && !first) this.problem = cacheText.compare.noImages(opened.name);
  }

  /** Chooses no image where it was one of an archive that is gone. */
  #forget(place: BasePlace): void {
    for (const side of SIDES) {
      if (this.bases[side]?.key === place) this.bases = { ...this.bases, [side]: undefined };
    }
  }

  async #compare(): Promise<void> {
    const { archive, cache, right, other } = this;
    const from = right?.isOther === true ? other?.archive : archive;
    // An answer that is on its way is about what is no longer chosen.
    const asked = ++this.#asked;
    if (!right || !from) return;
    try {
      const found = await archive
        .cache(cache.number)
        .compare(from, right.cache, [this.#base("left"), this.#base("right")]);
      if (asked !== this.#asked) return;
      this.result = found;
      this.problem = undefined;
    } catch (error) {
      if (asked === this.#asked) this.problem = messageOf(error);
    }
  }

  #base(side: Side): BaseImage<OpenedArchive> | undefined {
    const chosen = this.bases[side];
    if (!chosen) return undefined;
    const { archive } = new Map(this.#besides).get(chosen.key) ?? this;
    return { archive, image: chosen.image };
  }

  /** The archives that were opened here. */
  get #besides(): readonly (readonly [BasePlace, Beside])[] {
    const { left, right } = this.opened;
    const places = [
      ["other", this.other],
      ["left", left],
      ["right", right],
    ] as const;
    return places.flatMap(([place, beside]) => (beside ? [[place, beside] as const] : []));
  }

  protected override render(): TemplateResult {
    const said = cacheText.compare;
    const { result, problem } = this;
    return html`<div class="compare ${this.#zone.dragging ? "dropping" : ""}">
      <div class="sides">
        <div class="side">
          <span class="muted">${said.left}</span>
          <b class="clip">${cacheText.name(this.cache)}</b>
        </div>
        <label class="side">
          <span class="muted">${said.right}</span>
          ${this.#choice()}
        </label>
        <oci-lens-beside
          action="other-cache"
          label=${said.open}
          .host=${this.host}
          .take=${this.#take}
        ></oci-lens-beside>
      </div>
      ${this.#baseChoices()}
      ${problem === undefined ? nothing : html`<p class="mismatch" role="alert">${problem}</p>`}
      ${result ? differences(result, this.host.copy) : html`<p class="none">${said.lead}</p>`}
    </div>`;
  }

  #choice(): TemplateResult {
    const { report, other, right, cache } = this;
    const said = cacheText.compare;
    const option = (view: CacheView, isOther: boolean) =>
      html`<option
        value="${isOther ? "other" : "same"}:${view.number}"
        ?selected=${right?.isOther === isOther && right.cache === view.number}
        ?disabled=${view.form === undefined}
      >
        ${cacheText.name(view)}
      </option>`;
    return html`<select data-choose="other-cache" @change=${this.#onChoose}>
      <option value="" ?selected=${!right} disabled>${said.choose}</option>
      <optgroup label=${said.here}>
        ${report.caches
          .filter(({ number }) => number !== cache.number)
          .map((view) => option(view, false))}
      </optgroup>
      ${
        other
          ? html`<optgroup label=${said.there(other.name)}>
              ${other.report.caches.map((view) => option(view, true))}
            </optgroup>`
          : nothing
      }
    </select>`;
  }

  /** The images that the two builds began with, of any archive that is open here. */
  #baseChoices(): TemplateResult | typeof nothing {
    if (!this.right) return nothing;
    const said = cacheText.compare;
    const groups: ImageGroup<BasePlace>[] = [
      { key: "here", label: said.here, images: this.report.images },
    ];
    for (const [key, beside] of this.#besides) {
      groups.push({ key, label: said.there(beside.name), images: beside.report.images });
    }
    return html`<fieldset class="bases">
      <legend>${said.images}</legend>
      ${SIDES.map(
        (side) =>
          html`<div class="side">
            <div class="side">
              <span class="muted">${said.base[side]}</span>
              ${imageChoice({
                name: `base-${side}`,
                label: said.base[side],
                groups,
                chosen: this.bases[side],
                none: said.noImage,
                optional: true,
                choose: (chosen) => {
                  this.bases = { ...this.bases, [side]: chosen };
                  void this.#compare();
                },
              })}
            </div>
            <oci-lens-beside
              action="base-${side}"
              label=${said.openBase[side]}
              .host=${this.host}
              .take=${(opened: Beside | undefined) => {
                void this.#takeBase(side, opened);
              }}
            ></oci-lens-beside>
          </div>`,
      )}
    </fieldset>`;
  }

  readonly #onChoose = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const [where, number] = event.currentTarget.value.split(":");
    this.right = { isOther: where === "other", cache: Number(number) };
    void this.#compare();
  };
}

customElements.define("oci-lens-cache-compare", OciLensCacheCompare);
