// Takes pictures of the viewer's states, with a made-up archive, and runs axe over each:
//   node test/view/screenshots.mjs FOLDER [NAME...]
import { takePictures } from "./pictures.mjs";

const NARROW = { width: 390, height: 844 };
const tab = (name) => async (page) => {
  await page.click(`[data-tab="${name}"]`);
};
const openAll = async (page) => {
  await page.click('[data-depth="all"]');
  await page.waitForTimeout(150);
};

const STATES = [
  { name: "empty", query: "empty" },
  { name: "empty-narrow", query: "empty", viewport: NARROW },
  { name: "opening", query: "stuck" },
  { name: "failed", query: "failing" },
  { name: "failed-narrow", query: "failing", viewport: NARROW },
  { name: "scanning", query: "layers=2" },
  { name: "waiting", query: "layers=0" },
  { name: "loaded", query: "", act: openAll },
  {
    name: "tampered",
    query: "",
    act: async (page) => {
      await page.click('[data-image="3"]');
      await openAll(page);
      await page.click('[data-path="etc/menu.conf"]');
      await page.click('.layer[data-layer="2"] .twisty');
    },
  },
  { name: "absent", query: "", act: (page) => page.click('[data-image="2"]') },
  { name: "image", query: "", act: tab("image") },
  { name: "keys", query: "", act: tab("keys") },
  { name: "findings", query: "", act: tab("findings") },
  { name: "large", query: "paths=200000", act: openAll },
  { name: "narrow-images", query: "name=" + "long-name-".repeat(12), viewport: NARROW },
  { name: "narrow-layers", query: "", viewport: NARROW, act: tab("layers") },
  {
    name: "narrow-files",
    query: "",
    viewport: NARROW,
    act: async (page) => {
      await tab("files")(page);
      await openAll(page);
    },
  },
  { name: "narrow-keys", query: "", viewport: NARROW, act: tab("keys") },
];

await takePictures("gallery.html", STATES);
