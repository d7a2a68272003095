import { css, html, LitElement, type TemplateResult } from "lit";
import { state } from "lit/decorators.js";

import "../../src/styles/page.css";
import { tokens } from "../../src/styles/tokens.js";
import "../../src/view/path/path.js";
import { parseFragment, type Place } from "../../src/view/place.js";
import type { ViewHost } from "../../src/view/view-element.js";
import { fakePathArchive, type FakePathOptions } from "./fake-path.js";
import { complete, sampleReport } from "./fake-report.js";

// The inspector alone, for a path that the address names: for looking at, and for screenshots.
const wanted = new URLSearchParams(location.search);

class PathGallery extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        height: 100vh;
        background: var(--surface);
        color: var(--ink);
        font: 14px/1.45 var(--font);
      }
    `,
  ];

  @state() private place: Place = {
    view: "files",
    image: 0,
    ...(wanted.has("path") ? parseFragment(`path=/${wanted.get("path") ?? ""}`) : {}),
  };

  readonly #report = sampleReport();
  readonly #archive = fakePathArchive(this.#options());
  readonly #host: ViewHost = {
    print: () => Promise.resolve(),
    sourceAt: () => {
      throw new Error("nothing is fetched here");
    },
    copy: (value) => {
      console.debug("copy", value);
    },
    go: (to) => {
      console.debug("go", to);
      this.place = { ...this.place, ...to };
    },
    take: () => undefined,
    open: () => Promise.reject(new Error("nothing is opened here")),
    say: (text) => {
      console.debug("say", text);
    },
    save: async (name, bytes) => {
      console.debug("save", name);
      if (typeof bytes === "function") {
        const reader = (await bytes()).getReader();
        while (!(await reader.read()).done);
      }
      return true;
    },
  };

  constructor() {
    super();
    for (let layer = 0; layer < 6; layer += 1) complete(this.#report, layer);
  }

  #options(): FakePathOptions {
    const failing = wanted.get("failing");
    return {
      stuck: wanted.has("stuck"),
      slow: wanted.has("slow"),
      ...(failing === "story" || failing === "content" ? { failing } : {}),
    };
  }

  protected override render(): TemplateResult {
    return html`<oci-lens-path
      .archive=${this.#archive}
      .report=${this.#report}
      .image=${this.#report.images[0]}
      .place=${this.place}
      .host=${this.#host}
    ></oci-lens-path>`;
  }
}

customElements.define("path-gallery", PathGallery);
const gallery = document.createElement("path-gallery");
gallery.setAttribute("theme", wanted.get("theme") ?? "light");
const main = document.createElement("main");
main.append(gallery);
document.body.append(main);
