import { html, type PropertyValues, type TemplateResult } from "lit";
import { property } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { listViewStyle } from "../../styles/list-view.js";
import { hiddenText, wasteText } from "../../text/waste.js";
import { text } from "../../text.js";
import { bytes } from "../format.js";
import { hue } from "../parts.js";
import { pathBytes } from "../place.js";
import { tableSource, type TableSource } from "../table.js";
import type { HiddenView } from "../types.js";
import { ViewElement } from "../view-element.js";

/** Entries that are stored and not shown: what was deleted or replaced is still there. */
export class OciLensHidden extends ViewElement {
  static override styles = [base, listViewStyle];

  @property({ attribute: false }) private source: TableSource<unknown> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("archive") || this.isOtherImage(changed)) {
      this.#start();
    }
  }

  #start(): void {
    const { archive, image } = this;
    const { columns } = wasteText;
    this.source =
      image &&
      tableSource<HiddenView>({
        columns: [
          {
            label: columns.path,
            width: "minmax(0, 1fr)",
            cell: ({ path }) => html`<bdi class="mono" title=${path.path}>${path.path}</bdi>`,
          },
          { label: columns.size, width: "84px", end: true, cell: ({ entry }) => bytes(entry.size) },
          {
            label: columns.layer,
            width: "58px",
            cell: ({ entry }) =>
              html`<span class="number ${hue(entry.place.layer)}">${entry.place.layer}</span>`,
          },
          {
            label: columns.why,
            width: "190px",
            spare: true,
            cell: ({ hiddenBy, hiddenIn }) => wasteText.hiddenBy(hiddenBy, hiddenIn),
          },
        ],
        rows: async (offset, limit) => {
          const page = await archive.hidden(image.number, offset, limit);
          return { total: page.total, rows: page.entries };
        },
        choose: ({ path }) => {
          this.host.go({ view: "files", range: undefined, path: pathBytes(path) });
        },
        mark: ({ path, hiddenBy, hiddenIn, entry }) =>
          `${path.path} ${entry.place.layer} ${hiddenBy} ${hiddenIn}`,
      });
  }

  protected override render(): TemplateResult {
    if (!this.image) return html`<p class="none">${text.images.none}</p>`;
    return html`<p class="lead muted">${hiddenText.lead}</p>
      <oci-lens-table
        .source=${this.source}
        .revision=${this.revision}
        label=${hiddenText.label}
        none=${hiddenText.none}
      ></oci-lens-table>`;
  }
}

customElements.define("oci-lens-hidden", OciLensHidden);
