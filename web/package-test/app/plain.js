import { createEngine } from "./oci-lens/engine.js";
import "./oci-lens/oci-lens.js";

/** What a page without the element does. */
globalThis.verify = async (file) => {
  const engine = createEngine();
  try {
    const archive = await engine.open(file);
    return (await archive.scan()).totals.blobs;
  } finally {
    engine.close();
  }
};
