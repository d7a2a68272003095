import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";
import { VIEWS, type ViewName } from "./place.js";

/** The tabs where images and layers have a column of their own. */
export const MAIN_TABS: readonly ViewName[] = VIEWS.filter(
  (view) => view !== "images" && view !== "layers",
);

/** The tabs where one panel is shown at a time. */
export const ALL_TABS: readonly ViewName[] = VIEWS;

/** Tabs of which one takes the focus; arrows choose among them. */
export function tabList(
  tabs: readonly ViewName[],
  chosen: ViewName,
  label: (tab: ViewName) => unknown,
  choose: (tab: ViewName, byKey: boolean) => void,
): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const at = tabs.indexOf(chosen);
    const to = {
      ArrowRight: tabs[(at + 1) % tabs.length],
      ArrowLeft: tabs.at(at - 1),
      Home: tabs[0],
      End: tabs.at(-1),
    }[event.key];
    if (!to) return;
    event.preventDefault();
    choose(to, true);
  };
  return html`<div class="tabs" role="tablist" aria-label=${text.tabs.label} @keydown=${onKey}>
    ${tabs.map(
      (tab) =>
        html`<button
          type="button"
          role="tab"
          id="tab-${tab}"
          data-tab=${tab}
          aria-controls="panel-${tab}"
          aria-selected=${tab === chosen ? "true" : "false"}
          tabindex=${tab === chosen ? 0 : -1}
          @click=${() => {
            choose(tab, false);
          }}
        >
          ${label(tab)}
        </button>`,
    )}
  </div>`;
}

/** What a tab shows. A view that scrolls by itself takes the focus by itself. */
export function tabPanel(id: ViewName, chosen: ViewName, content: () => unknown): TemplateResult {
  const scrolls = id === "keys" || id === "findings" || id === "images" || id === "layers";
  return html`<div
    class="panel ${id}-panel"
    id="panel-${id}"
    role="tabpanel"
    aria-labelledby="tab-${id}"
    tabindex=${scrolls ? 0 : nothing}
    ?hidden=${id !== chosen}
  >
    ${content()}
  </div>`;
}

/** A panel that is always in sight. */
export function sidePanel(
  id: ViewName,
  title: string,
  note: string,
  content: TemplateResult,
): TemplateResult {
  return html`<section class="panel ${id}-panel" id="panel-${id}" aria-labelledby="title-${id}">
    <div class="panel-head">
      <h2 id="title-${id}">${title}</h2>
      <span class="muted">${note}</span>
    </div>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="title-${id}">${content}</div>
  </section>`;
}
