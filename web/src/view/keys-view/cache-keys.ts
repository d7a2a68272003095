import { html, nothing, type TemplateResult } from "lit";

import { keysText } from "../../text/keys.js";
import { copyButton, digest, type Copy } from "../parts.js";
import type { ImageView, KeysView, SourceKeysView, SourceKeyView } from "../types.js";

/** BuildKit's keys, by the digest that the reference resolves to. */
export function cacheKeys(keys: KeysView, image: ImageView, copy: Copy): TemplateResult {
  return html`${
    keys.problem === undefined
      ? nothing
      : html`<p class="mismatch" role="alert">${keys.problem.message}</p>`
  }
  ${keys.sources.length === 0 ? html`<p class="none">${keysText.none}</p>` : nothing}
  ${keys.sources.map((source) => reference(source, image, copy))}`;
}

function reference({ pin, keys }: SourceKeysView, image: ImageView, copy: Copy): TemplateResult {
  return html`<section class="reference" data-reference=${pin ?? nothing}>
    <h3>${title(pin, image)}</h3>
    ${pin === undefined ? nothing : digest(copy, pin, keysText.reference)}
    ${keys.map((key) => cacheKey(key, copy))}
  </section>`;
}

function title(pin: string | undefined, image: ImageView): string {
  if (pin === undefined) return keysText.byConfig;
  return pin === image.digest ? keysText.byManifest : keysText.byIndex;
}

function cacheKey(key: SourceKeyView, copy: Copy): TemplateResult {
  return html`<div class="key" data-index=${key.index} data-key=${key.key}>
    <h4>
      ${keysText.index(key.index)} <span class="muted">${keysText.of(key.done)}</span>
      ${key.done ? html`<span class="tag">${keysText.final}</span>` : nothing}
    </h4>
    <dl class="properties">
      ${hashed(keysText.key, key.key, key.preimage, copy)}
      ${hashed(keysText.op, key.opDigest, key.opPreimage, copy)}
      ${hashed(keysText.record, key.record, key.recordPreimage, copy)}
    </dl>
  </div>`;
}

/** A digest, and the bytes that it is of. */
export function hashed(
  label: string,
  value: string,
  preimage: string | undefined,
  copy: Copy,
): TemplateResult {
  return html`<div>
      <dt>${label}</dt>
      <dd data-hashed=${value}>${digest(copy, value, label)}</dd>
    </div>
    ${
      preimage === undefined
        ? nothing
        : html`<div>
            <dt>${keysText.bytes}</dt>
            <dd class="preimage" data-preimage-of=${value}>
              <code>${preimage}</code>${copyButton(copy, preimage, keysText.bytes)}
            </dd>
          </div>`
    }`;
}
