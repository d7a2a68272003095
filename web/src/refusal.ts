import type { ErrorDetail } from "./events.js";
import { otherBuildText, refusalText } from "./text/refusal.js";

// Loaded where it is needed only, and nothing else with it.

/** Names of what `lacking` asks for, and where MDN's compatibility data has it. */
export const NAMES = [
  ["WebAssembly", "webassembly.api"],
  ["AbortSignal.any()", "api.AbortSignal.any_static"],
  [":state()", "css.selectors.state"],
  ["light-dark()", "css.types.color.light-dark"],
] as const;

/** Says what this browser lacks, above what the author has for readers without JavaScript. */
export function refuse(element: HTMLElement, lacking: number): void {
  const message = refusalText(NAMES[lacking]?.[0] ?? "");
  const said = document.createElement("p");
  said.setAttribute("role", "alert");
  said.textContent = message;
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.replaceChildren(said, document.createElement("slot"));
  // What sends the others comes with the viewer.
  const detail: ErrorDetail = { code: "browser-too-old", message };
  element.dispatchEvent(
    new CustomEvent("oci-lens-error", { detail, bubbles: true, composed: true }),
  );
}

/** Says that a copy of the module is not used, because one of another build was there first. */
export function warnOfOther(first: string, own: string): void {
  console.warn(otherBuildText(first, own));
}
