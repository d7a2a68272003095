import {
  html,
  nothing,
  type ReactiveController,
  type ReactiveControllerHost,
  type TemplateResult,
} from "lit";

import { isAbort } from "../../errors.js";
import { contentsText } from "../../text/contents.js";
import type { Watched } from "../api.js";
import { problemOf, type Problem } from "../problem.js";

interface Progress {
  readonly done: number;
  readonly total: number;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "running"; readonly progress?: Progress }
  | { readonly kind: "cancelled" }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Work that takes a while: one at a time, with its progress, and it can be cancelled. */
export class Loading implements ReactiveController {
  #state: State = { kind: "idle" };
  #controller: AbortController | undefined;
  #frame = 0;
  readonly #host: ReactiveControllerHost;
  readonly #outlives: boolean;

  /** `outlives` is for work that goes on when the element is taken out. */
  constructor(host: ReactiveControllerHost, { outlives = false } = {}) {
    this.#host = host;
    this.#outlives = outlives;
    host.addController(this);
  }

  get state(): State {
    return this.#state;
  }

  get running(): boolean {
    return this.#state.kind === "running";
  }

  /** Starts work in place of what runs. What it throws once it is aborted is nobody's. */
  async run(work: (watched: Required<Watched>) => Promise<unknown>): Promise<void> {
    this.stop();
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller = controller;
    this.#set({ kind: "running" });
    try {
      await work({
        signal,
        onProgress: (progress) => {
          this.#progress(progress, signal);
        },
      });
      if (!signal.aborted) this.#set({ kind: "idle" });
    } catch (error) {
      if (signal.aborted) return;
      this.#set(
        isAbort(error) ? { kind: "cancelled" } : { kind: "failed", problem: problemOf(error) },
      );
    } finally {
      if (this.#controller === controller) this.#controller = undefined;
    }
  }

  /** Ends what runs, as the user wishes. */
  readonly cancel = (): void => {
    this.stop();
    this.#set({ kind: "cancelled" });
  };

  /** Ends what runs, as nobody waits for it any more. */
  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#controller?.abort();
    this.#controller = undefined;
    if (this.#state.kind !== "idle") this.#set({ kind: "idle" });
  }

  hostDisconnected(): void {
    if (!this.#outlives) this.stop();
  }

  // Many reports come between two frames; one of them is drawn.
  #progress(progress: Progress, signal: AbortSignal): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => {
      if (!signal.aborted && this.running) this.#set({ kind: "running", progress });
    });
  }

  #set(state: State): void {
    this.#state = state;
    this.#host.requestUpdate();
  }
}

/** How far work is, and how it ended unless well. `again` starts it anew. */
export function loadingLine(
  loading: Loading,
  label: string,
  again: () => void,
): TemplateResult | typeof nothing {
  const { state } = loading;
  switch (state.kind) {
    case "idle":
      return nothing;
    case "running":
      return html`<div class="loading" role="status" aria-busy="true">
        <span>${label}</span>
        <progress
          aria-label=${label}
          max=${state.progress?.total ?? nothing}
          value=${state.progress?.done ?? nothing}
        ></progress>
        <span class="muted count"
          >${
            state.progress
              ? contentsText.progress(state.progress.done, state.progress.total)
              : nothing
          }</span
        >
        <button type="button" @click=${loading.cancel}>${contentsText.cancel}</button>
      </div>`;
    case "cancelled":
      return html`<div class="loading" role="status">
        <span class="muted">${contentsText.cancelled}</span>
        <button type="button" @click=${again}>${contentsText.again}</button>
      </div>`;
    case "failed":
      return html`<div class="loading problem" role="alert">
        <span>${state.problem.message} <code>${state.problem.code}</code></span>
        <button type="button" @click=${again}>${contentsText.retry}</button>
      </div>`;
  }
}
