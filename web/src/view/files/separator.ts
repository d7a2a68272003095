import { html, type TemplateResult } from "lit";

import { separatorStyle } from "../../styles/separator.js";
import { text } from "../../text/files.js";
import { SHARE, type Layout } from "./pane.js";

/** The share that a key sets; what it makes larger is the details. */
export function shareByKey(key: string, layout: Layout, share: number): number | undefined {
  const [larger, smaller] =
    layout === "side" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  switch (key) {
    case larger:
      return within(share + SHARE.step);
    case smaller:
      return within(share - SHARE.step);
    case "Home":
      return SHARE.least;
    case "End":
      return SHARE.most;
    case "Enter":
      return SHARE.usual;
    default:
      return undefined;
  }
}

/** The share at a point of the view. */
export function shareAt(
  layout: Layout,
  box: { left: number; top: number; width: number; height: number },
  point: { x: number; y: number },
): number {
  const part =
    layout === "side"
      ? (box.left + box.width - point.x) / box.width
      : (box.top + box.height - point.y) / box.height;
  return within(part * 100);
}

function within(share: number): number {
  return Math.min(SHARE.most, Math.max(SHARE.least, Math.round(share)));
}

/** What is dragged, or moved by keys, to share the view between list and details. */
export function separator(
  layout: Layout,
  share: number,
  set: (share: number) => void,
): TemplateResult {
  const drag = (event: PointerEvent) => {
    const handle = event.currentTarget;
    if (!(handle instanceof HTMLElement) || !handle.hasPointerCapture(event.pointerId)) return;
    const box = handle.parentElement?.getBoundingClientRect();
    if (box) set(shareAt(layout, box, event));
  };
  return html`<div
    class="separator"
    role="separator"
    tabindex="0"
    aria-label=${text.divide}
    aria-orientation=${layout === "side" ? "vertical" : "horizontal"}
    aria-controls="inspector"
    aria-valuemin=${SHARE.least}
    aria-valuemax=${SHARE.most}
    aria-valuenow=${share}
    @pointerdown=${(event: PointerEvent) => {
      if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
      event.currentTarget.setPointerCapture(event.pointerId);
    }}
    @pointermove=${drag}
    @dblclick=${() => {
      set(SHARE.usual);
    }}
    @keydown=${(event: KeyboardEvent) => {
      const to = shareByKey(event.key, layout, share);
      if (to === undefined) return;
      event.preventDefault();
      set(to);
    }}
  ></div>`;
}

/** Gives the element that has it its style. */
export function adoptStyle({ adoptedStyleSheets }: ShadowRoot): void {
  if (separatorStyle.styleSheet) adoptedStyleSheets.push(separatorStyle.styleSheet);
}
