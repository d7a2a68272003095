import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, query, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { checksumDifferenceStyle } from "../../styles/compare.js";
import { compareText } from "../../text/compare.js";
import type { Comparison } from "../api.js";
import { problemOf, type Problem } from "../problem.js";
import type { ChecksumDifference, DifferentPath } from "../types.js";

const text = compareText.checksum;
const encoder = new TextEncoder();

/** What makes the content checksums of a path in two images differ, when it is asked for. */
export class OciLensChecksumDifference extends LitElement {
  static override styles = [base, checksumDifferenceStyle];

  @property({ attribute: false }) comparison!: Comparison;

  @state() private result: ChecksumDifference | undefined;
  @state() private problem: Problem | undefined;
  @state() private asking = false;

  @query("input") private input!: HTMLInputElement | null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("comparison")) return;
    this.result = undefined;
    this.problem = undefined;
    this.asking = false;
  }

  async #find(): Promise<void> {
    const { comparison } = this;
    this.result = undefined;
    this.problem = undefined;
    this.asking = true;
    try {
      const result = await comparison.checksum(encoder.encode(this.input?.value ?? "/"));
      if (comparison === this.comparison) this.result = result;
    } catch (error) {
      if (comparison === this.comparison) this.problem = problemOf(error);
    } finally {
      if (comparison === this.comparison) this.asking = false;
    }
  }

  protected override render(): TemplateResult {
    const { result, problem, asking } = this;
    return html`<p class="muted">${text.lead}</p>
      <form
        @submit=${(event: Event) => {
          event.preventDefault();
          void this.#find();
        }}
      >
        <label>${text.path} <input class="mono" value="/" spellcheck="false" /></label>
        <button data-action="checksum" ?disabled=${asking}>${text.find}</button>
      </form>
      <div role="status" aria-busy=${asking ? "true" : "false"}>
        ${asking ? html`<p class="muted">${text.finding}</p>` : nothing}
        ${result ? difference(result) : nothing}
      </div>
      ${
        problem
          ? html`<p class="mismatch" role="alert">
              ${problem.message} <code>${problem.code}</code>
            </p>`
          : nothing
      }`;
  }
}

function difference({ first, unknown }: ChecksumDifference): TemplateResult {
  if (!first) {
    return html`<p class=${unknown === 0 ? "verified" : "muted"}>
      ${unknown === 0 ? text.same : text.unknown(unknown)}
    </p>`;
  }
  return html`<dl data-first=${first.path.path}>
      <dt><bdi class="mono">/${first.path.path}</bdi></dt>
      <dd class="muted">${compareText.change(first.change)}</dd>
      ${fields(first)}
    </dl>
    ${unknown > 0 ? html`<p class="muted">${text.before(unknown)}</p>` : nothing}`;
}

function fields({ fields: list, content }: DifferentPath): TemplateResult {
  return html`${list.map(
    ({ name, before, after }) =>
      html`<dd data-field=${name}>
        <code>${name}</code>
        <code class="before">${before ?? text.none}</code> →
        <code class="after">${after ?? text.none}</code>
      </dd>`,
  )}
  ${content === true ? html`<dd data-field="content">${text.content}</dd>` : nothing}`;
}

if (!customElements.get("oci-lens-checksum-difference")) {
  customElements.define("oci-lens-checksum-difference", OciLensChecksumDifference);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-checksum-difference": OciLensChecksumDifference;
  }
}
