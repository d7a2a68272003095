import { html, nothing, type TemplateResult } from "lit";

import { text } from "../../text/files.js";
import type { ImageView } from "../types.js";
import type { TreeModel } from "./model.js";
import { isListed, leavesOut, leftOut } from "./query.js";

/** What there is to be said about the rows of a tree. */
export interface About {
  model: TreeModel;
  /** Whether it is of some of the image's layers. */
  part: boolean;
  scanning: boolean;
  showEverything: () => void;
}

/** Why there are no rows. */
export function noRows(
  { model, part, scanning, showEverything }: About,
  image: ImageView | undefined,
): TemplateResult {
  const { state, arrangement, busy, problem } = model;
  if (problem !== undefined) return html``;
  if (!state || (busy && state.paths > 0)) return html`<p class="none">${text.loading}</p>`;
  if (scanning && state.applied < state.layers) {
    return html`<p class="none">${part ? text.waitingFor : text.waiting}</p>`;
  }
  if (state.paths === 0 && image?.layers.some(leftOut)) {
    return html`<p class="none">${text.noneRead}</p>`;
  }
  if (!leavesOut(arrangement, part)) return html`<p class="none">${text.none}</p>`;
  return html`<p class="none">
    ${arrangement.filter.pattern === "" ? text.noneOfThese : text.noMatches}
    ${showAll(showEverything)}
  </p>`;
}

/** What is to be said of the rows, and of a path that is asked for and not among them. */
export function noticeLine(
  { model, part, scanning, showEverything }: About,
  notice: string | undefined,
  image: ImageView,
): TemplateResult {
  return html`${
    isListed(image) ? html`<p class="notice" data-notice="listed">${text.listed}</p>` : nothing
  }
  ${
    notice === undefined || scanning
      ? nothing
      : html`<p class="notice" role="status">
          <bdi>${notice}</bdi>
          ${leavesOut(model.arrangement, part) ? showAll(showEverything) : nothing}
        </p>`
  }`;
}

function showAll(showEverything: () => void): TemplateResult {
  return html`<button type="button" data-action="show-all" @click=${showEverything}>
    ${text.clear}
  </button>`;
}
