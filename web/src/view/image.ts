import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { findingList } from "./findings.js";
import { created, platform } from "./format.js";
import { outcome } from "./layers.js";
import { digest, hue, property, type Copy } from "./parts.js";
import type { HistoryView, ImageView, Report } from "./types.js";

/** What is known of one image besides its layers. */
export function imageDetails(image: ImageView, report: Report, copy: Copy): TemplateResult {
  const whole = (value: string | undefined, what: string) => value && digest(copy, value, what);
  const { manifest, config } = image;
  return html`<div class="sheet">
    ${image.diagnostics.length > 0 ? findingList(image.diagnostics, copy) : nothing}
    <dl class="properties wide">
      ${property(
        text.image.names,
        image.names.length === 0
          ? html`<span class="muted">${text.image.noNames}</span>`
          : image.names.map((name) => html`<div class="name">${name}</div>`),
      )}
      ${property(
        text.image.platform,
        image.platform &&
          html`${platform(image.platform)}
          ${
            image.platformSource
              ? html`<span class="muted">${text.platformSource(image.platformSource)}</span>`
              : nothing
          }`,
      )}
      ${property(
        text.image.manifest,
        manifest
          ? outcome(
              { ...manifest, ...(image.digest ? { expected: image.digest } : {}) },
              copy,
              text.image.manifest,
            )
          : whole(image.digest, text.image.manifest),
      )}
      ${property(
        text.image.imageId,
        config
          ? outcome(
              { ...config, ...(image.imageId ? { expected: image.imageId } : {}) },
              copy,
              text.image.imageId,
            )
          : whole(image.imageId, text.image.imageId),
      )}
      ${property(text.image.chainId, whole(image.chainId, text.image.chainId))}
      ${property(text.image.created, image.created && created(image.created))}
      ${property(
        text.image.via,
        image.via.length > 0
          ? image.via.map((via) => {
              const names = report.indexes.find((index) => index.digest === via)?.names ?? [];
              return html`<div>
                ${names.map((name) => html`<div class="name">${name}</div>`)}
                ${digest(copy, via, text.image.via)}
              </div>`;
            })
          : undefined,
      )}
    </dl>
    ${
      image.annotations && image.annotations.length > 0
        ? html`<h3>${text.image.annotations}</h3>
            <dl class="properties wide">
              ${image.annotations.map(({ key, value }) =>
                property(key, html`<span class="mono">${value}</span>`),
              )}
            </dl>`
        : nothing
    }
    <h3>${text.image.history}</h3>
    ${history(image.history)}
  </div>`;
}

function history(list: readonly HistoryView[]): TemplateResult {
  if (list.length === 0) return html`<p class="none">${text.image.noHistory}</p>`;
  return html`<ol class="history" role="list">
    ${list.map(
      (entry) =>
        html`<li class=${entry.layer === undefined ? "hollow" : hue(entry.layer)}>
          <span class=${entry.layer === undefined ? "muted" : "number"}
            >${
              entry.layer === undefined
                ? entry.emptyLayer
                  ? text.image.emptyLayer
                  : "–"
                : text.image.layer(entry.layer)
            }</span
          >
          <div>
            <code>${entry.createdBy ?? ""}</code>
            <p class="muted">
              ${[entry.created && created(entry.created), entry.author, entry.comment]
                .filter(Boolean)
                .join(" · ")}
            </p>
          </div>
        </li>`,
    )}
  </ol>`;
}
