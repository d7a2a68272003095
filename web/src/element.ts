import { BUILD } from "./build.js";
import type { Engine } from "./client.js";
import { followTheme } from "./host-theme.js";
import { lacking } from "./lacking.js";
import type { Target, ViewerOptions } from "./options.js";
import { Poster } from "./poster.js";
import type { Viewer } from "./viewer.js";
import type { ArchiveSource } from "./source.js";
import type { Report } from "./view/types.js";

// Where there is no document, as while a site is rendered, the module can be imported all the same.
const Element = (globalThis.HTMLElement as typeof HTMLElement | undefined) ?? (Object as never);

const TEXTS = [
  "src",
  "name",
  "image",
  "platform",
  "layer",
  "path",
  "view",
  "depth",
  "highlight",
  "with",
  "theme",
  "loading",
  "poster",
  "sample",
] as const;
const FLAGS = {
  links: "links",
  sameOrigin: "same-origin",
  withoutDrop: "without-drop",
  withoutToolbar: "without-toolbar",
};

/** What may be opened: an address, a file, or a source. */
export type Openable = string | URL | Blob | ArchiveSource;

/**
 * Opens an image archive, verifies its digests and shows its merged tree.
 *
 * Until it is in view, or clicked, it is a poster: the viewer, its workers and its core are loaded
 * after that.
 *
 * @element oci-lens
 *
 * @attr {string} src - Address of an archive, or of the `index.json` of an OCI layout folder.
 * @attr {string} name - What to call it; by default the last part of the address.
 * @attr {string} image - The image to show: its number, or one of its names.
 * @attr {string} platform - The image to show, by its platform: `os/arch[/variant]`.
 * @attr {string} layer - The layers to show: a number, or `first-last`.
 * @attr {string} path - The path to choose.
 * @attr {string} view - The view to begin with: `overview`, `files`, `layers`, `keys`, …; `tree` is a figure.
 * @attr {string} depth - How many levels of a `tree` are open: 2 unless told otherwise.
 * @attr {string} highlight - A glob, as in the filter: what it matches among the files is marked, and in sight.
 * @attr {string} with - Address of the archive that `compare` puts beside, by the rules of `src`.
 * @attr {"light" | "dark"} theme - Colours; by default those of the page.
 * @attr {"lazy" | "eager" | "click"} loading - When to load: in view (the default), at once, or on a click.
 * @attr {string} poster - Address of what `oci-lens poster` wrote, shown until then.
 * @attr {string} sample - Address of an archive that is offered as a sample.
 * @attr {boolean} links - Whether the page's address follows what is looked at.
 * @attr {boolean} same-origin - Whether only addresses of the page's own origin are opened.
 * @attr {boolean} without-drop - Whether readers cannot open archives of their own.
 * @attr {boolean} without-toolbar - Whether only the view is shown, without header, tabs and lists.
 *
 * @event {CustomEvent<LoadDetail>} oci-lens-load - It is known what the archive is; layers are yet to be read.
 * @event {CustomEvent<ProgressDetail>} oci-lens-progress - Bytes read so far.
 * @event {CustomEvent<SelectDetail>} oci-lens-select - Something else is looked at.
 * @event {CustomEvent<VerifyDetail>} oci-lens-verify - All is read that was to be, or reading was cancelled.
 * @event {CustomEvent<ErrorDetail>} oci-lens-error - The archive could not be opened or read to its end.
 *
 * @slot poster - Shown until the viewer is loaded, in place of the plain poster.
 * @slot caption - A caption below.
 *
 * @csspart poster - What is shown until the viewer is loaded.
 * @csspart poster-button - The button in it.
 * @csspart drop-zone - What is shown while nothing is open.
 * @csspart header - Name of the archive and what it is.
 * @csspart verification - The line of outcomes, and the progress.
 * @csspart side - Images and layers.
 * @csspart main - Files and the other views.
 * @csspart tree - The merged tree.
 * @csspart path - Metadata of the path that is chosen in it.
 *
 * @cssproperty --page - Background of the viewer.
 * @cssproperty --surface - Background of its panels.
 * @cssproperty --ink - Text.
 * @cssproperty --muted - Text of less weight.
 * @cssproperty --line - Lines between panels.
 * @cssproperty --accent - Buttons and what is chosen.
 * @cssproperty --on-accent - Text on buttons of that colour.
 * @cssproperty --font - Font of words.
 * @cssproperty --mono - Font of digests, paths and code.
 * @cssproperty --radius - Radius of panels.
 *
 * @cssstate figure - A figure is shown: the element is as high as that.
 * @cssstate poster - The viewer is not loaded yet.
 * @cssstate opening - An archive is being opened.
 * @cssstate open - An archive is open.
 * @cssstate failed - The archive could not be opened.
 * @cssstate dark - The page's own toggle has chosen dark colours.
 * @cssstate light - The page's own toggle has chosen light colours.
 */
export class OciLens extends Element {
  static readonly observedAttributes = [...TEXTS, ...Object.values(FLAGS)];

  /** The build of the copy of the module that has defined the element. */
  static readonly build = BUILD;

  /** Address of an archive, or of the `index.json` of an OCI layout folder. */
  declare src: string | undefined;
  /** What to call it; by default the last part of the address. */
  declare name: string | undefined;
  /** The image to show: its number, or one of its names. */
  declare image: string | undefined;
  /** The image to show, by its platform: `os/arch[/variant]`. */
  declare platform: string | undefined;
  /** The layers to show: a number, or `first-last`. */
  declare layer: string | undefined;
  /** The path to choose. */
  declare path: string | undefined;
  /** The view to begin with; `tree` is a figure. */
  declare view: string | undefined;
  /** How many levels of a `tree` are open: 2 unless told otherwise. */
  declare depth: string | undefined;
  /** A glob, as in the filter: what it matches among the files is marked, and in sight. */
  declare highlight: string | undefined;
  /** Address of the archive that `compare` puts beside, by the rules of `src`. */
  declare with: string | undefined;
  /** Colours; by default those of the page. */
  declare theme: "light" | "dark" | undefined;
  /** When to load: in view, which is the default, at once, or on a click. */
  declare loading: "lazy" | "eager" | "click" | undefined;
  /** Address of what `oci-lens poster` wrote, shown until the viewer is loaded. */
  declare poster: string | undefined;
  /** Address of an archive that is offered as a sample. */
  declare sample: string | undefined;
  /** Whether the page's address follows what is looked at. */
  declare links: boolean;
  /** Whether only addresses of the page's own origin are opened. */
  declare sameOrigin: boolean;
  /** Whether readers cannot open archives of their own. */
  declare withoutDrop: boolean;
  /** Whether only the view is shown, without header, tabs and lists. */
  declare withoutToolbar: boolean;

  readonly #lacking = lacking();
  #internals: ElementInternals | undefined;
  #poster: Poster | undefined;
  #loading: Promise<Viewer> | undefined;
  #viewer: Viewer | undefined;
  #engine: Engine | undefined;
  #observer: IntersectionObserver | undefined;
  #unfollow: (() => void) | undefined;
  #pending = false;

  static {
    for (const name of TEXTS) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: OciLens) {
          return this.getAttribute(name) ?? undefined;
        },
        set(this: OciLens, value: string | null | undefined) {
          if (value === undefined || value === null) this.removeAttribute(name);
          else this.setAttribute(name, value);
        },
      });
    }
    for (const [name, attribute] of Object.entries(FLAGS)) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        enumerable: true,
        get(this: OciLens) {
          return this.hasAttribute(attribute);
        },
        set(this: OciLens, value: unknown) {
          this.toggleAttribute(attribute, Boolean(value));
        },
      });
    }
  }

  /** The engine that opens archives; by default all viewers of a page share one. */
  get engine(): Engine | undefined {
    return this.#engine;
  }

  set engine(engine: Engine | undefined) {
    this.#engine = engine;
    this.#update();
  }

  /**
   * Opens an archive in place of what is open. Resolves with what is known before any layer is
   * read; rejects when it cannot be opened, or is closed before that.
   */
  async open(source: Openable): Promise<Report> {
    return (await this.#load()).open(source);
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    await this.#viewer?.close();
  }

  /** The report as it is now; none where nothing is open. */
  async report(): Promise<Report | undefined> {
    return this.#viewer?.report();
  }

  /** Looks at something else in what is open; what is not given stays. */
  async select(target: Target): Promise<void> {
    (await this.#load()).select(target);
  }

  /** Reads every layer that is not read yet, and resolves with the report. */
  async verify(): Promise<Report> {
    return (await this.#load()).verify();
  }

  connectedCallback(): void {
    if (this.#lacking >= 0) {
      void import("./refusal.js").then(({ refuse }) => {
        refuse(this, this.#lacking);
      });
      return;
    }
    this.#internals ??= this.attachInternals();
    this.#takeEarly();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    if (!this.#viewer && !this.#poster) {
      this.#poster = new Poster(root, () => {
        this.#begin();
      });
      this.#setState("poster", true);
    }
    this.#unfollow = followTheme((theme) => {
      this.#setState("dark", theme === "dark");
      this.#setState("light", theme === "light");
    });
    this.#update();
    this.#watch();
  }

  disconnectedCallback(): void {
    this.#observer?.disconnect();
    this.#unfollow?.();
    // An element that is only moved is back before this runs.
    setTimeout(() => {
      if (this.isConnected) return;
      this.#viewer?.remove();
      this.#viewer = undefined;
      this.#loading = undefined;
      this.#poster?.remove();
      this.#poster = undefined;
    });
  }

  attributeChangedCallback(_name: string, before: string | null, now: string | null): void {
    if (before !== now) this.#update();
  }

  #setState(name: string, on: boolean): void {
    if (on) this.#internals?.states.add(name);
    else this.#internals?.states.delete(name);
  }

  // A property that was set before the element was defined hides the one of its class.
  #takeEarly(): void {
    for (const name of [...TEXTS, ...Object.keys(FLAGS), "engine"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = Reflect.get(this, name);
      Reflect.deleteProperty(this, name);
      // Of none there is nothing to take: Material for MkDocs sets the `src` of every element to
      // itself, and before there is such a property, that is to nothing.
      if (value !== undefined) Reflect.set(this, name, value);
    }
  }

  // Attributes that are set one after the other are taken together.
  #update(): void {
    if (this.#pending) return;
    this.#pending = true;
    queueMicrotask(() => {
      this.#pending = false;
      this.#poster?.show(this.src, this.name, this.poster);
      if (this.#viewer) this.#give(this.#viewer);
      else if (this.isConnected) this.#watch();
    });
  }

  /** Loads the viewer when it is time to. */
  #watch(): void {
    this.#observer?.disconnect();
    if (this.#loading || this.#lacking >= 0 || !this.isConnected) return;
    if (this.loading === "eager") this.#begin();
    else if (this.loading !== "click") {
      this.#observer = new IntersectionObserver((entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) this.#begin();
      });
      this.#observer.observe(this);
    }
  }

  #begin(): void {
    this.#observer?.disconnect();
    // What went wrong is on the poster.
    this.#load().catch(() => undefined);
  }

  #load(): Promise<Viewer> {
    this.#loading ??= this.#loaded().catch((error: unknown) => {
      this.#loading = undefined;
      this.#poster?.failed();
      throw error;
    });
    return this.#loading;
  }

  async #loaded(): Promise<Viewer> {
    if (this.#lacking >= 0) throw new DOMException("browser-too-old", "NotSupportedError");
    this.#poster?.loading();
    const { createViewer } = await import("./viewer.js");
    if (!this.isConnected) throw new DOMException("the element was removed", "AbortError");
    const viewer = createViewer((state, on) => {
      this.#setState(state, on);
    });
    this.#viewer = viewer;
    this.#give(viewer);
    this.#poster?.remove();
    this.#poster = undefined;
    this.#setState("poster", false);
    this.shadowRoot?.prepend(viewer);
    return viewer;
  }

  #give(viewer: Viewer): void {
    const names = [...TEXTS, ...Object.keys(FLAGS)] as (keyof this & keyof ViewerOptions)[];
    viewer.options = Object.fromEntries(names.map((name) => [name, this[name]]));
    viewer.engine = this.#engine;
  }
}

/**
 * Puts a viewer into an element of the page, and opens something in it. Of two copies of the
 * module on a page, both give the element of the one that was there first.
 */
export function create(
  source: Openable | undefined,
  into: HTMLElement,
  options: Partial<Omit<OciLens, keyof HTMLElement>> & { theme?: "light" | "dark" } = {},
): OciLens {
  const element = document.createElement("oci-lens");
  Object.assign(element, options);
  if (typeof source === "string" || source instanceof URL) element.src = String(source);
  into.append(element);
  // What fails is shown in the element, and told by its event.
  if (source !== undefined && typeof source !== "string" && !(source instanceof URL)) {
    element.open(source).catch(() => undefined);
  }
  return element;
}
