import { html, nothing, type TemplateResult } from "lit";

import { keysText } from "../../text/keys.js";
import { platform } from "../format.js";
import { longList } from "../long-list.js";
import { digest, hue, type Copy } from "../parts.js";
import type { ImageView, RungView } from "../types.js";
import { hashed } from "./cache-keys.js";

/** Pixels that a layer usually takes. */
const RUNG = 190;

export interface LadderActions {
  copy: Copy;
  /** Shows another image. */
  choose: (image: number) => void;
}

/** Layer by layer: what a snapshot is named by, and who shares it. */
export function ladder(
  rungs: readonly RungView[],
  images: readonly ImageView[],
  actions: LadderActions,
): TemplateResult {
  if (rungs.length === 0) return html`<p class="none">${keysText.noLadder}</p>`;
  return html`<ol class="ladder" role="list" aria-label=${keysText.ladder}>
    ${longList(rungs, (rung) => rungItem(rung, images, actions), RUNG)}
  </ol>`;
}

function rungItem(
  rung: RungView,
  images: readonly ImageView[],
  { copy, choose }: LadderActions,
): TemplateResult {
  const others = rung.sharedWith.flatMap((number) => images[number] ?? []);
  return html`<li class="key" data-rung=${rung.layer} data-snapshot=${rung.snapshotKey}>
    <h4><span class="swatch ${hue(rung.layer)}"></span>${keysText.layer(rung.layer)}</h4>
    <dl class="properties">
      <div>
        <dt>${keysText.diffId}</dt>
        <dd>${digest(copy, rung.diffId, keysText.diffId)}</dd>
      </div>
      ${hashed(keysText.chainId, rung.chainId, rung.preimage, copy)}
      ${
        rung.preimage === undefined
          ? html`<div>
              <dt></dt>
              <dd class="muted">${keysText.lowest}</dd>
            </div>`
          : nothing
      }
      <div>
        <dt>${keysText.active}</dt>
        <dd><code>${rung.activeKey}</code></dd>
      </div>
      <div>
        <dt>${keysText.snapshot}</dt>
        <dd>${digest(copy, rung.snapshotKey, keysText.snapshot)}</dd>
      </div>
    </dl>
    ${
      others.length === 0
        ? html`<p class="muted">${keysText.alone}</p>`
        : html`<p class="shared" data-shared=${rung.sharedWith.join(" ")}>
            ${keysText.shared(others.length)}:
            ${others.map(
              (image) =>
                html`<button
                  class="quiet"
                  type="button"
                  @click=${() => {
                    choose(image.number);
                  }}
                >
                  ${keysText.image(image.number, image.platform ? platform(image.platform) : "")}
                </button> `,
            )}
          </p>`
    }
  </li>`;
}
