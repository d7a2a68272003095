import { OciLens } from "./element.js";

// A page may load two copies of the module; the first one wins. While a site is rendered without a
// document there is nothing to define.
if (globalThis.customElements as CustomElementRegistry | undefined) {
  if (!customElements.get("oci-lens")) customElements.define("oci-lens", OciLens);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens": OciLens;
  }
}

export { create, OciLens } from "./element.js";
export type * from "./events.js";
