import "./define.js";
import "./styles/page.css";
// At once, and not when the element asks for it.
import "./viewer.js";

document.addEventListener("oci-lens-load", ({ detail }) => {
  document.title = `${detail.name} – oci-lens`;
});
