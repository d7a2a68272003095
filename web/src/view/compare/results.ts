import { html, nothing, type TemplateResult } from "lit";

import { compareText } from "../../text/compare.js";
import type { Comparison } from "../api.js";
import { longList } from "../long-list.js";
import { digest, hue, type Copy } from "../parts.js";
import type { TableSource } from "../table.js";
import type { CompareView, LayerPair, ValueChange } from "../types.js";

export interface ResultParts {
  readonly comparison: Comparison;
  readonly paths: TableSource<unknown>;
  readonly revision: number;
  readonly busy: boolean;
  readonly copy: Copy;
  /** Whether readers are not asked for anything. */
  readonly figure: boolean;
  /** Whether this is drawn for paper. */
  readonly printing: boolean;
  /** Reads contents, so that they can be compared. */
  readonly contents: () => void;
}

/** Pixels that a pair of layers and a value usually take. */
const LINE = 27;
const VALUE = 72;

/** Rows of a figure that can be printed. */
const KEPT = 1000;

const DIGEST = /^[a-z0-9.+_-]+:[0-9a-f]{32,}$/;

/** What is different between two images, the verdict first. */
export function results(view: CompareView, parts: ResultParts): TemplateResult {
  const { sections } = compareText;
  const verdict = view.sameManifest
    ? compareText.same
    : view.sameConfig
      ? compareText.sameConfig
      : compareText.differ;
  const history = view.history.filter(({ change }) => change !== "unchanged");
  return html`<div class="results">
      <p class="verdict" data-same=${view.sameManifest ? "true" : "false"}>
        <b>${verdict}</b>
        ${
          view.firstDifferentLayer === undefined
            ? nothing
            : compareText.firstLayer(view.firstDifferentLayer)
        }
      </p>
      <section data-section="cache">
        <h2>${sections.cache}</h2>
        <ul class="reasons">
          ${view.cache.map(
            ({ reason, values }) =>
              html`<li data-reason=${reason}>
                ${compareText.reason(reason)}
                ${
                  values.length === 0
                    ? nothing
                    : html`<dl>
                        ${values.map(
                          ({ key, value }) =>
                            html`<div>
                              <dt class="muted">${key}</dt>
                              <dd>
                                ${
                                  DIGEST.test(value)
                                    ? digest(parts.copy, value, key)
                                    : html`<span class="mono">${value}</span>`
                                }
                              </dd>
                            </div>`,
                        )}
                      </dl>`
                }
              </li>`,
          )}
        </ul>
      </section>
      <section data-section="layers">
        <h2>${sections.layers}</h2>
        ${layerPairs(view.layers)}
      </section>
      ${values("manifest", sections.manifest, view.manifest)}
      ${values("config", sections.config, view.config)}
      ${values(
        "history",
        sections.history,
        history.flatMap(({ left, right, change, changes }) =>
          changes.length > 0
            ? changes.map((value) => ({ ...value, at: `[${right ?? left ?? ""}].${value.at}` }))
            : [{ at: `[${right ?? left ?? ""}]`, change }],
        ),
      )}
      ${
        parts.figure
          ? nothing
          : html`<section data-section="checksum">
              <h2>${sections.checksum}</h2>
              <oci-lens-checksum-difference
                .comparison=${parts.comparison}
              ></oci-lens-checksum-difference>
            </section>`
      }
      <section data-section="paths">
        <h2>${sections.paths}</h2>
        ${
          view.tree
            ? html`<p class="muted">
                ${compareText.counts(
                  view.tree.added,
                  view.tree.removed,
                  view.tree.modified,
                  view.tree.unchanged,
                )}
              </p>`
            : nothing
        }
        ${
          view.contentsCompared
            ? nothing
            : html`<p class="muted">
                ${compareText.notCompared}
                ${
                  parts.figure
                    ? nothing
                    : html`<button type="button" ?disabled=${parts.busy} @click=${parts.contents}>
                        ${compareText.contents}
                      </button>`
                }
              </p>`
        }
      </section>
    </div>
    <oci-lens-table
      .source=${parts.paths}
      .revision=${parts.revision}
      .kept=${parts.figure ? KEPT : 0}
      .printing=${parts.printing}
      label=${compareText.label}
      none=${compareText.noPaths}
    ></oci-lens-table>`;
}

function layerPairs(pairs: readonly LayerPair[]): TemplateResult {
  const number = (layer: number | undefined) =>
    layer === undefined
      ? html`<span class="muted">${compareText.only}</span>`
      : html`<span class="number ${hue(layer)}">${layer}</span>`;
  const same = (is: boolean, both: boolean) =>
    !both
      ? html`<td class="muted">${compareText.only}</td>`
      : html`<td class=${is ? "verified" : "mismatch"}>
          ${is ? "= " : "≠ "}${is ? compareText.equal : compareText.unequal}
        </td>`;
  return html`<div
    class="table"
    tabindex="0"
    role="region"
    aria-label=${compareText.sections.layers}
  >
    <table>
      <thead>
        <tr>
          ${compareText.layerColumns.map((label) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${longList(
          pairs,
          ({ left, right, sameDigest, sameDiffId, sameChainId }) => {
            const both = left !== undefined && right !== undefined;
            return html`<tr>
              <td>${number(left)}</td>
              <td>${number(right)}</td>
              ${same(sameDigest, both)} ${same(sameDiffId, both)} ${same(sameChainId, both)}
            </tr>`;
          },
          LINE,
        )}
      </tbody>
    </table>
  </div>`;
}

function values(id: string, title: string, list: readonly ValueChange[]): TemplateResult {
  return html`<section data-section=${id}>
    <h2>${title}</h2>
    ${
      list.length === 0
        ? html`<p class="muted">${compareText.noValues}</p>`
        : html`<dl class="values" tabindex="0">
            ${longList(
              list,
              ({ at, change, before, after }) =>
                html`<div class=${change} data-at=${at} data-change=${change}>
                  <dt class="mono">${at}</dt>
                  <dd>
                    <span class="muted">${compareText.change(change)}</span>
                    ${before === undefined ? nothing : html`<code class="before">${before}</code>`}
                    ${after === undefined ? nothing : html`<code class="after">${after}</code>`}
                  </dd>
                </div>`,
              VALUE,
            )}
          </dl>`
    }
  </section>`;
}
