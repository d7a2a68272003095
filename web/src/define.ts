import { BUILD } from "./build.js";
import { OciLens } from "./element.js";

// A page may load two copies of the module: the first one's element is there for both, with the
// workers and the core of its own build. While a site is rendered without a document there is
// nothing to define.
const registry = globalThis.customElements as CustomElementRegistry | undefined;
const first = registry?.get("oci-lens") as typeof OciLens | undefined;
if (!first) registry?.define("oci-lens", OciLens);
else if (first.build !== BUILD) {
  void import("./refusal.js").then(({ warnOfOther }) => {
    warnOfOther(first.build, BUILD);
  });
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens": OciLens;
  }
}

export { create, OciLens } from "./element.js";
export type * from "./events.js";
