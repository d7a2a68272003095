import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { dockerfileStyle } from "../../styles/dockerfile.js";
import { dockerfileText } from "../../text/dockerfile.js";
import { text } from "../../text.js";
import { longList } from "../long-list.js";
import { hue } from "../parts.js";
import type { DockerfileLine, DockerfileView } from "../types.js";
import { ViewElement } from "../view-element.js";

/** Pixels that an instruction usually takes. */
const LINE = 37;

/** The Dockerfile that an image's history makes up, each line tied to its layer. */
export class OciLensDockerfile extends ViewElement {
  static override styles = [base, dockerfileStyle];

  @state() private file: DockerfileView | undefined;
  @state() private problem: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.isOtherImage(changed)) void this.#read();
  }

  async #read(): Promise<void> {
    const { archive, image } = this;
    if (!image) return;
    try {
      const file = await archive.dockerfile(image.number);
      if (image.number !== this.image?.number) return;
      this.file = file;
      this.problem = undefined;
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  protected override render(): TemplateResult {
    const { file, problem, image } = this;
    if (!image) return html`<p class="none">${text.images.none}</p>`;
    if (problem !== undefined) return html`<p class="none mismatch" role="alert">${problem}</p>`;
    if (!file) return html`<p class="none" aria-busy="true">${text.loading}</p>`;
    if (file.lines.length === 0) return html`<p class="none">${dockerfileText.none}</p>`;
    const whole = () => `${file.lines.map((line) => line.text).join("\n")}\n`;
    return html`<div class="bar">
        <p class="muted">${dockerfileText.lead}</p>
        <button
          type="button"
          @click=${() => {
            this.host.copy(whole());
          }}
        >
          ${dockerfileText.copy}
        </button>
        <button
          type="button"
          @click=${() => void this.host.save("Dockerfile", new Blob([whole()])).catch(this.#fail)}
        >
          ${dockerfileText.save}
        </button>
      </div>
      ${
        file.caveats.length > 0
          ? html`<ul class="caveats muted">
              ${file.caveats.map((code) => html`<li>${dockerfileText.caveats[code] ?? code}</li>`)}
            </ul>`
          : nothing
      }
      <ol>
        ${longList(file.lines, (line) => this.#line(line), LINE)}
      </ol>`;
  }

  readonly #fail = (error: unknown): void => {
    this.problem = messageOf(error);
  };

  #line(line: DockerfileLine): TemplateResult {
    const { layer } = line;
    const [first = "", ...rest] = line.text.split("\n");
    const word = line.command.instruction;
    const known = word !== "" && first.startsWith(word);
    return html`<li
      class=${layer === undefined ? "empty" : hue(layer)}
      data-history=${line.history}
    >
      ${
        layer === undefined
          ? html`<span class="muted none-mark">${dockerfileText.empty}</span>`
          : html`<button
              class="quiet"
              type="button"
              title=${dockerfileText.show(layer)}
              aria-label=${dockerfileText.show(layer)}
              @click=${() => {
                this.host.go({ view: "files", range: { first: layer, last: layer } });
              }}
            >
              <span class="number">${layer}</span>
            </button>`
      }
      <code
        >${known ? html`<b>${word}</b>${first.slice(word.length)}` : first}${rest.map(
          (part) => `\n${part}`,
        )}</code
      >
    </li>`;
  }
}

customElements.define("oci-lens-dockerfile", OciLensDockerfile);
