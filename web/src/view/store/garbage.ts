import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import type { GcPlan } from "../../store.js";
import { storeText } from "../../text/store.js";
import { bytes, shortDigest } from "../format.js";
import { StorePart } from "./part.js";

/** Lines of each list; the rest is counted. */
const LINES = 200;

/** What no label keeps: shown first, then removed. */
export class OciLensStoreGarbage extends StorePart {
  @state() private plan: GcPlan | undefined;
  @state() private done: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What was shown may not hold any more.
    if (changed.has("revision") && !this.busy) this.plan = undefined;
  }

  protected override render(): TemplateResult {
    const { plan } = this;
    return html`<p class="lead">${storeText.gcLead}</p>
      <div class="row">
        <button
          type="button"
          data-action="plan"
          ?disabled=${this.busy}
          @click=${() => void this.#look()}
        >
          ${storeText.plan}
        </button>
        ${
          plan && plan.remove.length + plan.expired.length > 0
            ? html`<button
                type="button"
                class="danger"
                data-action="collect"
                ?disabled=${this.busy}
                @click=${() => void this.#collect()}
              >
                ${storeText.collect(plan.freed)}
              </button>`
            : nothing
        }
      </div>
      ${
        this.problem === undefined
          ? nothing
          : html`<p class="mismatch" role="alert">${this.problem}</p>`
      }
      ${this.done === undefined ? nothing : html`<p class="verified" role="status">${this.done}</p>`}
      ${plan ? this.#plan(plan) : nothing}`;
  }

  #plan({ remove, keep, expired, unresolved }: GcPlan): TemplateResult {
    return html`${
      remove.length + expired.length === 0
        ? html`<p data-clean role="status">${storeText.clean}</p>`
        : nothing
    }
    ${list("remove", storeText.goes(remove.length), remove, ({ digest, size }) => {
      return html`<code>${digest}</code><span>${bytes(size)}</span>`;
    })}
    ${list("expired", storeText.goesOpen(expired.length), expired, ({ ref, offset }) => {
      return html`<code>${ref}</code><span>${bytes(offset)}</span>`;
    })}
    ${list("keep", storeText.stays(keep.length), keep, ({ blob, by, label }) => {
      return html`<code>${blob.digest}</code><span>${bytes(blob.size)}</span
        ><span class="muted"
          >${by === undefined ? storeText.isRoot : storeText.by(label ?? "", shortDigest(by))}</span
        >`;
    })}
    ${list("unresolved", storeText.unresolved(unresolved.length), unresolved, (item) => {
      return html`<code>${item.label.key}</code><code>${item.label.value}</code
        ><span class="muted">${shortDigest(item.digest)}</span>`;
    })}`;
  }

  #look(): Promise<void> {
    return this.attempt(async () => {
      this.done = undefined;
      this.plan = await this.store.plan();
    });
  }

  #collect(): Promise<void> {
    return this.attempt(async () => {
      const { remove, freed } = await this.store.collect();
      this.plan = undefined;
      this.done = storeText.collected(remove.length, freed);
      this.host.say(this.done);
    });
  }
}

function list<T>(
  id: string,
  title: string,
  items: readonly T[],
  line: (item: T) => TemplateResult,
): TemplateResult | typeof nothing {
  if (items.length === 0) return nothing;
  return html`<section aria-labelledby="gc-${id}" data-list=${id}>
    <h2 id="gc-${id}">${title}</h2>
    <ul class="items">
      ${items.slice(0, LINES).map((item) => html`<li>${line(item)}</li>`)}
    </ul>
    ${
      items.length > LINES
        ? html`<p class="muted">${storeText.more(items.length - LINES)}</p>`
        : nothing
    }
  </section>`;
}

customElements.define("oci-lens-store-garbage", OciLensStoreGarbage);
