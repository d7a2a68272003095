import { OciLens } from "./element.js";
import "./view/files/files.js";

// A page may load two copies of the module; the first one wins.
if (!customElements.get("oci-lens")) {
  customElements.define("oci-lens", OciLens);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens": OciLens;
  }
}
