import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { keysStyle } from "../../styles/keys.js";
import { ladderStyle } from "../../styles/ladder.js";
import { sheetStyle } from "../../styles/sheet.js";
import { tagStyle } from "../../styles/tag.js";
import { keysText } from "../../text/keys.js";
import { text } from "../../text.js";
import { platformText } from "../format.js";
import type { ImageView, KeysView } from "../types.js";
import { ViewElement } from "../view-element.js";
import { cacheKeys } from "./cache-keys.js";
import { ladder } from "./ladder.js";

/** What BuildKit and containerd know the chosen image by, with the bytes that are hashed. */
export class OciLensKeys extends ViewElement {
  static override styles = [base, sheetStyle, tagStyle, keysStyle, ladderStyle];

  @state() private keys: KeysView | undefined;
  @state() private problem: string | undefined;

  /** How many layers are meant; all when absent. */
  #limit: number | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive") || this.isOtherImage(changed)) {
      this.#limit = undefined;
      this.keys = undefined;
      this.problem = undefined;
    }
    // A new report may have another platform, or diff IDs that were not known.
    if (changed.has("archive") || changed.has("image")) void this.#read();
  }

  async #read(): Promise<void> {
    const { archive, image } = this;
    if (!image) return;
    const limit = this.#limit;
    try {
      const keys = await archive.keys(image.number, limit);
      const isSame = archive === this.archive && image.number === this.image?.number;
      if (isSame && limit === this.#limit) this.keys = keys;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  protected override render(): TemplateResult {
    const { image, keys } = this;
    if (!image) return html`<p class="none">${text.images.none}</p>`;
    return html`<div class="sheet">
      ${this.figure ? nothing : html`<p>${keysText.lead}</p>`}
      ${this.figure ? this.#note() : this.#form(image)}
      ${
        keys
          ? html`${cacheKeys(keys, image, this.host.copy)}
              <h3>${keysText.ladder}</h3>
              <p class="muted">${keysText.ladderLead}</p>
              ${ladder(keys.ladder, this.report.images, {
                copy: this.host.copy,
                choose: (number) => {
                  this.host.go({ image: number, range: undefined });
                },
              })}`
          : this.problem === undefined
            ? html`<p class="none" aria-busy="true">${text.loading}</p>`
            : nothing
      }
    </div>`;
  }

  #note(): TemplateResult | typeof nothing {
    const { problem } = this;
    return problem === undefined ? nothing : html`<p class="mismatch" role="alert">${problem}</p>`;
  }

  #form(image: ImageView): TemplateResult {
    const { problem } = this;
    const note = image.platformSource ? keysText.platformSource(image.platformSource) : "";
    return html`<form
      class="platform"
      novalidate
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        if (!(event.currentTarget instanceof HTMLFormElement)) return;
        const data = new FormData(event.currentTarget);
        const [platform, limit] = [data.get("platform"), data.get("limit")];
        if (typeof platform === "string" && typeof limit === "string") {
          void this.#set(image, platform.trim(), limit.trim());
        }
      }}
    >
      <span class="field">
        <label for="platform">${keysText.platform}</label>
        <input
          id="platform"
          name="platform"
          autocomplete="off"
          spellcheck="false"
          placeholder=${keysText.platformHint}
          .value=${image.platform ? platformText(image.platform) : ""}
          aria-describedby="platform-note"
      /></span>
      <span class="field">
        <label for="limit">${keysText.limit}</label>
        <input
          id="limit"
          name="limit"
          class="limit"
          inputmode="numeric"
          autocomplete="off"
          placeholder=${keysText.limitHint}
          .value=${this.#limit === undefined ? "" : String(this.#limit)}
          aria-describedby="platform-note"
      /></span>
      <button type="submit">${keysText.apply}</button>
      <span id="platform-note" class=${problem === undefined ? "muted" : "mismatch"}
        >${problem ?? note}</span
      >
    </form>`;
  }

  async #set(image: ImageView, platform: string, limit: string): Promise<void> {
    const number = limit === "" ? undefined : Number(limit);
    if (number !== undefined && !(Number.isInteger(number) && number > 0 && number < 2 ** 32)) {
      this.problem = keysText.noLimit;
      return;
    }
    try {
      const shown = image.platform ? platformText(image.platform) : "";
      if (platform !== shown) {
        this.host.take(await this.archive.setPlatform(image.number, platform));
      }
      this.problem = undefined;
      this.#limit = number;
      await this.#read();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }
}

customElements.define("oci-lens-keys", OciLensKeys);
