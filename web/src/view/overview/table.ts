import { html, nothing, type TemplateResult } from "lit";

import { overviewText } from "../../text/overview.js";
import { text } from "../../text.js";
import { cssom } from "../cssom.js";
import { bytes, platform } from "../format.js";
import { imageName, storedSize, type ImageLine } from "../images.js";
import { longList } from "../long-list.js";
import { status, worst } from "../parts.js";

/** Pixels that an image usually takes in the table. */
const LINE = 33;

/** All images of an archive, as its indexes have them. */
export function imageTable(
  lines: readonly ImageLine[],
  row: (line: ImageLine) => TemplateResult,
): TemplateResult {
  const { columns } = overviewText;
  return html`<div class="table" tabindex="0" role="region" aria-label=${overviewText.table}>
    <table>
      <thead>
        <tr>
          <th scope="col">${columns.name}</th>
          <th scope="col">${columns.platform}</th>
          <th scope="col" class="end">${columns.layers}</th>
          <th scope="col" class="end">${columns.stored}</th>
          <th scope="col">${columns.outcome}</th>
        </tr>
      </thead>
      <tbody>
        ${longList(lines, row, LINE)}
      </tbody>
    </table>
  </div>`;
}

/** A row of the table; images are buttons where they can be chosen. */
export function imageRow(
  line: ImageLine,
  chosen: number | undefined,
  choose?: (image: number) => void,
): TemplateResult {
  const indent = cssom({ "--depth": line.depth });
  if (line.kind === "index") {
    const { index } = line;
    return html`<tr>
      <th scope="row" ${indent}>${index.names[0] ?? index.digest}</th>
      <td colspan="3" class="muted">
        ${text.images.index}, ${text.images.entries(index.entries.length)}
      </td>
      <td>${index.verification ? status(index.verification.status) : nothing}</td>
    </tr>`;
  }
  if (line.kind !== "image") {
    return html`<tr class="muted">
      <th scope="row" ${indent}>${line.label}</th>
      <td colspan="2"></td>
      <td class="end">${bytes(line.descriptor.size ?? 0)}</td>
      <td></td>
    </tr>`;
  }
  const { image, names } = line;
  const absent = image.presence === "absent";
  const outcome = absent
    ? undefined
    : worst([image.manifest, image.config, ...image.layers.map((layer) => layer.verification)]);
  const name = imageName(image, names);
  return html`<tr class=${absent ? "muted" : ""} aria-current=${image.number === chosen}>
    <th scope="row" ${indent}>
      ${
        choose
          ? html`<button
              class="link"
              type="button"
              data-overview-image=${image.number}
              @click=${() => {
                choose(image.number);
              }}
            >
              ${name}
            </button>`
          : name
      }
    </th>
    <td>${image.platform ? platform(image.platform) : text.images.noPlatform}</td>
    <td class="end">${absent ? nothing : image.layers.length}</td>
    <td class="end">${absent ? nothing : bytes(storedSize(image))}</td>
    <td>${absent ? text.images.absent : outcome ? status(outcome) : nothing}</td>
  </tr>`;
}
