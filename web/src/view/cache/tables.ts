import { html } from "lit";

import { cacheText } from "../../text/cache.js";
import type { CacheQuery, OpenedArchive, OpenedCache } from "../api.js";
import { bytes, created } from "../format.js";
import { status } from "../parts.js";
import { tableSource, type TableSource } from "../table.js";
import type { CacheLayerRow, CacheRecordRow } from "../types.js";
import { outcome } from "./record.js";

type Cache = OpenedCache<OpenedArchive>;

/** Records by level. */
export function recordTable(
  cache: Cache,
  query: CacheQuery,
  choose: (record: number) => void,
): TableSource<unknown> {
  const columns = cacheText.recordColumns;
  return tableSource<CacheRecordRow>({
    columns: [
      { label: columns.number, width: "62px", end: true, cell: ({ number }) => number },
      {
        label: columns.level,
        width: "52px",
        end: true,
        cell: ({ level }) => cacheText.level(level),
      },
      {
        label: columns.digest,
        width: "minmax(90px, 1fr)",
        cell: (row) => html`<span class="mono" title=${row.digest}>${row.digest}</span>`,
      },
      { label: columns.outcome, width: "112px", cell: (row) => outcome(row.outcome) },
      {
        label: columns.inputs,
        width: "56px",
        end: true,
        spare: true,
        cell: ({ inputs }) => inputs,
      },
      { label: columns.users, width: "74px", end: true, spare: true, cell: ({ users }) => users },
      {
        label: columns.layers,
        width: "64px",
        end: true,
        spare: true,
        cell: ({ layers }) => layers,
      },
    ],
    rows: async (offset, limit) => {
      const { total, records } = await cache.records(query, offset, limit);
      return { total, rows: records };
    },
    choose: ({ number }) => {
      choose(number);
    },
    mark: ({ number, outcome: of, level }) => `${number} ${of} ${cacheText.level(level)}`,
  });
}

/** Layers; a row leads to the records whose results end in it. */
export function layerTable(cache: Cache, choose: (layer: number) => void): TableSource<unknown> {
  const columns = cacheText.layerColumns;
  return tableSource<CacheLayerRow>({
    columns: [
      { label: columns.number, width: "56px", end: true, cell: ({ number }) => number },
      {
        label: columns.blob,
        width: "minmax(90px, 1fr)",
        cell: (layer) =>
          html`<span class="mono" title=${layer.description ?? layer.blob}>${layer.blob}</span>`,
      },
      {
        label: columns.size,
        width: "84px",
        end: true,
        cell: ({ size }) => (size === undefined ? "" : bytes(size)),
      },
      {
        label: columns.below,
        width: "48px",
        end: true,
        spare: true,
        cell: ({ parent }) => parent ?? cacheText.bottom,
      },
      {
        label: columns.outcome,
        width: "112px",
        cell: ({ listed, verification }) =>
          listed
            ? status(verification.status)
            : html`<span class="missing">${cacheText.notListed}</span>`,
      },
      {
        label: columns.diffId,
        width: "112px",
        spare: true,
        cell: ({ diffId }) => status(diffId.status),
      },
      {
        label: columns.made,
        width: "150px",
        spare: true,
        cell: ({ createdAt }) => (createdAt === undefined ? "" : created(createdAt)),
      },
      { label: columns.records, width: "68px", end: true, cell: ({ records }) => records },
    ],
    rows: async (offset, limit) => {
      const { total, layers } = await cache.layers(offset, limit);
      return { total, rows: layers };
    },
    choose: ({ number }) => {
      choose(number);
    },
    mark: ({ number, blob, records }) => `${number} ${blob} ${records}`,
  });
}
