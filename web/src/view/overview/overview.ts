import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { failureOf } from "../../session.js";
import { base } from "../../styles/base.js";
import { findingsStyle } from "../../styles/findings.js";
import { overviewStyle } from "../../styles/overview.js";
import { sheetStyle } from "../../styles/sheet.js";
import { cacheText } from "../../text/cache.js";
import { overviewText } from "../../text/overview.js";
import { text } from "../../text.js";
import { cssom } from "../cssom.js";
import { bytes, compression, exactBytes, formats, platform } from "../format.js";
import { imageLines, imageName, storedSize, type ImageLine } from "../images.js";
import { hue, status, worst } from "../parts.js";
import type { ImageView, Report } from "../types.js";
import { ViewElement } from "../view-element.js";
import { imageDetails } from "./image.js";

/** What the archive is, what is in it, and everything on the chosen image but its files. */
export class OciLensOverview extends ViewElement {
  static override styles = [base, sheetStyle, findingsStyle, overviewStyle];

  @state() private paths: number | undefined;
  @state() private problem: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.isOtherImage(changed) || changed.has("revision")) void this.#countPaths();
  }

  async #countPaths(): Promise<void> {
    const { archive, image } = this;
    if (!image || image.presence === "absent") {
      this.paths = undefined;
      return;
    }
    try {
      const tree = await archive.openTree(image.number);
      const { paths } = await tree.state();
      await tree.close();
      if (image.number === this.image?.number) this.paths = paths;
    } catch {
      // The files view tells what is wrong with the tree.
      this.paths = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { report, image, host } = this;
    return html`<div class="sheet">
      ${this.#actions()}
      ${
        this.problem === undefined
          ? nothing
          : html`<p class="mismatch" role="alert">${this.problem}</p>`
      }
      <h2>${overviewText.archive}</h2>
      ${totals(report, this.paths)}
      <h2>${overviewText.table}</h2>
      ${this.#images(report)} ${report.caches.length === 0 ? nothing : this.#caches(report)}
      ${
        image
          ? html`<h2>${overviewText.image}: ${imageName(image)}</h2>
              ${this.#sizes(image)} ${imageDetails(image, report, host.copy)}`
          : nothing
      }
    </div>`;
  }

  #caches({ caches }: Report): TemplateResult {
    return html`<h2>${overviewText.caches}</h2>
      <ul class="caches" role="list">
        ${caches.map(
          (cache) =>
            html`<li data-cache=${cache.number}>
              <button
                type="button"
                class="quiet"
                @click=${() => {
                  this.host.go({ view: "cache" });
                }}
              >
                ${cacheText.name(cache)}
              </button>
              ${cacheText.counts(cache)};
              ${cache.imported ? cacheText.imported : cacheText.notImported}
            </li>`,
        )}
      </ul>`;
  }

  #actions(): TemplateResult {
    const { archive, report, image } = this;
    const button = (label: string, name: string, action: () => Promise<unknown>) =>
      html`<button type="button" data-report=${name} @click=${() => void this.#keep(action)}>
        ${label}
      </button>`;
    const save = (name: string, type: string, make: () => Promise<string>) => async () =>
      this.host.save(name, async () => new Blob([await make()], { type }).stream());
    return html`<div class="keep" role="group" aria-label=${overviewText.keep}>
      <span class="muted">${overviewText.keep}</span>
      ${button(
        overviewText.json,
        "json",
        save("report.json", "application/json", () =>
          Promise.resolve(`${JSON.stringify(report, null, 2)}\n`),
        ),
      )}
      ${button(
        overviewText.markdown,
        "markdown",
        save("report.md", "text/markdown", () => archive.markdown()),
      )}
      ${
        image
          ? button(overviewText.csv, "csv", () =>
              this.host.save("paths.csv", () => archive.csv(image.number)),
            )
          : nothing
      }
      ${button(overviewText.print, "print", () => {
        globalThis.print();
        return Promise.resolve(false);
      })}
    </div>`;
  }

  async #keep(action: () => Promise<unknown>): Promise<void> {
    try {
      this.problem = undefined;
      if ((await action()) === true) this.host.say(overviewText.kept);
    } catch (error) {
      this.problem = failureOf(error).message;
    }
  }

  #images(report: Report): TemplateResult {
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
          ${imageLines(report).map((line) => this.#line(line))}
        </tbody>
      </table>
    </div>`;
  }

  #line(line: ImageLine): TemplateResult {
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
    return html`<tr
      class=${absent ? "muted" : ""}
      aria-current=${image.number === this.image?.number}
    >
      <th scope="row" ${indent}>
        <button
          class="link"
          type="button"
          data-overview-image=${image.number}
          @click=${() => {
            this.host.go({ image: image.number });
          }}
        >
          ${imageName(image, names)}
        </button>
      </th>
      <td>${image.platform ? platform(image.platform) : text.images.noPlatform}</td>
      <td class="end">${absent ? nothing : image.layers.length}</td>
      <td class="end">${absent ? nothing : bytes(storedSize(image))}</td>
      <td>${absent ? text.images.absent : outcome ? status(outcome) : nothing}</td>
    </tr>`;
  }

  #sizes(image: ImageView): TemplateResult | typeof nothing {
    const total = image.layers.reduce((sum, layer) => sum + (layer.unpackedSize ?? 0), 0);
    if (total === 0) return nothing;
    return html`<figure class="shares">
      <figcaption class="muted">${overviewText.sizes}</figcaption>
      <ol>
        ${image.layers.map(({ number, unpackedSize = 0 }) => {
          const words = overviewText.share(
            number,
            bytes(unpackedSize),
            (100 * unpackedSize) / total,
          );
          return html`<li class=${hue(number)} ${cssom({ "flex-grow": unpackedSize })}>
            <button
              type="button"
              title=${words}
              aria-label=${words}
              @click=${() => {
                this.host.go({ view: "files", range: { first: number, last: number } });
              }}
            >
              ${number}
            </button>
          </li>`;
        })}
      </ol>
    </figure>`;
  }
}

function totals({ archive, totals }: Report, paths: number | undefined): TemplateResult {
  const outer =
    archive.outerCompression === "none"
      ? []
      : [text.outer(compression(archive.outerCompression), archive.unpackedSize)];
  const facts = [
    formats(archive.formats),
    text.container[archive.container],
    bytes(archive.size),
    ...outer,
    text.members(archive.members),
    ...(archive.layoutVersion === undefined ? [] : [text.layoutVersion(archive.layoutVersion)]),
  ];
  const sums = [
    overviewText.layers(totals.layers),
    overviewText.stored(totals.storedSize),
    overviewText.unpacked(totals.unpackedSize),
    ...(paths === undefined ? [] : [overviewText.paths(paths)]),
  ];
  return html`<p title=${exactBytes(archive.size)}>${facts.join(" · ")}</p>
    <p class="sums">${sums.map((sum) => html`<span>${sum}</span>`)}</p>`;
}

customElements.define("oci-lens-overview", OciLensOverview);
