import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { splitDigest } from "./format.js";
import { closeIcon, copyIcon, statusIcon } from "./icons.js";
import type { Status, Verification } from "./types.js";

/** Puts a text on the clipboard and says so. */
export type Copy = (value: string) => void;

/** A button that copies. */
export function copyButton(copy: Copy, value: string, what: string): TemplateResult {
  return html`<button
    class="quiet copy"
    type="button"
    title=${text.copy(what)}
    aria-label=${text.copy(what)}
    @click=${(event: Event) => {
      event.stopPropagation();
      copy(value);
    }}
  >
    ${copyIcon}
  </button>`;
}

/** A digest: cut in the middle where it does not fit, whole when selected and copied. */
export function digest(copy: Copy, value: string, what: string): TemplateResult {
  const [head, tail] = splitDigest(value);
  // Bound together: a line break between the two would be copied.
  return html`<span class="digest" data-digest=${value}
    ><code title=${value}><span class="head">${head}</span>${tail}</code>${copyButton(
      copy,
      value,
      what,
    )}</span
  >`;
}

export function status(value: Status, reason?: string): TemplateResult {
  return html`<span class="status ${value}" data-status=${value} title=${reason ?? nothing}
    >${statusIcon(value)}${text.status(value)}</span
  >`;
}

/** Why something is not checked, where there is more to say than that nobody has looked yet. */
export function reasonOf(verification: Verification): string | undefined {
  if (verification.status !== "not-checked" || !verification.reason) return undefined;
  return text.reason(verification.reason);
}

export function verification(value: Verification): TemplateResult {
  const reason = reasonOf(value);
  const shown = reason && value.reason !== "pending";
  return html`${status(value.status, reason)}${
    shown ? html` <span class="muted reason">${reason}</span>` : nothing
  }`;
}

/** Which of the layer colours a layer has. */
export function hue(layer: number): string {
  return `h${layer % 8}`;
}

/** The worst of several outcomes. */
export function worst(list: readonly (Verification | undefined)[]): Status | undefined {
  const order: readonly Status[] = ["mismatch", "missing", "not-checked", "verified"];
  return order.find((status) => list.some((value) => value?.status === status));
}

/** A line of a list of properties; none where there is no value. */
export function property(label: string, value: unknown): TemplateResult | typeof nothing {
  if (value === undefined) return nothing;
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** A button that is an icon alone. */
export function iconButton(
  icon: unknown,
  label: string,
  action: string,
  press: (event: Event) => void,
  place = "",
): TemplateResult {
  return html`<button
    class="quiet ${place}"
    type="button"
    data-action=${action}
    title=${label}
    aria-label=${label}
    @click=${press}
  >
    ${icon}
  </button>`;
}

/** The button that goes back to where nothing is open. */
export function closeButton(close: () => void, place = ""): TemplateResult {
  return iconButton(closeIcon, text.close, "close", close, place);
}
