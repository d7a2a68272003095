import { OciLens } from "./element.js";
import { OciLensFiles } from "./view/files.js";

// A page may load two copies of the module; the first one wins.
if (!customElements.get("oci-lens")) {
  customElements.define("oci-lens-files", OciLensFiles);
  customElements.define("oci-lens", OciLens);
}

declare global {
  interface HTMLElementTagNameMap {
    "oci-lens": OciLens;
    "oci-lens-files": OciLensFiles;
  }
}
