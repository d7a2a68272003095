import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { commands, openButtons, type EmptyActions } from "./empty.js";
import { progressBar, type ByteProgress } from "./header.js";
import { logo, statusIcon } from "./icons.js";
import { closeButton, copyButton, type Copy } from "./parts.js";
import type { Failure } from "./types.js";

/** While it is not yet known what an archive is. */
export function opening(
  name: string,
  progress: ByteProgress | undefined,
  cancel: () => void,
): TemplateResult {
  return html`<div class="notice" role="status">
    ${logo}
    <h1 class="clip">${text.opening(name)}</h1>
    ${progressBar(progress, text.opening(name))}
    <p class="muted">${progress ? text.openingProgress(progress.done, progress.total) : nothing}</p>
    <button type="button" data-action="cancel" @click=${cancel}>${text.cancel}</button>
  </div>`;
}

export interface FailedActions extends EmptyActions {
  close: () => void;
  withSample: boolean;
}

/** Why something was not opened, and what would be. */
export function failed(name: string, failure: Failure, actions: FailedActions): TemplateResult {
  const hints = failure.hints ?? [];
  // What a server does not give may well be an archive.
  const isOfServer = failure.code.startsWith("source-");
  return html`<div class="notice failure">
    <section role="alert" data-code=${failure.code}>
      <h1><span class="mismatch">${statusIcon("mismatch")}</span>${text.error.title}</h1>
      ${name === "" ? nothing : html`<p class="file">${name}</p>`}
      <p class="message">${failure.message}</p>
      ${
        failure.seems === undefined || failure.message.includes(failure.seems)
          ? nothing
          : html`<p class="seems">${text.error.seems(failure.seems)}</p>`
      }
      <p class="muted">${text.error.code}: <code>${failure.code}</code></p>
    </section>
    <div class="choices">${openButtons(actions, actions.withSample)}</div>
    ${isOfServer ? nothing : makers(hints, actions.copy)} ${closeButton(actions.close, "dismiss")}
  </div>`;
}

function makers(hints: readonly string[], copy: Copy): TemplateResult {
  return html`<section class="makers">
    <h2>${text.error.make}</h2>
    ${
      hints.length > 0
        ? html`<ul class="commands">
            ${hints.map(
              (hint) => html`<li><code>${hint}</code>${copyButton(copy, hint, hint)}</li>`,
            )}
          </ul>`
        : commands(copy)
    }
  </section>`;
}
