import { html, nothing, type TemplateResult } from "lit";

import { unreadText } from "../text/unread.js";
import { closeButton } from "./parts.js";
import type { ExportView, Failure } from "./types.js";

/** Layers whose contents could not be read, and why. */
export function contentsUnread(failures: readonly Failure[]): TemplateResult | typeof nothing {
  if (failures.length === 0) return nothing;
  return html`<div class="unread" role="alert" data-unread=${failures.length}>
    <p>${unreadText.contents(failures.length)}</p>
    <ul>
      ${failures.map(({ code, message }) => html`<li>${message} <code>${code}</code></li>`)}
    </ul>
  </div>`;
}

/** Whether a tar lacks something of what was asked for. */
export function lacks({ leftOutCount, unread = [] }: ExportView): boolean {
  return leftOutCount > 0 || unread.length > 0;
}

/** What a tar does not hold, and why. */
export function tarLacks(name: string, view: ExportView, dismiss: () => void): TemplateResult {
  const { leftOut = [], leftOutCount, unread = [] } = view;
  return html`<div class="unread" role="alert" data-left-out=${leftOutCount}>
    <p>
      <strong><bdi>${unreadText.tarTitle(name)}</bdi></strong
      >${closeButton(dismiss, "left-out")}
    </p>
    ${unread.length > 0 ? html`<p>${unreadText.layers(unread)}</p>` : nothing}
    ${
      leftOutCount > 0
        ? html`<p>${unreadText.leftOut(leftOutCount)}</p>
            <ul tabindex="0" role="list" aria-label=${unreadText.leftOut(leftOutCount)}>
              ${leftOut.map(
                ({ path, code }) =>
                  html`<li>
                    <bdi class="mono">/${path.path}</bdi>
                    <span class="muted">${unreadText.why(code)} <code>${code}</code></span>
                  </li>`,
              )}
            </ul>`
        : nothing
    }
    ${
      leftOutCount > leftOut.length
        ? html`<p>${unreadText.more(leftOutCount - leftOut.length)}</p>`
        : nothing
    }
  </div>`;
}
