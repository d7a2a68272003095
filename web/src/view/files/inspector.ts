import { html, type TemplateResult } from "lit";

import { text } from "../../text/files.js";
import { backIcon, closeIcon } from "../icons.js";
import { iconButton } from "../parts.js";

/** What there is about a path, beside the files or over them, and the way back. */
export function inspector(over: boolean, close: () => void, details: unknown): TemplateResult {
  return html`<section
    class="inspector"
    id="inspector"
    part="path"
    aria-label=${text.inspector}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      close();
    }}
  >
    <div class="inspector-head">
      ${
        over
          ? html`<button class="quiet back" type="button" data-action="back" @click=${close}>
              ${backIcon}${text.back}
            </button>`
          : html`<span class="caption">${text.inspector}</span>
              ${iconButton(closeIcon, text.closeInspector, "close-path", close)}`
      }
    </div>
    ${details}
  </section>`;
}
