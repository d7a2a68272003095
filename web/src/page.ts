import "./define.js";
import "./styles/page.css";
// At once, and not when the element asks for it.
import "./viewer.js";

// Whoever made a link to the page is not who put it there: from an address it takes no other origin.
const TAKEN = [
  "src",
  "name",
  "image",
  "platform",
  "layer",
  "path",
  "view",
  "depth",
  "highlight",
  "with",
  "theme",
  "without-drop",
  "without-toolbar",
];

const lens = document.querySelector("oci-lens");
for (const [name, value] of new URLSearchParams(location.search)) {
  if (TAKEN.includes(name)) lens?.setAttribute(name, value);
}

// Once the page is there, and its files are not fetched twice.
addEventListener("load", () => {
  void import("./offline.js").then(({ keepOffline }) => {
    keepOffline();
  });
});

document.addEventListener("oci-lens-load", ({ detail }) => {
  document.title = `${detail.name} – oci-lens`;
});
