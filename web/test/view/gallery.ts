import "../../src/define.js";
import "../../src/styles/page.css";
import { fakeEngine, type FakeOptions } from "./fake-engine.js";

// The viewer in one state, as the address asks: for looking at, and for screenshots.
const wanted = new URLSearchParams(location.search);
const viewer = document.querySelector("oci-lens");
if (!viewer) throw new Error("the page holds a viewer");

const theme = wanted.get("theme");
if (theme === "light" || theme === "dark") viewer.theme = theme;
const options: FakeOptions = {};
if (wanted.has("paths")) options.paths = Number(wanted.get("paths"));
if (wanted.has("layers")) options.layers = Number(wanted.get("layers"));
if (wanted.has("failing")) options.failing = true;
if (wanted.has("stuck")) options.stuck = true;
viewer.engine = fakeEngine(options);
if (!wanted.has("empty")) {
  void viewer.open(new File(["x"], wanted.get("name") ?? "teahouse-menu-1.4.0.oci.tar.gz"));
}
