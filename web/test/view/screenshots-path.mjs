// Takes pictures of the path inspector in many states, and runs axe over each:
//   node test/view/screenshots-path.mjs FOLDER [NAME...]
import { takePictures } from "./pictures.mjs";

const SIDE = { width: 440, height: 900 };
const SLIM = { width: 320, height: 640 };
const WIDE = { width: 900, height: 900 };
const LOW = { width: 700, height: 360 };

const clickAction = (name) => (page) => page.click(`[data-action="${name}"]`);
const find = (words) => async (page) => {
  await page.fill('input[type="search"]', words);
};

const STATES = [
  { name: "none", query: "", viewport: SIDE },
  { name: "story", query: "path=etc/menu.conf", viewport: SIDE },
  {
    name: "story-open",
    query: "path=etc/menu.conf",
    viewport: { width: 440, height: 1300 },
    act: async (page) => {
      await page.click('.step[data-layer="0"] .twisty');
      await page.click('.step[data-layer="0"] .small');
    },
  },
  { name: "story-slim", query: "path=etc/menu.conf", viewport: { width: 320, height: 1200 } },
  { name: "story-wide", query: "path=etc/menu.conf", viewport: WIDE },
  { name: "hidden", query: "path=root/.token", viewport: SIDE },
  { name: "binary", query: "path=usr/bin/menu", viewport: { width: 440, height: 1100 } },
  {
    name: "binary-hex",
    query: "path=usr/bin/menu",
    viewport: WIDE,
    act: async (page) => {
      await page.click(".fill");
      await clickAction("load")(page);
      await page.waitForTimeout(200);
      await page.fill("#offset", "0x1f00");
      await page.press("#offset", "Enter");
      await page.waitForTimeout(200);
    },
  },
  {
    name: "binary-hex-slim",
    query: "path=usr/bin/menu",
    viewport: SLIM,
    act: async (page) => {
      await page.click(".fill");
      await clickAction("load")(page);
      await page.waitForTimeout(200);
    },
  },
  {
    name: "loading",
    query: "path=usr/bin/menu&slow",
    viewport: SIDE,
    act: async (page) => {
      await clickAction("load")(page);
      await page.waitForTimeout(300);
    },
  },
  { name: "link", query: "path=bin/sh", viewport: SIDE },
  { name: "dangling", query: "path=bin/gone", viewport: SLIM },
  { name: "folder", query: "path=usr/share", viewport: SIDE },
  { name: "implied", query: "path=implied", viewport: SIDE },
  { name: "device", query: "path=dev/null", viewport: SIDE },
  { name: "picture", query: "path=usr/share/icon.png", viewport: SIDE },
  { name: "yaml", query: "path=etc/menu.yaml", viewport: SIDE },
  { name: "json", query: "path=etc/menu.json", viewport: SIDE },
  { name: "shell", query: "path=usr/bin/brew.sh", viewport: SIDE },
  { name: "xml", query: "path=usr/share/menu.xml", viewport: SIDE },
  { name: "find", query: "path=etc/menu.yaml", viewport: SIDE, act: find("me") },
  {
    name: "log",
    query: "path=var/log/menu.log",
    viewport: WIDE,
    act: async (page) => {
      await page.click(".fill");
      await clickAction("load")(page);
      await page.waitForTimeout(200);
      await page.fill("#page", "3");
      await page.press("#page", "Enter");
    },
  },
  {
    name: "log-low",
    query: "path=var/log/menu.log",
    viewport: LOW,
    act: async (page) => {
      await page.click(".fill");
      await clickAction("load")(page);
    },
  },
  {
    name: "odd",
    query: "path=etc/odd.txt",
    viewport: SIDE,
    act: (page) => page.click(".fill"),
  },
  { name: "empty", query: "path=etc/empty", viewport: SIDE },
  {
    name: "long",
    query: `path=${"a-very-long-folder-name/".repeat(9)}and-a-file-at-its-end.yaml`,
    viewport: SLIM,
  },
  { name: "bytes", query: "path=odd/right%25E2%2580%25AEtxt.exe%25ff", viewport: SIDE },
  { name: "stuck", query: "path=etc/menu.conf&stuck", viewport: SIDE },
  { name: "unknown", query: "path=no/such/path", viewport: SIDE },
  { name: "failed", query: "path=etc/menu.conf&failing=story", viewport: SIDE },
  { name: "failed-content", query: "path=etc/menu.conf&failing=content", viewport: SIDE },
];

await takePictures("gallery-path.html", STATES);
