import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";
import { ref } from "lit/directives/ref.js";

import { base } from "../styles/base.js";
import { imageChoiceStyle } from "../styles/image-choice.js";
import { imageChoiceText } from "../text/image-choice.js";
import { cssom } from "./cssom.js";
import { platform } from "./format.js";
import { twistyIcon } from "./icons.js";
import { imageName } from "./images.js";
import type { ImageView } from "./types.js";
import { rowIndex, VirtualList } from "./virtual-list.js";

/** Height of an option in pixels; the style sheet has the same. */
const OPTION = 28;

/** The images of an archive, to choose one of. */
export interface ImageGroup<Key extends string> {
  readonly key: Key;
  readonly label: string;
  readonly images: readonly ImageView[];
}

/** An image of a group. */
export interface ChosenImage<Key extends string> {
  readonly key: Key;
  readonly image: number;
}

export interface ImageChoice<Key extends string> {
  /** For `data-choose`. */
  readonly name: string;
  readonly label: string;
  readonly groups: readonly ImageGroup<Key>[];
  readonly chosen: ChosenImage<Key> | undefined;
  /** What stands for no image. */
  readonly none: string;
  /** Whether none can be chosen again. */
  readonly optional: boolean;
  readonly choose: (chosen: ChosenImage<Key> | undefined) => void;
}

interface Option {
  readonly chosen: ChosenImage<string> | undefined;
  readonly label: string;
  readonly name: string;
  /** What tells images of the same name apart. */
  readonly platform: string;
  /** Where the image is. */
  readonly from: string;
  /** What is looked for in. */
  readonly words: string;
  readonly absent: boolean;
}

/** An image's name and platform. */
export function imageLabel(image: ImageView): string {
  const name = imageName(image);
  const beside = platformBeside(image);
  return beside === "" ? name : `${name} (${beside})`;
}

/** The platform, unless it is the name. */
function platformBeside({ platform: own, names }: ImageView): string {
  return own && names.length > 0 ? platform(own) : "";
}

const NONE = { chosen: undefined, platform: "", from: "", words: "", absent: false } as const;

/** A list of the images of some archives, one of which is chosen. */
export function imageChoice<Key extends string>(choice: ImageChoice<Key>): TemplateResult {
  return html`<oci-lens-image-choice
    name=${choice.name}
    label=${choice.label}
    none=${choice.none}
    ?optional=${choice.optional}
    .groups=${choice.groups}
    .chosen=${choice.chosen}
    .choose=${choice.choose}
  ></oci-lens-image-choice>`;
}

/** A field with a list of images below it, which is searched by what is typed. */
export class OciLensImageChoice extends LitElement {
  static override styles = [base, imageChoiceStyle];

  @property() name = "";
  @property() label = "";
  @property() none = "";
  @property({ type: Boolean }) optional = false;
  @property({ attribute: false }) groups: ImageChoice<string>["groups"] = [];
  @property({ attribute: false }) chosen: ChosenImage<string> | undefined;
  @property({ attribute: false }) choose!: ImageChoice<string>["choose"];

  @state() private open = false;
  @state() private typed = "";

  readonly #list = new VirtualList(this, { rowHeight: OPTION });
  #options: readonly Option[] = [];
  #shown: readonly Option[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("groups") || changed.has("none") || changed.has("optional")) {
      const none = { ...NONE, label: this.none, name: this.none };
      this.#options = [...(this.optional ? [none] : []), ...this.groups.flatMap(optionsOf)];
    }
    const words = this.typed.trim().toLowerCase();
    this.#shown = this.#options.filter((option) => option.words.includes(words));
    this.#list.total = this.open ? this.#shown.length : 0;
  }

  protected override render(): TemplateResult {
    const { open, label } = this;
    const chosen = this.#options.find((option) => isSame(option.chosen, this.chosen));
    // Where it is, too, where there is more than one place.
    const from = this.groups.length > 1 ? chosen?.from : undefined;
    const shown = [chosen?.label, from].filter(Boolean).join(", ");
    const active = open && this.#shown.length > 0 ? `option-${this.#list.active}` : nothing;
    return html`<span class="field"
        ><input
          role="combobox"
          type="text"
          autocomplete="off"
          spellcheck="false"
          data-choose=${this.name}
          aria-label=${label}
          aria-autocomplete="list"
          aria-expanded=${open ? "true" : "false"}
          aria-controls="options"
          aria-activedescendant=${active}
          placeholder=${shown || this.none}
          .value=${open ? this.typed : shown}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
          @click=${this.#show}
          @blur=${this.#hide}
        />${twistyIcon}</span
      >
      <div class="popup" ?hidden=${!open} @mousedown=${keepFocus}>
        <div
          class="options"
          id="options"
          role="listbox"
          aria-label=${label}
          ${ref(this.#list.attach)}
          @click=${this.#onClick}
        >
          <div role="presentation" ${cssom({ height: `${this.#list.height}px` })}>
            ${this.#list.rows((index, top) => this.#option(index, top))}
          </div>
        </div>
        <p class="count" role="status">${open ? imageChoiceText.matches(this.#images) : nothing}</p>
      </div>`;
  }

  /** How many images are listed. */
  get #images(): number {
    return this.#shown.filter(({ chosen }) => chosen).length;
  }

  #option(index: number, top: number): unknown {
    const option = this.#shown[index];
    if (!option) return nothing;
    const { chosen, label, name, platform, from, absent } = option;
    const beside = [platform, this.groups.length > 1 ? from : ""].filter(Boolean).join(" · ");
    return html`<div
      class="option ${index === this.#list.active ? "active" : ""}"
      id="option-${index}"
      role="option"
      data-index=${index}
      data-value=${chosen ? `${chosen.key}:${chosen.image}` : ""}
      aria-posinset=${index + 1}
      aria-setsize=${this.#shown.length}
      aria-selected=${isSame(chosen, this.chosen) ? "true" : "false"}
      aria-disabled=${absent ? "true" : "false"}
      ${cssom({ transform: `translateY(${top}px)` })}
    >
      <span class="clip" title=${label}>${name}</span>
      ${beside === "" ? nothing : html`<span class="muted clip">${beside}</span>`}
    </div>`;
  }

  readonly #show = (): void => {
    if (this.open) return;
    this.open = true;
    this.typed = "";
    const at = this.#options.findIndex((option) => isSame(option.chosen, this.chosen));
    // All options are listed again, and how many is known before they are drawn.
    this.#list.total = this.#options.length;
    this.#list.moveTo(Math.max(0, at), { focus: false });
  };

  readonly #hide = (): void => {
    this.open = false;
    this.typed = "";
  };

  #take(index: number): void {
    const option = this.#shown[index];
    if (!option || option.absent) return;
    this.#hide();
    if (!isSame(option.chosen, this.chosen)) this.choose(option.chosen);
  }

  readonly #onInput = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLInputElement)) return;
    this.open = true;
    this.typed = event.currentTarget.value;
    this.#list.reset();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (!this.#press(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** Does what a key is for; false for one that is for nothing here. */
  #press(key: string): boolean {
    const { active, page } = this.#list;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page }[key];
    if (step !== undefined) {
      if (!this.open) this.#show();
      else {
        const to = Math.max(0, Math.min(active + step, this.#shown.length - 1));
        this.#list.moveTo(to, { focus: false });
      }
      return true;
    }
    if (!this.open || (key !== "Enter" && key !== "Escape")) return false;
    if (key === "Enter") this.#take(active);
    else this.#hide();
    return true;
  }

  readonly #onClick = (event: MouseEvent): void => {
    const index = rowIndex(event);
    if (index !== undefined) this.#take(index);
  };
}

function optionsOf({ key, label: from, images }: ImageGroup<string>): Option[] {
  return images.map((image) => {
    const label = imageLabel(image);
    return {
      chosen: { key, image: image.number },
      label,
      name: imageName(image),
      platform: platformBeside(image),
      from,
      words: [label, from, image.digest ?? ""].join(" ").toLowerCase(),
      absent: image.presence === "absent",
    };
  });
}

function isSame(
  left: ChosenImage<string> | undefined,
  right: ChosenImage<string> | undefined,
): boolean {
  return left?.key === right?.key && left?.image === right?.image;
}

function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

customElements.define("oci-lens-image-choice", OciLensImageChoice);
