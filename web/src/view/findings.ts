import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { shortDigest } from "./format.js";
import { severityIcon } from "./icons.js";
import { imageName } from "./images.js";
import { longList } from "./long-list.js";
import { digest, type Copy } from "./parts.js";
import type { Diagnostic, Report, Severity } from "./types.js";

/** Pixels that a finding usually takes. */
const ITEM = 74;

const DIGEST = /^[a-z0-9.+_-]+:[0-9a-f]{32,}$/;

/** A finding, and what it is about. */
export interface Finding {
  readonly place: string;
  readonly diagnostic: Diagnostic;
}

/** Every finding of a report, the worst first. */
export function allFindings(report: Report): Finding[] {
  const list: Finding[] = [];
  const seen = new Set<string>();
  const add = (place: string, diagnostics: readonly Diagnostic[]) => {
    for (const diagnostic of diagnostics) {
      // A layer's findings are its blob's, in every image that has the layer.
      const key = JSON.stringify({ ...diagnostic, layer: undefined });
      if (seen.has(key)) continue;
      seen.add(key);
      list.push({ place, diagnostic });
    }
  };
  const { place } = text.findings;
  add(place.archive, report.diagnostics);
  for (const index of report.indexes) {
    add(`${place.index} ${index.names[0] ?? shortDigest(index.digest)}`, index.diagnostics);
  }
  for (const image of report.images) {
    const name = text.findings.image(imageName(image));
    add(name, image.diagnostics);
    for (const layer of image.layers) {
      add(`${name}, ${text.findings.layer(layer.number)}`, layer.diagnostics);
    }
  }
  for (const artifact of [...report.artifacts, ...report.attestations]) {
    add(`${place.artifact} ${shortDigest(artifact.digest)}`, artifact.diagnostics);
  }
  for (const cache of report.caches) {
    add(`${place.cache} ${cache.names[0] ?? shortDigest(cache.digest)}`, cache.diagnostics);
  }
  for (const blob of report.blobs) {
    add(`${place.blob} ${blob.digest ? shortDigest(blob.digest) : ""}`, blob.diagnostics);
  }
  const rank: Record<Severity, number> = { error: 0, warning: 1, note: 2 };
  return list.sort((a, b) => rank[a.diagnostic.severity] - rank[b.diagnostic.severity]);
}

export function findings(list: readonly Finding[], copy: Copy): TemplateResult {
  if (list.length === 0) return html`<p class="none">${text.findings.none}</p>`;
  return html`<ul class="findings" role="list">
    ${longList(list, ({ place, diagnostic }) => finding(diagnostic, place, copy), ITEM)}
  </ul>`;
}

/** The findings of one thing. */
export function findingList(list: readonly Diagnostic[], copy: Copy): TemplateResult {
  return html`<ul class="findings" role="list">
    ${longList(list, (diagnostic) => finding(diagnostic, undefined, copy), ITEM)}
  </ul>`;
}

function finding(diagnostic: Diagnostic, place: string | undefined, copy: Copy): TemplateResult {
  const value = (given: string | undefined, what: string) =>
    given === undefined || !DIGEST.test(given)
      ? html`<span class="mono">${given}</span>`
      : digest(copy, given, what);
  // Two digests are easier told apart one below the other than in a sentence.
  const said =
    diagnostic.message === text.findings.differ(diagnostic.expected ?? "", diagnostic.found ?? "");
  const { severity, code, message, blob, path, offset, expected, found } = diagnostic;
  return html`<li class="finding ${severity}" data-code=${code} data-severity=${severity}>
    ${severityIcon(severity)}
    <div>
      ${place === undefined ? nothing : html`<p class="place">${place}</p>`}
      <p><span class="spoken">${text.severity(severity)}: </span>${said ? nothing : message}</p>
      ${path === undefined ? nothing : html`<p class="mono">${path}</p>`}
      ${
        expected === undefined && found === undefined
          ? nothing
          : html`<dl class="pair">
              <dt>${text.findings.expected}</dt>
              <dd>${value(expected, text.findings.expected)}</dd>
              <dt>${text.findings.found}</dt>
              <dd>${value(found, text.findings.found)}</dd>
            </dl>`
      }
      <p class="where muted">
        <code>${code}</code>
        ${place !== undefined && blob !== undefined ? html` · <span class="mono">${blob}</span>` : nothing}
        ${offset === undefined ? nothing : html` · ${text.findings.offset(offset)}`}
      </p>
    </div>
  </li>`;
}
