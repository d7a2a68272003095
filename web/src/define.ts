import { OciLens } from "./element.js";
import { OciLensFiles } from "./view/files.js";

export * from "./client.js";
export type * from "./events.js";
export { OciLens } from "./element.js";

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
