import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { query, state } from "lit/decorators.js";

import { base } from "../../styles/base.js";
import { pathStyle } from "../../styles/path.js";
import { tagStyle } from "../../styles/tag.js";
import { unreadStyle } from "../../styles/unread.js";
import { contentsText } from "../../text/contents.js";
import { pathText } from "../../text/path.js";
import { isListed } from "../files/query.js";
import { copyIcon, nodeIcon } from "../icons.js";
import { longList } from "../long-list.js";
import { copyButton } from "../parts.js";
import { exactText, lossy, pathBytes, samePath } from "../place.js";
import { problemOf, type Problem } from "../problem.js";
import type {
  EntryPlace,
  EntryView,
  ExportView,
  ImageView,
  PathView,
  StoryView,
} from "../types.js";
import { lacks, tarLacks } from "../unread.js";
import { ViewElement } from "../view-element.js";
import { newest, samePlace, versions } from "./changes.js";
import "./checksum.js";
import "./contents.js";
import { downloadIcon, fillIcon, restoreIcon } from "./icons.js";
import { Loading, loadingLine } from "./loading.js";
import { layerBadge, pathLink, properties, row } from "./properties.js";
import { contentStream, fileName } from "./read.js";
import { hiddenBy, timeline, type StoryActions } from "./story.js";

/** Pixels that a path usually takes. */
const LINE = 26;

/** A list of more paths than this is folded up. */
const LONG = 6;

/** Everything about one path of an image: what it is, what layers did to it, what is in it. */
export class OciLensPath extends ViewElement {
  static override styles = [base, tagStyle, pathStyle, unreadStyle];

  @state() private story: StoryView | undefined;
  @state() private problem: Problem | undefined;
  @state() private open: ReadonlySet<number> = new Set();
  @state() private chosen: EntryPlace | undefined;
  @state() private digests: ReadonlyMap<string, string> = new Map();
  @state() private fills = false;
  /** The tar that was saved last, where it lacks something. */
  @state() private lacking: { name: string; view: ExportView } | undefined;

  @query("h2") private heading!: HTMLElement | null;

  readonly #digesting = new Loading(this);
  // What is being saved is still wanted when another path or view is looked at.
  readonly #saving = new Loading(this, { outlives: true });
  #savingName = "";
  #againSaving: () => void = () => undefined;
  #againDigesting: () => void = () => undefined;
  // Counts up with every other path: answers about the ones before are dropped.
  #choice = 0;
  #refocus = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("place");
    const other =
      changed.has("archive") ||
      (changed.has("image") && changed.get("image")?.number !== this.image?.number) ||
      (changed.has("place") && !samePath(before?.path, this.place.path));
    if (other) {
      this.#refocus = this.hasUpdated && this.shadowRoot?.activeElement != null;
      this.#choice += 1;
      this.story = undefined;
      this.problem = undefined;
      this.open = new Set();
      this.chosen = undefined;
      this.digests = new Map();
      this.#digesting.stop();
    }
    if (changed.has("archive")) this.lacking = undefined;
    if (other || changed.has("revision")) void this.#read();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("place") && !this.story) this.scrollTop = 0;
    if (!this.#refocus || !this.heading) return;
    this.#refocus = false;
    // What had the focus belonged to the path before.
    if (this.shadowRoot?.activeElement == null) this.heading.focus({ preventScroll: true });
  }

  async #read(): Promise<void> {
    const chosen = this.#choice;
    const { archive, image, place } = this;
    if (!image || place.path === undefined) return;
    try {
      const story = await archive.story(image.number, place.path);
      if (chosen !== this.#choice) return;
      this.story = story;
      this.problem = undefined;
    } catch (error) {
      if (chosen === this.#choice) this.problem = problemOf(error);
    }
  }

  protected override render(): TemplateResult {
    const { image, story, problem } = this;
    const { path } = this.place;
    if (!image || path === undefined) return html`<p class="none">${pathText.choose}</p>`;
    const entry = story && newest(story);
    const shown = story && this.#shown(story);
    return html`<div
      class="inspector ${this.fills && shown ? "fills" : ""}"
      aria-busy=${story ? "false" : "true"}
    >
      <header>
        ${this.#title(story, entry)} ${problem === undefined ? nothing : this.#failed(problem)}
        ${
          story
            ? this.#head(image, story, entry)
            : problem === undefined
              ? html`<p class="muted" role="status">${pathText.loading}</p>`
              : nothing
        }
        ${loadingLine(this.#digesting, pathText.digesting, this.#againDigesting)}
        ${loadingLine(this.#saving, pathText.downloading(this.#savingName), this.#againSaving)}
        ${this.lacking ? tarLacks(this.lacking.name, this.lacking.view, this.#dismiss) : nothing}
      </header>
      ${story && story.steps.length > 0 ? this.#story(image, story, shown) : nothing}
      ${
        story && (story.present || this.place.range)
          ? html`<oci-lens-checksum
              .archive=${this.archive}
              .image=${image.number}
              .path=${path}
              .range=${this.place.range}
              .revision=${this.revision}
              .scanning=${this.scanning}
              .listed=${isListed(image)}
              .copy=${this.host.copy}
            ></oci-lens-checksum>`
          : nothing
      }
      ${story && shown ? this.#contents(image, story, shown) : nothing}
    </div>`;
  }

  /** The version whose contents are shown; none if that has none. */
  #shown(story: StoryView): EntryView | undefined {
    const { chosen } = this;
    const found = versions(story).find(
      ({ place }) => place.layer === chosen?.layer && place.entry === chosen.entry,
    );
    const entry = found ?? newest(story);
    return entry?.content ? entry : undefined;
  }

  #title(story: StoryView | undefined, entry: EntryView | undefined): TemplateResult {
    const shown = story?.path.path ?? lossy(this.place.path ?? new Uint8Array());
    const type = entry?.type ?? (story?.present ? "dir" : undefined);
    return html`<h2 tabindex="-1">
        ${type ? html`<span class="type ${type}">${nodeIcon(type)}</span>` : nothing}
        <bdi class="mono whole">/${shown}</bdi>${copyButton(
          this.host.copy,
          this.#exactPath(story),
          pathText.path,
        )}
      </h2>
      ${
        story?.path.pathHex === undefined
          ? nothing
          : html`<p class="hex">
              <span class="muted">${pathText.hex}</span>
              <code>${story.path.pathHex}</code>${copyButton(
                this.host.copy,
                story.path.pathHex,
                pathText.hexLabel,
              )}
            </p>`
      }`;
  }

  #failed(problem: Problem): TemplateResult {
    return html`<div class="loading problem" role="alert">
      <span>${pathText.failed}: ${problem.message} <code>${problem.code}</code></span>
      <button type="button" @click=${() => void this.#read()}>${pathText.again}</button>
    </div>`;
  }

  #head(image: ImageView, story: StoryView, entry: EntryView | undefined): TemplateResult {
    if (story.steps.length === 0 && !story.present) {
      return html`<p class="muted">${this.scanning ? pathText.unknownYet : pathText.unknown}</p>`;
    }
    return html`${story.present ? nothing : this.#hidden(story)} ${this.#actions(story, entry)}
      <dl class="properties">
        ${entry ? properties(entry, this.#storyActions, story.follows?.[0]) : row(pathText.type, pathText.typeWord("dir"))}
        ${this.#digestRow(entry)}
        ${row(
          pathText.layer,
          entry
            ? html`${layerBadge(entry.place.layer)}
                <span class="muted command-line">${commandOf(image, entry.place.layer)}</span>`
            : html`<span class="muted">${pathText.implied}</span>`,
        )}
        ${this.#follows(story)}
        ${
          story.below
            ? row(pathText.below, pathText.belowSums(story.below.paths, story.below.size))
            : nothing
        }
      </dl>
      ${this.#paths(story.hardlinks ?? [], pathText.hardlinks)}
      ${this.#paths(story.pointedAtBy ?? [], pathText.pointedAtBy)}
      ${story.more === 0 ? nothing : html`<p class="muted aside">${pathText.morePaths(story.more)}</p>`}
      ${
        story.unfollowed === 0
          ? nothing
          : html`<p class="muted aside">${pathText.unfollowed(story.unfollowed)}</p>`
      }`;
  }

  #hidden(story: StoryView): TemplateResult {
    const step = story.steps.findLast(({ event }) => event === "hidden");
    const stored = [...new Set(versions(story).map(({ place }) => place.layer))];
    return html`<div class="hidden-note" data-hidden=${step?.layer ?? nothing}>
      <p>
        <strong>${step ? pathText.hiddenTitle(step.layer) : pathText.notStored}</strong>
        ${step ? hiddenBy(step, this.#storyActions) : nothing}
      </p>
      ${stored.length > 0 ? html`<p>${pathText.stillStored(stored)}</p>` : nothing}
    </div>`;
  }

  #actions(story: StoryView, entry: EntryView | undefined): TemplateResult {
    const isFolder = story.present && (entry?.type ?? "dir") === "dir";
    const listed = isFolder && this.image !== undefined && isListed(this.image);
    return html`<div class="actions" role="group" aria-label=${pathText.actions}>
      ${entry ? this.#fileButtons(entry) : nothing}
      ${
        isFolder
          ? html`<button
              type="button"
              data-action="tar"
              ?disabled=${listed || this.#saving.running}
              @click=${this.#saveTar}
            >
              ${downloadIcon}${pathText.downloadTar}
            </button>`
          : nothing
      }
      ${listed ? html`<span class="muted">${pathText.listed}</span>` : nothing}
      ${entry ? this.#showIn(entry.place.layer) : nothing}
    </div>`;
  }

  #fileButtons(entry: EntryView): TemplateResult | typeof nothing {
    const { content } = entry;
    if (!content) return nothing;
    return html`<button
        type="button"
        data-action="digest"
        ?disabled=${this.#digesting.running}
        @click=${() => {
          this.#copyDigest(entry, content);
        }}
      >
        ${copyIcon}${pathText.copyDigest}
      </button>
      <button
        type="button"
        data-action="download"
        ?disabled=${this.#saving.running}
        @click=${() => {
          this.#saveFile(entry, content);
        }}
      >
        ${downloadIcon}${pathText.download}
      </button>`;
  }

  #showIn(layer: number): TemplateResult {
    return html`<button
      type="button"
      data-action="layer"
      @click=${() => {
        this.host.go({ view: "files", range: { first: layer, last: layer } });
      }}
    >
      ${pathText.showIn(layer)}
    </button>`;
  }

  /** The digest that was asked for, unless the entry has it anyway. */
  #digestRow(entry: EntryView | undefined): TemplateResult | typeof nothing {
    const digest =
      entry?.sha256 === undefined && entry?.content && this.digests.get(key(entry.content));
    if (!digest) return nothing;
    return row(
      pathText.digest,
      html`<code class="whole">${digest}</code
        >${copyButton(this.host.copy, digest, pathText.digest)}`,
    );
  }

  #follows(story: StoryView): TemplateResult | typeof nothing {
    const follows = story.follows ?? [];
    if (follows.length === 0 && story.resolves !== false) return nothing;
    return row(
      pathText.follows,
      html`<ol class="chain" role="list">
          ${longList(follows, (path) => html`<li>${pathLink(path, this.#storyActions)}</li>`, LINE)}
        </ol>
        ${
          story.resolves === false
            ? html`<span class="missing dangling">${pathText.dangling}</span>`
            : nothing
        }`,
    );
  }

  #paths(
    paths: readonly PathView[],
    title: (n: number) => string,
  ): TemplateResult | typeof nothing {
    if (paths.length === 0) return nothing;
    return html`<details class="paths" ?open=${paths.length <= LONG}>
      <summary>${title(paths.length)}</summary>
      <ul>
        ${longList(paths, (path) => html`<li>${pathLink(path, this.#storyActions)}</li>`, LINE)}
      </ul>
    </details>`;
  }

  #story(image: ImageView, story: StoryView, shown: EntryView | undefined): TemplateResult {
    return html`<section class="told" aria-labelledby="story">
      <div class="section-head">
        <h3 id="story">${pathText.story}</h3>
        <span class="muted">${pathText.order}</span>
      </div>
      ${timeline({ image, story, open: this.open, shown }, this.#storyActions)}
    </section>`;
  }

  #contents(image: ImageView, story: StoryView, entry: EntryView): TemplateResult {
    const { layer } = entry.place;
    const isNow = story.now !== undefined && samePlace(story.now, entry);
    const label = this.fills ? contentsText.restore : contentsText.fill;
    return html`<section class="contents" aria-labelledby="contents">
      <div class="section-head">
        <h3 id="contents">${contentsText.title}</h3>
        ${layerBadge(layer)}
        ${isNow ? nothing : html`<span class="muted">${pathText.notNow}</span>`}
        <button
          class="quiet fill"
          type="button"
          title=${label}
          aria-label=${label}
          aria-pressed=${this.fills ? "true" : "false"}
          @click=${() => {
            this.fills = !this.fills;
          }}
        >
          ${this.fills ? restoreIcon : fillIcon}
        </button>
      </div>
      <oci-lens-contents
        .archive=${this.archive}
        .image=${image.number}
        .place=${entry.content}
        .size=${entry.size}
        .name=${fileName(story.path.path)}
      ></oci-lens-contents>
    </section>`;
  }

  readonly #storyActions: StoryActions = {
    copy: (value) => {
      this.host.copy(value);
    },
    open: (path) => {
      this.host.go({ path: pathBytes(path) });
    },
    toggle: (step) => {
      const open = new Set(this.open);
      if (!open.delete(step)) open.add(step);
      this.open = open;
    },
    contents: ({ place }) => {
      this.chosen = place;
      void this.updateComplete.then(() => {
        this.renderRoot.querySelector(".contents")?.scrollIntoView({ block: "nearest" });
      });
    },
    entryActions: (entry) =>
      html`<div class="actions" role="group" aria-label=${pathText.version(entry.place.layer)}>
        ${this.#fileButtons(entry)}${this.#showIn(entry.place.layer)}
      </div>`,
  };

  /** The path as it is, where it can be told in text; else as it is shown. */
  #exactPath(story: StoryView | undefined): string {
    return `/${story ? exactText(story.path) : lossy(this.place.path ?? new Uint8Array())}`;
  }

  #copyDigest(entry: EntryView, content: EntryPlace): void {
    const known =
      entry.sha256 === undefined ? this.digests.get(key(content)) : `sha256:${entry.sha256}`;
    if (known !== undefined) {
      this.host.copy(known);
      return;
    }
    const { archive, image } = this;
    if (!image) return;
    this.#againDigesting = () => {
      this.#copyDigest(entry, content);
    };
    void this.#digesting.run(async (watched) => {
      const digest = `sha256:${await archive.contentDigest(image.number, content, watched)}`;
      if (watched.signal.aborted) return;
      this.digests = new Map(this.digests).set(key(content), digest);
      this.host.copy(digest);
    });
  }

  #saveFile(entry: EntryView, content: EntryPlace): void {
    const { archive, image, story } = this;
    if (!image || !story) return;
    const size = Number(entry.size);
    this.#save(fileName(this.#exactPath(story)), (watched) =>
      Promise.resolve(
        contentStream(
          (offset, length, options) =>
            archive.content(image.number, content, { ...options, offset, length }),
          size,
          watched,
        ),
      ),
    );
  }

  readonly #dismiss = (): void => {
    this.lacking = undefined;
  };

  readonly #saveTar = (): void => {
    const { archive, image, story, place } = this;
    if (!image || !story) return;
    const what = {
      path: pathBytes(story.path),
      ...(place.range ? { range: place.range } : {}),
    };
    const name = `${fileName(this.#exactPath(story))}.tar`;
    this.#save(name, async ({ signal }) => {
      const { stream, view } = await archive.exportTar(image.number, what);
      if (!signal.aborted && lacks(view)) this.lacking = { name, view };
      return stream;
    });
  };

  #save(
    name: string,
    stream: (
      watched: Parameters<Parameters<Loading["run"]>[0]>[0],
    ) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>,
  ): void {
    const { host } = this;
    this.#savingName = name;
    this.lacking = undefined;
    this.#againSaving = () => {
      this.#save(name, stream);
    };
    void this.#saving.run(async (watched) => {
      const saved = await host.save(name, () => stream(watched), watched.signal);
      if (saved && !watched.signal.aborted) host.say(pathText.saved(name));
    });
  }
}

function key({ layer, entry }: EntryPlace): string {
  return `${layer}:${entry}`;
}

function commandOf(image: ImageView, layer: number): string {
  const history = image.layers[layer]?.history;
  return history === undefined ? "" : (image.history[history]?.createdBy ?? "");
}

if (!customElements.get("oci-lens-path")) customElements.define("oci-lens-path", OciLensPath);

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens-path": OciLensPath;
  }
}
