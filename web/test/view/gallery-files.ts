import { css, html, LitElement, type TemplateResult } from "lit";

import { base } from "../../src/styles/base.js";
import { tokens } from "../../src/styles/tokens.js";
import "../../src/styles/page.css";
import "../../src/view/files/files.js";
import type { OpenedArchive } from "../../src/view/api.js";
import { parseFragment, type Place } from "../../src/view/place.js";
import type { Report } from "../../src/view/types.js";
import type { ViewHost } from "../../src/view/view-element.js";
import { sampleReport } from "./fake-report.js";
import { FakeFiles, systemTree } from "./fake-files.js";
import { largeTree, smallTree, type Sapling } from "./fake-tree.js";

// The files in one state, as the address asks, and their place as its fragment says:
// ?tree=small|system|200000&theme=dark&applied=0&slow=2000&failing#layers=2-4&path=/etc/passwd
const wanted = new URLSearchParams(location.search);

function saplings(): Sapling[] {
  const tree = wanted.get("tree") ?? "small";
  if (tree === "empty") return [];
  if (tree === "small") return smallTree();
  return tree === "system" ? systemTree() : largeTree(Number(tree));
}

const planted = saplings();
const report: Report = sampleReport();
const [image] = report.images;
if (!image) throw new Error("the sample has an image");
const layers = image.layers.length;

const archive: Partial<OpenedArchive> = {
  openTree: async (_image, range) => {
    await new Promise((resolve) => setTimeout(resolve, Number(wanted.get("slow") ?? 0)));
    if (wanted.has("failing")) throw new Error("the worker stopped while it read layer 3");
    const tree = new FakeFiles(planted, layers, range);
    if (wanted.has("applied")) tree.applied = Number(wanted.get("applied"));
    return tree;
  },
};

class GalleryFiles extends LitElement {
  static override styles = [
    tokens,
    base,
    css`
      :host {
        display: flex;
        height: 100vh;
        padding: 12px;
        background: var(--page);
        color: var(--ink);
        font: 14px / 1.45 var(--font);
      }
      .panel {
        display: flex;
        flex: 1;
        min-width: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        overflow: hidden;
      }
    `,
  ];
  static override properties = { place: { state: true } };

  declare place: Place;
  said = "";

  readonly #host: ViewHost = {
    print: () => Promise.resolve(),
    sourceAt: () => {
      throw new Error("nothing is fetched here");
    },
    copy: (value) => {
      this.said = value;
    },
    go: (to) => {
      this.place = { ...this.place, ...to };
    },
    say: (value) => {
      this.said = value;
    },
    save: () => Promise.resolve(true),
    take: () => undefined,
    open: () => Promise.reject(new Error("nothing else opens here")),
  };

  constructor() {
    super();
    this.place = { view: "files", image: 0, ...parseFragment(location.hash) };
  }

  protected override render(): TemplateResult {
    return html`<div class="panel">
      <oci-lens-files
        .archive=${archive}
        .report=${report}
        .image=${image}
        .place=${this.place}
        .scanning=${wanted.has("applied")}
        .host=${this.#host}
      ></oci-lens-files>
    </div>`;
  }
}

customElements.define("gallery-files", GalleryFiles);
const gallery = document.createElement("gallery-files");
gallery.setAttribute("theme", wanted.get("theme") ?? "light");
document.querySelector("main")?.append(gallery);
