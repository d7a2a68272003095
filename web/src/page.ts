import "./define.js";
import "./styles/page.css";

document.addEventListener("oci-lens-load", ({ detail }) => {
  document.title = `${detail.name} – oci-lens`;
});
