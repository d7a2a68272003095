import { html, nothing, type TemplateResult } from "lit";

import { rawText } from "../../text/raw.js";
import { created } from "../format.js";
import { longList } from "../long-list.js";
import { digest, property, type Copy } from "../parts.js";
import { tableSource, type TableSource } from "../table.js";
import type {
  PackageList,
  PackageView,
  ProvenanceView,
  StatementDetail,
  SubjectView,
} from "../types.js";

/** Pixels that a line usually takes. */
const LINE = 24;

/** The packages whose name, version or address holds a text. */
export function packageTable(list: PackageList, filter: string): TableSource<unknown> {
  const { packageColumns: columns } = rawText;
  const found = matching(list, filter);
  return tableSource<PackageView>({
    columns: [
      { label: columns.name, width: "minmax(0, 1.2fr)", cell: ({ name }) => name },
      { label: columns.version, width: "minmax(0, 1fr)", cell: ({ version }) => version },
      { label: columns.kind, width: "70px", cell: ({ kind }) => kind },
      {
        label: columns.license,
        width: "minmax(0, 1fr)",
        spare: true,
        cell: ({ license }) => html`<span title=${license ?? nothing}>${license}</span>`,
      },
      {
        label: columns.purl,
        width: "minmax(0, 1.4fr)",
        spare: true,
        cell: ({ purl }) => html`<span class="mono" title=${purl ?? nothing}>${purl}</span>`,
      },
    ],
    rows: (offset, limit) =>
      Promise.resolve({ total: found.length, rows: found.slice(offset, offset + limit) }),
    mark: ({ name, version }) => `${name} ${version}`,
  });
}

function matching({ packages }: PackageList, filter: string): readonly PackageView[] {
  const words = filter.trim().toLowerCase();
  if (words === "") return packages;
  return packages.filter(({ name, version, purl = "" }) =>
    [name, version, purl].some((value) => value.toLowerCase().includes(words)),
  );
}

/** An in-toto statement in words. */
export function statement(
  detail: StatementDetail,
  copy: Copy,
  packages: TableSource<unknown> | undefined,
  filter: string,
  setFilter: (filter: string) => void,
): TemplateResult {
  const list = detail.packages;
  return html`<div class="statement">
      <dl class="properties wide">
        ${property(rawText.predicate, detail.predicateType)}
        ${property(rawText.subjects, subjects(detail.subjects, copy))}
        ${
          list
            ? html`${property(rawText.tools, list.tools.join(", ") || undefined)}
              ${property(rawText.created, list.created && created(list.created))}`
            : nothing
        }
      </dl>
      ${detail.provenance ? provenance(detail.provenance, copy) : nothing}
      ${
        list
          ? html`<div class="packages-head">
              <h3>${rawText.packagesTitle(list.format, list.version)}</h3>
              <span class="muted"
                >${[
                  rawText.packages(list.packages.length),
                  rawText.files(list.files),
                  rawText.relationships(list.relationships),
                ].join(", ")}</span
              >
              <input
                type="search"
                placeholder=${rawText.filterPackages}
                aria-label=${rawText.filterPackages}
                .value=${filter}
                @input=${(event: Event) => {
                  if (event.target instanceof HTMLInputElement) setFilter(event.target.value);
                }}
              />
            </div>`
          : nothing
      }
    </div>
    ${
      packages
        ? html`<oci-lens-table
            .source=${packages}
            label=${rawText.packages(list?.packages.length ?? 0)}
            none=${rawText.noPackages}
          ></oci-lens-table>`
        : nothing
    }`;
}

function provenance(view: ProvenanceView, copy: Copy): TemplateResult {
  return html`<h3>${rawText.provenance}</h3>
    <dl class="properties wide">
      ${property(rawText.builder, view.builder)} ${property(rawText.buildType, view.buildType)}
      ${property(rawText.started, view.started && created(view.started))}
      ${property(rawText.finished, view.finished && created(view.finished))}
      ${property(
        rawText.parameters,
        view.parameters.length === 0
          ? undefined
          : html`<dl class="parameters">
              ${longList(
                view.parameters,
                ({ key, value }) =>
                  html`<div>
                    <dt class="mono">${key}</dt>
                    <dd class="mono">${value}</dd>
                  </div>`,
                LINE,
              )}
            </dl>`,
      )}
      ${property(rawText.materials, subjects(view.materials, copy))}
    </dl>`;
}

function subjects(list: readonly SubjectView[], copy: Copy): TemplateResult | undefined {
  if (list.length === 0) return undefined;
  return html`<ul class="subjects">
    ${longList(
      list,
      ({ name, digests }) =>
        html`<li>
          <span class="mono">${name}</span>
          ${digests.map((value) => digest(copy, value, rawText.columns.digest))}
        </li>`,
      LINE,
    )}
  </ul>`;
}
