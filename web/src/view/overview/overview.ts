import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import { messageOf } from "../../errors.js";
import { base } from "../../styles/base.js";
import { findingsStyle } from "../../styles/findings.js";
import { overviewStyle } from "../../styles/overview.js";
import { sheetStyle } from "../../styles/sheet.js";
import { cacheText } from "../../text/cache.js";
import { overviewText } from "../../text/overview.js";
import { text } from "../../text.js";
import { cssom } from "../cssom.js";
import { bytes, compression, exactBytes, formats } from "../format.js";
import { imageLines, imageName, type ImageLine } from "../images.js";
import { SHORT } from "../long-list.js";
import { hue } from "../parts.js";
import type { ImageView, Report } from "../types.js";
import { ViewElement } from "../view-element.js";
import { imageDetails } from "./image.js";
import { imageRow, imageTable } from "./table.js";

/** What the archive is, what is in it, and everything on the chosen image but its files. */
export class OciLensOverview extends ViewElement {
  static override styles = [base, sheetStyle, findingsStyle, overviewStyle];

  #lines: readonly ImageLine[] = [];
  @state() private paths: number | undefined;
  @state() private problem: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("report")) this.#lines = imageLines(this.report);
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
      ${imageTable(this.#lines, (line) =>
        imageRow(line, this.image?.number, (chosen) => {
          this.host.go({ image: chosen });
        }),
      )}
      ${report.caches.length === 0 ? nothing : this.#caches(report)}
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
                  const number = cache.number || undefined;
                  this.host.go({ view: "cache", cache: number, record: undefined, top: undefined });
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
      ${button(overviewText.print, "print", () => this.host.print())}
    </div>`;
  }

  async #keep(action: () => Promise<unknown>): Promise<void> {
    try {
      this.problem = undefined;
      if ((await action()) === true) this.host.say(overviewText.kept);
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  #sizes(image: ImageView): TemplateResult | typeof nothing {
    const total = image.layers.reduce((sum, layer) => sum + (layer.unpackedSize ?? 0), 0);
    if (total === 0) return nothing;
    return html`<figure class="shares">
      <figcaption class="muted">${overviewText.sizes}</figcaption>
      <ol>
        ${shares(image, total).map(({ first, last, size }) => {
          const words = overviewText.share(first, last, bytes(size), (100 * size) / total);
          return html`<li class=${hue(first)} ${cssom({ "flex-grow": size })}>
            <button
              type="button"
              title=${words}
              aria-label=${words}
              @click=${() => {
                this.host.go({ view: "files", range: { first, last } });
              }}
            >
              ${first === last ? first : `${first}–${last}`}
            </button>
          </li>`;
        })}
      </ol>
    </figure>`;
  }
}

/** Layers one above the other, and the bytes that they unpack to. */
interface Share {
  readonly first: number;
  readonly last: number;
  readonly size: number;
}

/** Layers by size; where there are many, small ones together with their neighbours. */
function shares({ layers }: ImageView, total: number): Share[] {
  const least = layers.length > SHORT ? total / SHORT : 0;
  const found: Share[] = [];
  for (const { number, unpackedSize: size = 0 } of layers) {
    const below = found.at(-1);
    if (below && below.size < least && size < least) {
      found[found.length - 1] = { ...below, last: number, size: below.size + size };
    } else found.push({ first: number, last: number, size });
  }
  return found;
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
