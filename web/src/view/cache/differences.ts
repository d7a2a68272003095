import { html, nothing, type TemplateResult } from "lit";

import { cacheText } from "../../text/cache.js";
import { compareText } from "../../text/compare.js";
import { digest, property, type Copy } from "../parts.js";
import { tableSource } from "../table.js";
import type {
  CacheBase,
  CacheChange,
  CacheCompareView,
  CacheRebuilt,
  CacheSide,
} from "../types.js";

const DIGEST = /^[a-z0-9.+_-]+:[0-9a-f]{32,}$/;

const tables = new WeakMap<object, ReturnType<typeof tableSource>>();

/** What is different between two caches, the verdict first. */
export function differences(view: CacheCompareView, copy: Copy): TemplateResult {
  const said = cacheText.compare;
  const same = view.left.only === 0 && view.right.only === 0 && view.otherLayers === 0 && !view.cut;
  return html`<div class="results">
    <p class="verdict" data-same=${same ? "true" : "false"}>
      <b>${same ? said.same : said.matched(view.matched, view.right.records)}</b>
      ${view.otherLayers > 0 ? said.rebuilt(view.otherLayers) : nothing}
      ${said.shared(view.sharedLayers, view.sharedBytes)} ${view.cut ? said.cut : nothing}
    </p>
    ${
      view.images.length === 0
        ? nothing
        : html`<section data-section="images">
            <h2>${said.imagesDiffer}</h2>
            <ul class="reasons">
              ${view.images.map(
                ({ reason, values }) =>
                  html`<li data-reason=${reason}>
                    ${compareText.reason(reason)}
                    <dl>
                      ${values.map(
                        ({ key, value }) =>
                          html`<div>
                            <dt class="muted">${key}</dt>
                            <dd>
                              ${DIGEST.test(value) ? digest(copy, value, key) : html`<span class="mono">${value}</span>`}
                            </dd>
                          </div>`,
                      )}
                    </dl>
                  </li>`,
              )}
            </ul>
          </section>`
    }
    ${
      view.bases.length === 0
        ? nothing
        : html`<section data-section="bases">
            <h2>${said.bases}</h2>
            <ul class="reasons">
              ${view.bases.map((base) => baseKey(base, copy))}
            </ul>
          </section>`
    }
    <div class="two">${side(view.left, "left")} ${side(view.right, "right")}</div>
    ${
      view.rebuilt.length === 0
        ? nothing
        : html`<section data-section="rebuilt">
            <h2>${said.otherLayers}</h2>
            ${list(view.rebuilt, said.otherLayers, rebuiltRow)}
          </section>`
    }
  </div>`;
}

function baseKey(base: CacheBase, copy: Copy): TemplateResult {
  const said = cacheText.compare;
  const { reference, key, record } = said.baseFacts;
  const facts = [
    [reference, base.reference],
    [key, base.key],
    [record, base.record],
  ] as const;
  return html`<li
    data-base="${base.isLeft ? "left" : "right"} ${base.index} ${base.reference ?? ""}"
    data-record=${base.record}
    data-in-left=${base.inLeft ? "true" : "false"}
    data-in-right=${base.inRight ? "true" : "false"}
  >
    ${said.baseKey(base.isLeft, base.index)}: <b>${said.has(base.inLeft, base.inRight)}</b>
    <dl>${facts.map(([label, value]) => property(label, value && digest(copy, value, label)))}</dl>
  </li>`;
}

function side(of: CacheSide, which: "left" | "right"): TemplateResult {
  const said = cacheText.compare;
  return html`<section data-section=${which}>
    <h2>${said.first[which]}</h2>
    ${
      of.first.length === 0
        ? html`<p class="muted">${said.nothing}</p>`
        : list(of.first, said.first[which], changeRow)
    }
    ${
      of.later.length === 0
        ? nothing
        : html`<details>
            <summary>${said.later(of.later.length)}</summary>
            ${list(of.later, said.side[which], changeRow)}
          </details>`
    }
    <p class="muted">${said.alone(of.layers, of.bytes)}</p>
  </section>`;
}

type Row = readonly [record: number, digest: string, why: string];

function changeRow({ record, miss, inputs }: CacheChange): Row {
  const said = cacheText.compare;
  const why = [said.miss(miss), said.inputs(inputs)].filter((part) => part !== "");
  return [record.number, record.digest, why.join(", ")];
}

function rebuiltRow({ right, firstLayer }: CacheRebuilt): Row {
  return [right.number, right.digest, cacheText.compare.fromLayer(firstLayer)];
}

/** Rows of which only those in sight are drawn: there may be thousands. */
function list<T>(items: readonly T[], label: string, row: (item: T) => Row): TemplateResult {
  const { columns } = cacheText.compare;
  const known = tables.get(items);
  const source =
    known ??
    tableSource<Row>({
      columns: [
        { label: columns.record, width: "62px", end: true, cell: ([number]) => number },
        {
          label: columns.digest,
          width: "minmax(80px, 1fr)",
          cell: ([, value]) => html`<span class="mono" title=${value}>${value}</span>`,
        },
        { label: columns.why, width: "minmax(100px, 1fr)", cell: ([, , why]) => why },
      ],
      rows: (offset, limit) =>
        Promise.resolve({
          total: items.length,
          rows: items.slice(offset, offset + limit).map(row),
        }),
      mark: ([, value, why]) => `${value} ${why}`,
    });
  // The same list keeps its table, and with it the place that is scrolled to.
  tables.set(items, source);
  return html`<oci-lens-table
    class=${items.length > 8 ? "tall" : ""}
    .source=${source}
    label=${label}
    none=${cacheText.compare.nothing}
  ></oci-lens-table>`;
}
