import "./define.js";
import { keepOffline } from "./offline.js";
import "./styles/page.css";

keepOffline();

document.addEventListener("oci-lens-load", ({ detail }) => {
  document.title = `${detail.name} – oci-lens`;
});
