import { html } from "lit";

import { compareText } from "../../text/compare.js";
import type { Comparison } from "../api.js";
import { bytes } from "../format.js";
import { pathBytes } from "../place.js";
import { tableSource, type TableSource } from "../table.js";
import type { PathChange } from "../types.js";
import type { ViewHost } from "../view-element.js";

const SIGN = { unchanged: "", added: "+", modified: "~", removed: "−" } as const;

/** The paths that differ, as a table; they lead to the files of the host, if there is one. */
export function pathTable(
  comparison: Comparison,
  host: ViewHost | undefined,
): TableSource<unknown> {
  const { columns } = compareText;
  return tableSource<PathChange>({
    columns: [
      {
        label: columns.change,
        width: "144px",
        cell: ({ change }) =>
          html`<span class="change ${change}"
            ><span aria-hidden="true">${SIGN[change]} </span>${compareText.change(change)}</span
          >`,
      },
      {
        label: columns.path,
        width: "minmax(0, 1fr)",
        cell: ({ path }) => html`<bdi class="mono" title=${path.path}>${path.path}</bdi>`,
      },
      {
        label: columns.fields,
        width: "minmax(0, 1fr)",
        spare: true,
        cell: ({ changes }) => {
          const words = changes
            .map(({ field, before, after }) => compareText.fieldChange(field, before, after))
            .join(", ");
          return html`<span title=${words}>${words}</span>`;
        },
      },
      {
        label: columns.size,
        width: "140px",
        end: true,
        spare: true,
        cell: ({ leftSize, rightSize }) =>
          leftSize === rightSize
            ? bytes(leftSize ?? 0)
            : [leftSize, rightSize].map((size) => (size ? bytes(size) : "–")).join(" → "),
      },
    ],
    rows: async (offset, limit) => {
      const { total, paths } = await comparison.paths(offset, limit);
      return { total, rows: paths };
    },
    ...(host && {
      choose: ({ path, change }) => {
        // What is only on the right is not in the image that is shown.
        if (change !== "added") host.go({ view: "files", range: undefined, path: pathBytes(path) });
      },
    }),
    mark: ({ path, change, changes }) =>
      [change, path.path, ...changes.map(({ field }) => field)].join(" "),
  });
}
