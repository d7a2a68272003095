import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import type { ContentInfo } from "../../store.js";
import { storeText } from "../../text/store.js";
import { text } from "../../text.js";
import { created } from "../format.js";
import { digest, property as fact } from "../parts.js";
import { StorePart } from "./part.js";

/** Larger blobs are not edited here. */
const EDIT_BYTES = 1 << 20;

/** One blob: its labels, and what can be done with it. */
export class OciLensStoreBlob extends StorePart {
  @property() digest = "";

  @state() private info: ContentInfo | undefined;
  @state() private draft: string | undefined;
  @state() private sure = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("digest")) {
      this.info = undefined;
      this.draft = undefined;
      this.sure = false;
    }
    if (changed.has("digest") || changed.has("revision")) void this.#read();
  }

  async #read(): Promise<void> {
    const asked = this.digest;
    try {
      const info = await this.store.info(asked);
      if (asked === this.digest) this.info = info;
    } catch (error) {
      if (asked !== this.digest) return;
      this.info = undefined;
      this.problem = messageOf(error);
    }
  }

  protected override render(): TemplateResult {
    const { info } = this;
    return html`<div class="row">
        <button
          type="button"
          @click=${() => {
            this.dispatchEvent(new Event("leave"));
          }}
        >
          ← ${storeText.back}
        </button>
        ${digest(this.host.copy, this.digest, storeText.columns.digest)}
      </div>
      ${
        this.problem === undefined
          ? nothing
          : html`<p class="mismatch" role="alert">${this.problem}</p>`
      }
      ${info ? this.#details(info) : this.problem === undefined ? html`<p class="none">${text.loading}</p>` : nothing}`;
  }

  #details(info: ContentInfo): TemplateResult {
    const { busy } = this;
    const isDamaged = info.problem !== undefined;
    return html`${
        isDamaged
          ? html`<p class="mismatch" role="alert">${info.problem}. ${storeText.damagedHelp}</p>`
          : nothing
      }
      <dl class="properties">
        ${fact(storeText.columns.size, storeText.size(info.size))}
        ${fact(storeText.where, info.readOnly ? storeText.archiveOnly : storeText.whereStored)}
        ${isDamaged ? nothing : fact(storeText.created, info.created && created(info.created))}
        ${isDamaged ? nothing : fact(storeText.updated, info.updated && created(info.updated))}
      </dl>
      <div class="row">
        <button type="button" data-action="get" @click=${() => void this.#get()}>
          ${storeText.get}
        </button>
        ${
          info.readOnly
            ? html`<button
                type="button"
                data-action="keep"
                ?disabled=${busy}
                @click=${() => void this.#keep()}
              >
                ${storeText.keepBlob}
              </button>`
            : html`${isDamaged ? nothing : this.#editing(info)} ${this.#removal()}`
        }
      </div>
      ${this.draft === undefined ? nothing : this.#editor(this.draft)}
      ${info.readOnly || isDamaged ? nothing : this.#labels(info)}`;
  }

  #editing(info: ContentInfo): TemplateResult {
    return html`<button
      type="button"
      data-action="edit"
      ?disabled=${this.busy || info.size > EDIT_BYTES}
      title=${info.size > EDIT_BYTES ? storeText.notText : nothing}
      @click=${() => void this.#edit()}
    >
      ${storeText.edit}
    </button>`;
  }

  #removal(): TemplateResult {
    if (!this.sure) {
      return html`<button
        type="button"
        data-action="delete"
        @click=${() => {
          this.sure = true;
        }}
      >
        ${storeText.remove}
      </button>`;
    }
    return html`<button
        class="danger"
        type="button"
        data-action="delete-sure"
        ?disabled=${this.busy}
        @click=${() => void this.#remove()}
      >
        ${storeText.removeSure}
      </button>
      <button
        type="button"
        @click=${() => {
          this.sure = false;
        }}
      >
        ${storeText.cancel}
      </button>`;
  }

  #labels(info: ContentInfo): TemplateResult {
    return html`<section aria-labelledby="labels">
      <h2 id="labels">${storeText.labels}</h2>
      ${info.labels.length === 0 ? html`<p class="muted">${storeText.noLabels}</p>` : nothing}
      <ul class="items">
        ${info.labels.map(
          ({ key, value }) =>
            html`<li data-label=${key}>
              <code>${key}</code><code>${value}</code>
              <button
                class="quiet push"
                type="button"
                title=${storeText.dropLabel(key)}
                aria-label=${storeText.dropLabel(key)}
                ?disabled=${this.busy}
                @click=${() => void this.#set(key, "")}
              >
                ✕
              </button>
            </li>`,
        )}
      </ul>
      <form @submit=${this.#onLabel}>
        <label class="field"
          >${storeText.key}<input type="text" name="key" autocomplete="off" required
        /></label>
        <label class="field"
          >${storeText.value}<input
            type="text"
            name="value"
            autocomplete="off"
            aria-describedby="label-help"
        /></label>
        <button type="submit" ?disabled=${this.busy}>${storeText.setLabel}</button>
      </form>
      <p class="help" id="label-help">${storeText.setLabelHelp}</p>
    </section>`;
  }

  #editor(draft: string): TemplateResult {
    return html`<section>
      <label class="field"
        >${storeText.editLabel}<textarea
          name="draft"
          spellcheck="false"
          aria-describedby="edit-help"
          .value=${draft}
        ></textarea>
      </label>
      <p class="help" id="edit-help">${storeText.editHelp}</p>
      <div class="row">
        <button
          type="button"
          class="primary"
          data-action="save-edit"
          ?disabled=${this.busy}
          @click=${() => void this.#saveEdit()}
        >
          ${storeText.saveEdit}
        </button>
        <button
          type="button"
          @click=${() => {
            this.draft = undefined;
          }}
        >
          ${storeText.cancel}
        </button>
      </div>
    </section>`;
  }

  #get(): Promise<void> {
    const { info, archive, store } = this;
    const name = this.digest.replace(":", "-");
    return this.attempt(async () => {
      if (info?.readOnly === true) await this.host.save(name, await archive.blob(this.digest));
      else await this.host.save(name, () => Promise.resolve(store.stream(this.digest)));
    });
  }

  #keep(): Promise<void> {
    const { archive } = this;
    return this.attempt(async () => {
      const kept = await this.store.keep(this.digest, undefined, (digest) => archive.blob(digest));
      this.host.say(storeText.kept(kept));
    });
  }

  #remove(): Promise<void> {
    return this.attempt(async () => {
      this.sure = false;
      await this.store.remove(this.digest);
      this.host.say(storeText.removed);
      this.dispatchEvent(new Event("leave"));
    });
  }

  #set(key: string, value: string): Promise<void> {
    return this.attempt(async () => {
      this.info = await this.store.update(this.digest, [{ key, value }], [`labels.${key}`]);
      this.host.say(storeText.labelled);
    });
  }

  readonly #onLabel = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const data = new FormData(form);
    const of = (name: string): string => {
      const value = data.get(name);
      return typeof value === "string" ? value : "";
    };
    void this.#set(of("key").trim(), of("value")).then(() => {
      if (this.problem === undefined) form.reset();
    });
  };

  #edit(): Promise<void> {
    return this.attempt(async () => {
      const content = await new Response(this.store.stream(this.digest)).arrayBuffer();
      try {
        this.draft = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
      } catch {
        this.problem = storeText.notText;
      }
    });
  }

  #saveEdit(): Promise<void> {
    return this.attempt(async () => {
      const area = this.renderRoot.querySelector<HTMLTextAreaElement>("[name=draft]");
      const { digest: stored, existed } = await this.store.ingest({
        ref: `edit-${this.digest}`,
        bytes: new Blob([area?.value ?? ""]),
        labels: this.info?.labels ?? [],
        restart: true,
      });
      this.draft = undefined;
      this.host.say(
        existed && stored === this.digest ? storeText.unchanged : storeText.edited(stored),
      );
      this.dispatchEvent(new CustomEvent("choose", { detail: stored }));
    });
  }
}

customElements.define("oci-lens-store-blob", OciLensStoreBlob);
