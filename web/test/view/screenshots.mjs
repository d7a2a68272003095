// Takes pictures of the viewer's states, with a made-up archive, and runs axe over each:
//   node test/view/screenshots.mjs FOLDER [NAME...]
import { readFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const [folder = "screenshots", ...only] = process.argv.slice(2);
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const WIDE = { width: 1440, height: 900 };
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

const server = await createServer({ configFile: "vite.config.ts", server: { port: 0 } });
await server.listen();
const address = server.resolvedUrls?.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
await mkdir(folder, { recursive: true });

let serious = 0;
for (const { name, query, viewport = WIDE, act } of STATES) {
  if (only.length > 0 && !only.some((part) => name.startsWith(part))) continue;
  for (const theme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport });
    page.on("console", (message) => {
      if (message.type() !== "debug") console.log(`${name} ${theme}: ${message.text()}`);
    });
    page.on("pageerror", (error) => console.log(`${name} ${theme}: ${error.stack}`));
    await page.goto(`${address}test/view/gallery.html?theme=${theme}&${query}`);
    await page.waitForTimeout(400);
    await act?.(page);
    await page.waitForTimeout(150);
    await page.screenshot({ path: `${folder}/${name}-${theme}.png` });
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run());
    for (const { impact, id, nodes } of violations) {
      if (impact === "serious" || impact === "critical") serious += 1;
      console.log(
        `${name} ${theme}: axe ${impact} ${id}: ${nodes[0]?.target} ${nodes[0]?.failureSummary}`,
      );
    }
    await page.close();
  }
}
await browser.close();
await server.close();
process.exitCode = serious > 0 ? 1 : 0;
