import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";

import { launch, NAMED_HOST } from "../e2e/support/browser.js";
import { inFolder } from "../e2e/support/temporary.js";
import { copied, dist, outFolder } from "./installed.js";
import { opensAnArchive } from "./pages.js";
import { STRICT, withSite } from "./site.js";

/** The built page under another title, as a later build is. */
function laterBuild(): string {
  const folder = copied(dist, "later-build");
  const edit = (name: string, from: string | RegExp, to: string): void => {
    const file = join(folder, name);
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(from);
    writeFileSync(file, text.replace(from, to));
  };
  edit("index.html", "<title>oci-lens</title>", "<title>later</title>");
  edit("service-worker.js", /"build":"\w+"/, '"build":"later"');
  return folder;
}

const titles = async (browser: BrowserContext, url: string): Promise<string> => {
  const page = await browser.newPage();
  await page.goto(url);
  const title = await page.title();
  await page.close();
  return title;
};

const ready = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });

test("the page works from any path, without a network after the first visit, and one build at a time", async () => {
  const empty = outFolder("empty");
  const site = { policy: STRICT, base: "/some/where/" };
  await withSite(dist, site, async ({ url: address, replace, asked }) => {
    const url = address.replace("127.0.0.1", NAMED_HOST);
    const beyond: string[] = [];
    await inFolder(async (profile) => {
      const browser = await launch(profile);
      browser.on("request", (request) => {
        if (!request.url().startsWith(url) && !/^(?:blob|data):/.test(request.url())) {
          beyond.push(request.url());
        }
      });
      try {
        let page = await browser.newPage();
        await page.goto(url);
        await ready(page);
        // Of each module one build, that which this browser runs.
        expect(asked.filter((path) => path.endsWith(".wasm"))).toHaveLength(4);
        await page.close();

        // A host that has nothing any more, and a network that is not there.
        replace(empty);
        await browser.setOffline(true);
        const before = asked.length;
        page = await browser.newPage();
        await page.goto(url);
        await opensAnArchive(page);
        await page.locator("oci-lens").getByRole("tab", { name: "Store" }).click();
        await page.locator("oci-lens-store").waitFor();
        expect(asked.slice(before)).toEqual([]);

        // The page stays what it was while it is open; then the later one takes its place.
        await browser.setOffline(false);
        replace(laterBuild());
        await page.reload();
        await page.evaluate(async () => {
          const registration = await navigator.serviceWorker.ready;
          await registration.update();
        });
        await expect
          .poll(() =>
            page.evaluate(async () => (await navigator.serviceWorker.ready).waiting?.state),
          )
          .toBe("installed");
        expect(await titles(browser, url)).toBe("oci-lens");
        await page.close();
        await expect.poll(() => titles(browser, url)).toBe("later");
        page = await browser.newPage();
        await page.goto(url);
        const caches = await page.evaluate(() => globalThis.caches.keys());
        expect(caches).toEqual([`oci-lens ${url} later`]);
        expect(beyond).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  });
});
