import { html } from "lit";

import { text } from "../text.js";

/** A part of the viewer that is fetched when it is first shown. */
export class Lazy {
  readonly #load: () => Promise<unknown>;
  readonly #changed: () => void;
  #state: "idle" | "loading" | "ready" | "failed" = "idle";

  /** `changed` is called when there is something else to show. */
  constructor(load: () => Promise<unknown>, changed: () => void) {
    this.#load = load;
    this.#changed = changed;
  }

  /** What `template` makes, once its elements are defined. */
  show(template: () => unknown): unknown {
    if (this.#state === "ready") return template();
    if (this.#state === "idle") void this.#start();
    if (this.#state === "failed") {
      return html`<div class="none" role="alert">
        <p>${text.notLoaded}</p>
        <button type="button" @click=${() => void this.#start()}>${text.again}</button>
      </div>`;
    }
    return html`<p class="none" aria-busy="true">${text.loading}</p>`;
  }

  async #start(): Promise<void> {
    this.#state = "loading";
    try {
      await this.#load();
      this.#state = "ready";
    } catch {
      this.#state = "failed";
    }
    this.#changed();
  }
}
