import { html, nothing, type TemplateResult } from "lit";

import { text } from "../text.js";

/** The tabs where images and layers have a column of their own. */
export const MAIN_TABS = ["files", "image", "keys", "findings"] as const;

/** The tabs where one panel is shown at a time. */
export const ALL_TABS = ["images", "layers", ...MAIN_TABS] as const;

export type Tab = (typeof ALL_TABS)[number];

/** Tabs of which one takes the focus; arrows choose among them. */
export function tabList(
  tabs: readonly Tab[],
  chosen: Tab,
  label: (tab: Tab) => unknown,
  choose: (tab: Tab, byKey: boolean) => void,
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

/** What a tab shows. The files are kept while they are hidden: so is their place. */
export function tabPanel(id: Tab, chosen: Tab, content: TemplateResult): TemplateResult {
  return html`<div
    class="panel ${id}-panel"
    id="panel-${id}"
    role="tabpanel"
    aria-labelledby="tab-${id}"
    tabindex=${id === "files" ? nothing : 0}
    ?hidden=${id !== chosen}
  >
    ${id === chosen || id === "files" ? content : nothing}
  </div>`;
}

/** A panel that is always in sight. */
export function sidePanel(
  id: Tab,
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
