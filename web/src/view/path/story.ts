import { html, nothing, type TemplateResult } from "lit";

import { pathText } from "../../text/path.js";
import { twistyIcon } from "../icons.js";
import { longList } from "../long-list.js";
import { hue } from "../parts.js";
import type { EntryView, ImageView, StoryStep, StoryView } from "../types.js";
import { samePlace, shownChanges, type ShownChange } from "./changes.js";
import { layerBadge, pathLink, properties, type PathActions } from "./properties.js";

export interface StoryActions extends PathActions {
  /** Opens or closes the metadata of a step. */
  toggle: (step: number) => void;
  /** Shows the contents of a version. */
  contents: (entry: EntryView) => void;
  /** What can be done with a version. */
  entryActions: (entry: EntryView) => TemplateResult;
}

export interface StoryState {
  readonly image: ImageView;
  readonly story: StoryView;
  /** Steps whose metadata is shown. */
  readonly open: ReadonlySet<number>;
  /** The version whose contents are shown. */
  readonly shown: EntryView | undefined;
}

/** Pixels that a step usually takes. */
const STEP = 84;

/** What each layer did to a path, the oldest first. */
export function timeline(state: StoryState, actions: StoryActions): TemplateResult {
  const { story } = state;
  return html`<ol class="story" role="list">
      ${longList(story.steps, (step, at) => stepItem(step, at, state, actions), STEP)}
    </ol>
    ${
      story.moreSteps === 0
        ? nothing
        : html`<p class="muted aside">${pathText.moreSteps(story.moreSteps)}</p>`
    }`;
}

function stepItem(
  step: StoryStep,
  at: number,
  { image, story, open, shown }: StoryState,
  actions: StoryActions,
): TemplateResult {
  const { entry, layer } = step;
  const history = image.layers[layer]?.history;
  const command = history === undefined ? undefined : image.history[history]?.createdBy;
  const isOpen = open.has(at);
  const id = `step-${at}`;
  const isNow = entry !== undefined && story.now !== undefined && samePlace(entry, story.now);
  return html`<li
    class="step ${hue(layer)} ${step.event}"
    data-layer=${layer}
    data-event=${step.event}
  >
    <div class="step-head">
      ${layerBadge(layer)}
      <span class="event">${pathText.event(step.event)}</span>
      ${isNow ? html`<span class="tag">${pathText.now}</span>` : nothing}
      ${
        entry
          ? html`<span class="step-actions"
              >${
                entry.content
                  ? html`<button
                      type="button"
                      class="small"
                      aria-pressed=${shown && samePlace(shown, entry) ? "true" : "false"}
                      @click=${() => {
                        actions.contents(entry);
                      }}
                    >
                      ${pathText.showContents}
                    </button>`
                  : nothing
              }<button
                class="quiet twisty ${isOpen ? "open" : ""}"
                type="button"
                aria-expanded=${isOpen ? "true" : "false"}
                aria-controls=${id}
                title=${pathText.details(layer)}
                aria-label=${pathText.details(layer)}
                @click=${() => {
                  actions.toggle(at);
                }}
              >
                ${twistyIcon}
              </button></span
            >`
          : nothing
      }
    </div>
    ${
      command === undefined
        ? nothing
        : html`<p class="command muted"><code title=${command}>${command}</code></p>`
    }
    ${step.hiddenBy === undefined ? nothing : html`<p class="by">${hiddenBy(step, actions)}</p>`}
    ${step.changes.length === 0 ? nothing : changeList(shownChanges(step.changes))}
    <div class="version" id=${id} ?hidden=${!isOpen}>
      ${
        isOpen && entry
          ? html`<dl class="properties">${properties(entry, actions)}</dl>
              ${actions.entryActions(entry)}`
          : nothing
      }
    </div>
  </li>`;
}

/** Why a path was hidden, and by which path. */
export function hiddenBy(step: StoryStep, actions: PathActions): TemplateResult {
  if (step.hiddenBy === undefined) return html``;
  const { by } = step;
  // A whiteout is no path of the merged tree, an entry may be.
  const isEntry = step.hiddenBy === "replaced" || step.hiddenBy === "parent-replaced";
  return html`${pathText.hiddenBy(step.hiddenBy)}
  ${
    by === undefined
      ? nothing
      : isEntry
        ? pathLink(by, actions)
        : html`<bdi class="mono exact">/${by.path}</bdi>`
  }`;
}

function changeList(changes: readonly ShownChange[]): TemplateResult {
  const side = (value: string | undefined) =>
    value === undefined
      ? html`<span class="muted">${pathText.nothing}</span>`
      : html`<bdi>${value}</bdi>`;
  return html`<dl class="changes">
    ${changes.map(
      ({ label, before, after, title }) =>
        html`<div title=${title ?? nothing}>
          <dt>${label}</dt>
          <dd>
            ${side(before)} <span class="arrow" aria-hidden="true">→</span
            ><span class="spoken">${pathText.to}</span> ${side(after)}
          </dd>
        </div>`,
    )}
  </dl>`;
}
