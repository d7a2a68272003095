import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

import { text } from "../../text/files.js";
import { bytes, count } from "../format.js";
import { closeIcon, searchIcon } from "../icons.js";
import { iconButton } from "../parts.js";
import { downloadIcon } from "../path/icons.js";
import type { Change, LayerRange, PathPattern, PatternKind, TreeState } from "../types.js";
import { CHANGES, type Arrangement } from "./query.js";
import { MARK } from "./row.js";

const KINDS: readonly PatternKind[] = ["text", "glob", "regex"];

/** The depths that one button opens the tree to; 0 stands for all. */
const DEPTHS = [1, 2, 3, 0] as const;

export interface ToolbarView {
  readonly state: TreeState | undefined;
  /** The filter as it is typed. */
  readonly filter: PathPattern;
  readonly changes: Arrangement["changes"];
  readonly patternProblem: string | undefined;
  readonly shown: "list" | "map";
  /** Of all layers, those shown; absent where these are all. */
  readonly part: LayerRange | undefined;
  readonly layers: number;
  readonly leftOut: number;
  readonly attributes: boolean;
  readonly totals: boolean;
}

export interface ToolbarActions {
  filter: (filter: PathPattern) => void;
  toList: () => void;
  change: (change: Change) => void;
  show: (as: "list" | "map") => void;
  showAll: () => void;
  /** Shows what there is about the root, which has no row. */
  root: () => void;
  attributes: () => void;
  totals: () => void;
  /** Opens everything to a depth, from 1; 0 stands for all. */
  depth: (depth: number) => void;
}

/** What stands above the files: filter, layers, changes, depth. */
export function toolbar(view: ToolbarView, actions: ToolbarActions): TemplateResult {
  const list = view.shown === "list";
  return html`<div class="toolbar">
    ${list ? filterField(view, actions) : layersShown(view, actions)}
    <div class="segments" role="group" aria-label=${text.view}>
      ${(["list", "map"] as const).map((as) =>
        toggle(text[as], view.shown === as, () => {
          actions.show(as);
        }),
      )}
    </div>
    ${
      list
        ? html`<div class="line">
            ${layersShown(view, actions)} ${view.part ? changeChips(view, actions) : nothing}
            ${options(view, actions)}
          </div>`
        : nothing
    }
  </div>`;
}

function filterField(
  { filter, patternProblem, state }: ToolbarView,
  actions: ToolbarActions,
): TemplateResult {
  const { pattern, kind, caseSensitive } = filter;
  return html`<div class="find" role="search">
    <div class="field ${patternProblem === undefined ? "" : "wrong"}">
      ${searchIcon}
      <input
        type="text"
        class="pattern"
        aria-label=${text.filter}
        placeholder="${text.filter}: ${text.patternHint(kind)}"
        aria-invalid=${patternProblem === undefined ? "false" : "true"}
        aria-describedby="pattern-problem"
        aria-keyshortcuts="/ Control+F"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        maxlength="1000"
        .value=${live(pattern)}
        @input=${(event: Event) => {
          if (!(event.target instanceof HTMLInputElement)) return;
          actions.filter({ ...filter, pattern: event.target.value });
        }}
        @keydown=${(event: KeyboardEvent) => {
          if (event.isComposing) return;
          if (event.key === "Enter" || event.key === "ArrowDown") {
            event.preventDefault();
            actions.toList();
          }
          if (event.key === "Escape" && pattern !== "") {
            event.stopPropagation();
            actions.filter({ ...filter, pattern: "" });
          }
        }}
      />
      ${
        pattern === ""
          ? nothing
          : html`${
              patternProblem === undefined && state
                ? html`<span class="found" data-matches=${state.matches}
                    >${text.matches(state.matches)}</span
                  >`
                : nothing
            }${iconButton(closeIcon, text.clear, "clear-filter", (event) => {
              actions.filter({ ...filter, pattern: "" });
              const button = event.currentTarget;
              if (!(button instanceof HTMLElement)) return;
              button.closest(".field")?.querySelector("input")?.focus();
            })}`
      }
      <button
        class="quiet case"
        type="button"
        title=${text.matchCase}
        aria-label=${text.matchCase}
        aria-pressed=${caseSensitive ? "true" : "false"}
        @click=${() => {
          actions.filter({ ...filter, caseSensitive: !caseSensitive });
        }}
      >
        Aa
      </button>
      <select
        class="kind"
        title=${text.patternKind}
        aria-label=${text.patternKind}
        @change=${(event: Event) => {
          if (!(event.target instanceof HTMLSelectElement)) return;
          const { value } = event.target;
          const chosen = KINDS.find((kind) => kind === value);
          if (chosen) actions.filter({ ...filter, kind: chosen });
        }}
      >
        ${KINDS.map(
          (value) =>
            html`<option value=${value} ?selected=${value === kind}>
              ${text.pattern(value)}
            </option>`,
        )}
      </select>
    </div>
    <p class="pattern-problem" id="pattern-problem" role="alert">${patternProblem}</p>
  </div>`;
}

function layersShown(
  { state, part, layers, leftOut }: ToolbarView,
  { showAll, root }: ToolbarActions,
): TemplateResult {
  return html`<p class="shown">
    <b>${part ? text.range(part, layers) : text.all}</b>${
      part ? iconButton(closeIcon, text.showAll, "all-layers", showAll) : nothing
    }
    ${
      state
        ? html`<span class="muted" data-applied=${state.applied} data-paths=${state.paths}
              >${text.paths(state.paths)}<span class="size"> · ${bytes(state.size)}</span
              ><span class="applied"> · ${text.applied(state.applied, state.layers, leftOut)}</span
              >${
                state.pending > 0
                  ? html`<span class="pending" data-pending=${state.pending}>
                      · ${text.pending(state.pending)}</span
                    >`
                  : nothing
              }</span
            >
            ${iconButton(downloadIcon, text.root, "root", root)}`
        : nothing
    }
  </p>`;
}

function changeChips({ state, changes }: ToolbarView, actions: ToolbarActions): TemplateResult {
  return html`<div class="changes" role="group" aria-label=${text.changes}>
    ${CHANGES.map((change) => {
      const n = state?.changes[change];
      return html`<button
        type="button"
        class="chip ${change}"
        data-show=${change}
        data-count=${n ?? nothing}
        aria-pressed=${changes.has(change) ? "true" : "false"}
        aria-label=${n === undefined ? text.change(change) : text.changeCount(change, n)}
        @click=${() => {
          actions.change(change);
        }}
      >
        <span class="mark">${MARK[change]}</span>${n === undefined ? nothing : count(n)}
        <span class="word">${text.change(change)}</span>
      </button>`;
    })}
  </div>`;
}

function options(view: ToolbarView, actions: ToolbarActions): TemplateResult {
  return html`<div class="options">
    <div class="columns">
      ${toggle(text.attributes, view.attributes, actions.attributes, text.attributesHint)}
      ${toggle(text.totals, view.totals, actions.totals, text.totalsHint)}
    </div>
    <div class="depth" role="group" aria-label=${text.depth}>
      <span class="muted" aria-hidden="true">${text.depth}</span>
      <div class="segments">
        ${DEPTHS.map(
          (depth) =>
            html`<button
              type="button"
              data-depth=${depth === 0 ? "all" : depth}
              title=${text.depthLabel(depth)}
              aria-label=${text.depthLabel(depth)}
              ?disabled=${(view.state?.paths ?? 0) === 0}
              @click=${() => {
                actions.depth(depth);
              }}
            >
              ${depth === 0 ? text.depthAll : depth}
            </button>`,
        )}
      </div>
    </div>
  </div>`;
}

function toggle(label: string, on: boolean, act: () => void, title?: string): TemplateResult {
  return html`<button
    type="button"
    aria-pressed=${on ? "true" : "false"}
    title=${title ?? nothing}
    @click=${act}
  >
    ${label}
  </button>`;
}
