import { readFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { createServer } from "vite";

const WIDE = { width: 1440, height: 900 };

/** Takes a picture of each state in light and dark, and runs axe over it, as the command line asks. */
export async function takePictures(gallery, states) {
  const [folder = "screenshots", ...only] = process.argv.slice(2);
  const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const server = await createServer({ configFile: "vite.config.ts", server: { port: 0 } });
  await server.listen();
  const address = server.resolvedUrls?.local[0];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
  });
  await mkdir(folder, { recursive: true });

  let serious = 0;
  for (const { name, query, viewport = WIDE, act } of states) {
    if (only.length > 0 && !only.some((part) => name.startsWith(part))) continue;
    for (const theme of ["light", "dark"]) {
      const page = await browser.newPage({ viewport });
      page.on("console", (message) => {
        if (message.type() !== "debug") console.log(`${name} ${theme}: ${message.text()}`);
      });
      page.on("pageerror", (error) => console.log(`${name} ${theme}: ${error.stack}`));
      await page.goto(`${address}test/view/${gallery}?theme=${theme}&${query}`);
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
}
