import { posterText as text } from "./text/poster.js";
import { bytes, counted } from "./view/numbers.js";

/** What `oci-lens poster` writes. */
interface PosterView {
  readonly name: string;
  readonly size: number;
  readonly images: readonly {
    readonly names: readonly string[];
    /** Stored bytes of each layer, the base first. */
    readonly layers: readonly number[];
  }[];
}

const STYLE = `
:host { position: relative; display: block; min-height: 320px; }
:host([hidden]) { display: none; }
:host(:state(light)) { color-scheme: light; }
:host(:state(dark)) { color-scheme: dark; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
.poster { box-sizing: border-box; min-height: inherit; display: grid; place-content: center;
  justify-items: center; gap: 8px; padding: 24px; border: 1px solid light-dark(#dbe2e3, #273338);
  background: light-dark(#f3f5f5, #0e1416); color: light-dark(#15212a, #e6edee);
  font: 14px/1.45 system-ui, sans-serif; text-align: center; overflow-wrap: anywhere; }
.poster p { margin: 0; }
.facts { color: light-dark(#51616a, #9db0b6); }
.layers { display: flex; width: min(320px, 100%); height: 12px; gap: 2px; }
.layers i { flex: 1 1 2px; min-width: 2px; background: light-dark(#0a7f83, #3fb8ba); }
button { padding: 0.5em 1em; border: 0; border-radius: 6px; background: light-dark(#0a6a6f, #4fc6c8);
  color: light-dark(#fff, #062022); font: inherit; font-weight: 500; cursor: pointer; }
button:focus-visible { outline: 2px solid; outline-offset: 2px; }
[hidden], .fallback { display: none; }
@media print {
  :host { color-scheme: light !important; min-height: 0 !important; }
  .poster { background: none; }
  button { display: none; }
  .fallback { display: block; text-align: start; }
}
`;

/** What is shown until the viewer is loaded: nothing but text nodes, and a button. */
export class Poster {
  readonly #root: HTMLElement;
  readonly #title = part("p", "title");
  readonly #facts = part("p", "facts");
  readonly #layers = part("div", "layers");
  readonly #said = part("p", "facts");
  readonly #button = document.createElement("button");
  readonly #ended = new AbortController();
  #address: string | undefined;

  /** `begin` is called when the viewer is asked for. */
  constructor(root: ShadowRoot, begin: () => void) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#root = part("div", "poster");
    this.#root.setAttribute("part", "poster");
    this.#button.type = "button";
    this.#button.setAttribute("part", "poster-button");
    this.#button.addEventListener("click", begin);
    this.#said.setAttribute("role", "status");
    this.#layers.setAttribute("aria-hidden", "true");
    const plain = document.createElement("slot");
    plain.name = "poster";
    plain.append(this.#title, this.#layers, this.#facts);
    // On paper, what is for readers without JavaScript says more than a poster.
    const fallback = part("slot", "fallback");
    this.#root.append(plain, this.#button, this.#said, fallback);
    root.replaceChildren(this.#root, captionSlot());
  }

  /** Shows what it is of: by its description, if there is one, else by its name. */
  show(src: string | undefined, name: string | undefined, address: string | undefined): void {
    this.#describe(name ?? src ?? text.product);
    if (address === this.#address) return;
    this.#address = address;
    if (address !== undefined) void this.#fetch(address, name);
  }

  loading(): void {
    this.#button.hidden = true;
    this.#said.textContent = text.loading;
  }

  failed(): void {
    this.#button.hidden = false;
    this.#button.textContent = text.again;
    this.#said.textContent = text.failed;
  }

  remove(): void {
    this.#ended.abort();
    this.#root.remove();
  }

  #describe(name: string): void {
    this.#title.textContent = name;
    this.#button.textContent = text.open(name);
  }

  async #fetch(address: string, name: string | undefined): Promise<void> {
    try {
      const answer = await fetch(new URL(address, document.baseURI), {
        signal: this.#ended.signal,
      });
      if (!answer.ok || address !== this.#address) return;
      const view = (await answer.json()) as PosterView;
      const [image] = view.images;
      this.#describe(name ?? image?.names[0] ?? view.name);
      const layers = image?.layers ?? [];
      this.#facts.textContent = [
        bytes(view.size),
        ...(view.images.length > 1 ? [counted(view.images.length, text.image)] : []),
        counted(layers.length, text.layer),
      ].join(" · ");
      this.#layers.replaceChildren(
        ...layers.map((size) => {
          const bar = document.createElement("i");
          bar.style.flexGrow = String(Math.max(1, Math.log2(size)));
          return bar;
        }),
      );
    } catch {
      // The plain poster stays.
    }
  }
}

/** Where an author's caption goes, whatever is above it. */
export function captionSlot(): HTMLSlotElement {
  const slot = document.createElement("slot");
  slot.name = "caption";
  return slot;
}

function part(tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
