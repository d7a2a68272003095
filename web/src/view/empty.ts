import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { fileIcon, folderIcon, logo, picture, sampleIcon } from "./icons.js";
import { copyButton, type Copy } from "./parts.js";

export interface EmptyActions {
  file: () => void;
  folder: () => void;
  sample: () => void;
  copy: Copy;
}

/** Nothing is open: what can be opened, and how. */
export function empty(actions: EmptyActions, withSample: boolean): TemplateResult {
  return html`<div class="empty">
    <p class="brand">${logo}${text.product}</p>
    <section class="zone" part="drop-zone" aria-labelledby="empty-title">
      ${picture}
      <h1 id="empty-title">${text.empty.title}</h1>
      <p class="lead">${text.empty.lead} <strong>${text.empty.privacy}</strong></p>
      <div class="choices">${openButtons(actions, withSample)}</div>
    </section>
    <div class="below">
      <section class="makers">
        <h2>${text.empty.opens}</h2>
        ${commands(actions.copy)}
      </section>
      <ul class="does">
        ${text.empty.does.map(
          ([title, line]) =>
            html`<li>
              <h2>${title}</h2>
              <p>${line}</p>
            </li>`,
        )}
      </ul>
    </div>
  </div>`;
}

export function openButtons(actions: EmptyActions, withSample: boolean): TemplateResult {
  return html`<button class="primary" type="button" data-action="file" @click=${actions.file}>
      ${fileIcon}${text.empty.file}
    </button>
    <button type="button" data-action="folder" @click=${actions.folder}>
      ${folderIcon}${text.empty.folder}
    </button>
    ${
      withSample
        ? html`<button type="button" data-action="sample" @click=${actions.sample}>
            ${sampleIcon}${text.empty.sample}
          </button>`
        : nothing
    }`;
}

/** The commands that make an archive. */
export function commands(copy: Copy): TemplateResult {
  return html`<dl class="commands">
    ${text.commands.map(
      ({ tool, command }) =>
        html`<div>
          <dt>${tool}</dt>
          <dd><code>${command}</code>${copyButton(copy, command, command)}</dd>
        </div>`,
    )}
  </dl>`;
}
