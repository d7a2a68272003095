import { html, nothing, type TemplateResult } from "lit";

import { cacheText } from "../../text/cache.js";
import { bytes, created, shortDigest } from "../format.js";
import { closeButton, digest, verification, type Copy } from "../parts.js";
import type {
  CacheAnswer,
  CacheLayerRow,
  CacheLink,
  CacheOutcome,
  CacheRecordView,
  CacheResultView,
} from "../types.js";

export interface RecordParts {
  readonly copy: Copy;
  readonly choose: (record: number) => void;
}

/** All of one record. */
export function record(view: CacheRecordView, parts: RecordParts): TemplateResult {
  const { row, inputs, users, results } = view;
  const said = cacheText.record;
  return html`<section
    class="record"
    data-detail=${row.number}
    aria-label=${said.title(row.number)}
  >
    <h2>${said.title(row.number)} ${outcome(row.outcome)}</h2>
    <p>${digest(parts.copy, row.digest, cacheText.recordColumns.digest)}</p>
    ${
      inputs.length === 0
        ? nothing
        : html`<h3>${said.inputs}</h3>
            <dl class="inputs">
              ${inputs.map(
                (alternatives, input) =>
                  html`<div>
                    <dt class="muted">${said.input(input)}</dt>
                    <dd>
                      ${alternatives.map(
                        (each, at) =>
                          html`${at === 0 ? nothing : html` <span class="muted">${said.or}</span> `}${link(each, parts)}`,
                      )}
                    </dd>
                  </div>`,
              )}
            </dl>`
    }
    ${
      users.length === 0
        ? nothing
        : html`<h3>${said.users(row.users)}</h3>
            <p class="users">${users.map((each) => html`${link(each, parts)} `)}</p>`
    }
    ${
      results.length === 0
        ? nothing
        : html`<h3>${said.results}</h3>
            ${results.map((each) => result(each, parts))}`
    }
  </section>`;
}

/** The answer to a key in a sentence. */
export function verdict({ probe, refused }: CacheAnswer): string {
  const said = cacheText.key;
  if (refused !== undefined) return said.refused(refused);
  return probe ? said.known : said.unknown;
}

/** What the cache answers to a key. */
export function answer(
  found: CacheAnswer,
  parts: RecordParts & { readonly close: () => void },
): TemplateResult {
  const said = cacheText.key;
  return html`<section class="answer" data-probe=${found.probe ? "true" : "false"}>
    ${closeButton(parts.close)}
    <p>${digest(parts.copy, found.key, said.label)}</p>
    <p>
      <b>${verdict(found)}</b>
      ${found.probe && !found.result ? said.noLayers : nothing}
    </p>
    ${
      found.records.length === 0
        ? nothing
        : html`<p>
            ${said.records}:
            ${found.records.map((row) => html`${go(row.number, row.digest, parts)} `)}
          </p>`
    }
    ${found.result ? result(found.result, parts) : nothing}
    ${
      found.contentMapping.length === 0
        ? nothing
        : html`<p>${said.content}</p>
            <ul class="keys" role="list">
              ${found.contentMapping.map((key) => html`<li>${digest(parts.copy, key, said.label)}</li>`)}
            </ul>`
    }
  </section>`;
}

/** A result with its chain of layers. */
function result(view: CacheResultView, { copy }: RecordParts): TemplateResult {
  const columns = cacheText.layerColumns;
  return html`<div class="result" data-outcome=${view.outcome}>
    <p>
      ${outcome(view.outcome)} ${view.problem ?? nothing}
      ${
        view.createdAt === undefined
          ? nothing
          : html`<span class="muted">${cacheText.madeAt(created(view.createdAt))}</span>`
      }
    </p>
    <div class="chain" role="group" tabindex="0" aria-label=${cacheText.parts.layers}>
      <table>
        <thead>
          <tr>
            <th>${columns.number}</th>
            <th>${columns.blob}</th>
            <th>${columns.size}</th>
            <th>${columns.outcome}</th>
            <th>${columns.diffId}</th>
          </tr>
        </thead>
        <tbody>
          ${view.layers.map((layer) => chainRow(layer, copy))}
        </tbody>
      </table>
      ${view.moreLayers > 0 ? html`<p>${cacheText.record.moreLayers(view.moreLayers)}</p>` : nothing}
    </div>
    ${
      view.chainId === undefined
        ? nothing
        : html`<p class="chain-id" data-chain-id=${view.chainId}>
            ${cacheText.chainId} ${digest(copy, view.chainId, cacheText.chainId)}
            ${view.image === undefined ? nothing : cacheText.isImage(view.image)}
          </p>`
    }
  </div>`;
}

function chainRow(layer: CacheLayerRow, copy: Copy): TemplateResult {
  return html`<tr data-layer=${layer.number} data-blob=${layer.blob}>
    <td>${layer.number}</td>
    <td title=${layer.description ?? nothing}>
      ${digest(copy, layer.blob, cacheText.layerColumns.blob)}
    </td>
    <td class="end">${layer.size === undefined ? nothing : bytes(layer.size)}</td>
    <td>
      ${layer.listed ? verification(layer.verification) : html`<span class="missing">${cacheText.notListed}</span>`}
    </td>
    <td>${verification(layer.diffId)}</td>
  </tr>`;
}

export function outcome(value: CacheOutcome): TemplateResult {
  return html`<span class="outcome is-${value}">${cacheText.outcome(value)}</span>`;
}

function link(
  { record: number, digest: of, selector }: CacheLink,
  parts: RecordParts,
): TemplateResult {
  return html`${go(number, of, parts)}${
    selector === undefined
      ? nothing
      : html` <span class="muted">${cacheText.record.selector(selector)}</span>`
  }`;
}

function go(number: number, of: string, { choose }: RecordParts): TemplateResult {
  return html`<button
    type="button"
    class="quiet go mono"
    data-go=${number}
    title=${of}
    @click=${() => {
      choose(number);
    }}
  >
    <span class="spoken">${cacheText.record.go}</span> ${number}&nbsp;${shortDigest(of).slice(0, 8)}
  </button>`;
}
