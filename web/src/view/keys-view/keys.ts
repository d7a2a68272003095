import { html, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { failureOf } from "../../session.js";
import { base } from "../../styles/base.js";
import { sheetStyle } from "../../styles/sheet.js";
import { text } from "../../text.js";
import { ViewElement } from "../view-element.js";
import { cacheKeys } from "./cache-keys.js";

/** BuildKit's keys for the chosen image, with the bytes that they are made of. */
export class OciLensKeys extends ViewElement {
  static override styles = [base, sheetStyle];

  @state() private problem: string | undefined;

  protected override render(): TemplateResult {
    const { image } = this;
    if (!image) return html`<p class="none">${text.images.none}</p>`;
    return cacheKeys(image, this.problem, {
      copy: this.host.copy,
      setPlatform: (platform) => void this.#setPlatform(image.number, platform),
    });
  }

  async #setPlatform(image: number, platform: string): Promise<void> {
    try {
      this.host.take(await this.archive.setPlatform(image, platform));
      this.problem = undefined;
    } catch (error) {
      this.problem = failureOf(error).message;
    }
  }
}

customElements.define("oci-lens-keys", OciLensKeys);
