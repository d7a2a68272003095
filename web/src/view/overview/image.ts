import { html, nothing, type TemplateResult } from "lit";

import { keysText } from "../../text/keys.js";
import { overviewText } from "../../text/overview.js";
import { findingList } from "../findings.js";
import { created, platform } from "../format.js";
import { outcome } from "../layers.js";
import { longList } from "../long-list.js";
import { digest, property, type Copy } from "../parts.js";
import type { ImageView, Report, RuntimeView } from "../types.js";

/** Pixels that a line usually takes. */
const LINE = 21;

/** What is known of one image besides its layers. */
export function imageDetails(image: ImageView, report: Report, copy: Copy): TemplateResult {
  const whole = (value: string | undefined, what: string) => value && digest(copy, value, what);
  const { manifest, config } = image;
  return html`<div class="sheet">
    ${image.diagnostics.length > 0 ? findingList(image.diagnostics, copy) : nothing}
    <dl class="properties wide">
      ${property(
        overviewText.details.names,
        image.names.length === 0
          ? html`<span class="muted">${overviewText.details.noNames}</span>`
          : values(image.names, (name) => html`<div class="name">${name}</div>`),
      )}
      ${property(
        overviewText.details.platform,
        image.platform &&
          html`${platform(image.platform)}
          ${
            image.platformSource
              ? html`<span class="muted">${keysText.platformSource(image.platformSource)}</span>`
              : nothing
          }`,
      )}
      ${property(
        overviewText.details.manifest,
        manifest
          ? outcome(
              { ...manifest, ...(image.digest ? { expected: image.digest } : {}) },
              copy,
              overviewText.details.manifest,
            )
          : whole(image.digest, overviewText.details.manifest),
      )}
      ${property(
        overviewText.details.imageId,
        config
          ? outcome(
              { ...config, ...(image.imageId ? { expected: image.imageId } : {}) },
              copy,
              overviewText.details.imageId,
            )
          : whole(image.imageId, overviewText.details.imageId),
      )}
      ${property(overviewText.details.chainId, whole(image.chainId, overviewText.details.chainId))}
      ${property(overviewText.details.created, image.created && created(image.created))}
      ${property(
        overviewText.details.via,
        image.via.length > 0
          ? image.via.map((via) => {
              const names = report.indexes.find((index) => index.digest === via)?.names ?? [];
              return html`<div>
                ${names.map((name) => html`<div class="name">${name}</div>`)}
                ${digest(copy, via, overviewText.details.via)}
              </div>`;
            })
          : undefined,
      )}
    </dl>
    ${
      image.annotations && image.annotations.length > 0
        ? html`<h3>${overviewText.details.annotations}</h3>
            <dl class="properties wide">
              ${longList(
                image.annotations,
                ({ key, value }) => property(key, html`<span class="mono">${value}</span>`),
                LINE,
              )}
            </dl>`
        : nothing
    }
    ${image.runtime ? runtime(image.runtime) : nothing}
  </div>`;
}

/** Values of one thing, one below the other. */
function values<Value>(list: readonly Value[], template: (value: Value) => unknown): unknown {
  return html`<div>${longList(list, template, LINE)}</div>`;
}

/** How containers of the image are run. */
function runtime(view: RuntimeView): TemplateResult {
  const { runtime: words } = overviewText;
  const row = (label: string, value: unknown) =>
    html`<div>
      <dt>${label}</dt>
      <dd class="mono">${value}</dd>
    </div>`;
  const array = (list: readonly string[] | undefined) =>
    list && list.length > 0 ? JSON.stringify(list) : undefined;
  const each = (list: readonly string[] | undefined) =>
    list && list.length > 0 ? values(list, (value) => html`<div>${value}</div>`) : undefined;
  const facts: [string, unknown][] = [
    [words.entrypoint, array(view.entrypoint)],
    [words.cmd, array(view.cmd)],
    [words.user, view.user],
    [words.workingDir, view.workingDir],
    [words.env, each(view.env)],
    [words.ports, each(view.exposedPorts)],
    [words.volumes, each(view.volumes)],
    [words.stopSignal, view.stopSignal],
    [words.labels, each(view.labels?.map(({ key, value }) => `${key}=${value}`))],
  ];
  const known = facts.filter(([, value]) => value !== undefined && value !== "");
  if (known.length === 0) return html``;
  return html`<h3>${words.title}</h3>
    <dl class="properties wide">${known.map(([label, value]) => row(label, value))}</dl>`;
}
