// Takes the README's picture of a page that is being served:
//   node test/view/readme-screenshot.mjs http://127.0.0.1:8080/ ../docs/screenshot.png
import { chromium } from "playwright-core";

const [address = "http://127.0.0.1:8080/", file = "../docs/screenshot.png"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.OCI_LENS_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});
const page = await browser.newPage({
  viewport: { width: 1280, height: 800 },
  colorScheme: "light",
  reducedMotion: "reduce",
});
await page.goto(address);
await page.click("[data-action=sample]");
await page.waitForSelector("[data-scan=done]");
await page.click("[data-depth='all']");
await page.click("[data-path='usr/bin/menu']");
// The pointer rests where nothing answers to it.
await page.mouse.move(640, 2);
await page.waitForTimeout(500);
await page.screenshot({ path: file });
await browser.close();
