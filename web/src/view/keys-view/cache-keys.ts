import { html, nothing, type TemplateResult } from "lit";

import { text } from "../../text.js";
import { platformText } from "../format.js";
import { copyButton, digest, type Copy } from "../parts.js";
import type { CacheKeyView, ImageView } from "../types.js";

export interface CacheKeyActions {
  copy: Copy;
  setPlatform: (platform: string) => void;
}

/** BuildKit's keys by the digest that the reference resolves to. */
export function keysByReference(
  keys: readonly CacheKeyView[],
): [string | undefined, CacheKeyView[]][] {
  const groups = new Map<string | undefined, CacheKeyView[]>();
  for (const key of keys) {
    const group = groups.get(key.reference);
    if (group) group.push(key);
    else groups.set(key.reference, [key]);
  }
  return [...groups];
}

export function cacheKeys(
  image: ImageView,
  problem: string | undefined,
  actions: CacheKeyActions,
): TemplateResult {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const value = new FormData(event.currentTarget).get("platform");
    if (typeof value === "string") actions.setPlatform(value.trim());
  };
  return html`<div class="sheet">
    <p>${text.keys.lead}</p>
    <form class="platform" @submit=${submit}>
      <label for="platform">${text.keys.platform}</label>
      <input
        id="platform"
        name="platform"
        autocomplete="off"
        spellcheck="false"
        placeholder=${text.keys.platformHint}
        .value=${image.platform ? platformText(image.platform) : ""}
        aria-describedby="platform-note"
      />
      <button type="submit">${text.keys.apply}</button>
      <span id="platform-note" class=${problem === undefined ? "muted" : "mismatch"}
        >${problem ?? (image.platformSource ? text.platformSource(image.platformSource) : "")}</span
      >
    </form>
    ${image.cacheKeys.length === 0 ? html`<p class="none">${text.keys.none}</p>` : nothing}
    ${keysByReference(image.cacheKeys).map(
      ([reference, keys]) =>
        html`<section class="reference" data-reference=${reference ?? nothing}>
          <h3>${referenceTitle(reference, image)}</h3>
          ${reference === undefined ? nothing : digest(actions.copy, reference, text.keys.reference)}
          ${keys.map((key) => cacheKey(key, actions.copy))}
        </section>`,
    )}
  </div>`;
}

function referenceTitle(reference: string | undefined, image: ImageView): string {
  if (reference === undefined) return text.keys.byConfig;
  return reference === image.digest ? text.keys.byManifest : text.keys.byIndex;
}

function cacheKey(key: CacheKeyView, copy: Copy): TemplateResult {
  return html`<div class="key" data-index=${key.index} data-key=${key.key}>
    <h4>
      ${text.keys.index(key.index)} <span class="muted">${text.keys.kind[key.kind]}</span>
      ${key.done ? html`<span class="tag">${text.keys.final}</span>` : nothing}
    </h4>
    <dl class="properties">
      <div>
        <dt>${text.keys.key}</dt>
        <dd>${digest(copy, key.key, text.keys.key)}</dd>
      </div>
      ${
        key.preimage === undefined
          ? nothing
          : html`<div>
              <dt>${text.keys.preimage}</dt>
              <dd class="preimage">
                <code>${key.preimage}</code>${copyButton(copy, key.preimage, text.keys.preimage)}
              </dd>
            </div>`
      }
    </dl>
  </div>`;
}
