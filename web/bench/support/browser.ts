import { join } from "node:path";

import type { Page } from "playwright-core";

import { launch } from "../../e2e/support/browser.js";
import { url } from "../../e2e/support/environment.js";
import { inFolder } from "../../e2e/support/temporary.js";
import { Viewer } from "../../e2e/support/viewer.js";

/** What a bench works with: a fresh browser with the page open, and a folder for files. */
export interface Stage {
  readonly viewer: Viewer;
  readonly page: Page;
  readonly folder: string;
  /** Name and version of the browser. */
  readonly browser: string;
}

/** Runs with a browser of its own, which is gone afterwards. */
export async function onStage<T>(work: (stage: Stage) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    const context = await launch(join(folder, "profile"));
    try {
      const page = context.pages()[0] ?? (await context.newPage());
      await page.goto(url());
      const browser = `Chromium ${context.browser()?.version() ?? "of unknown version"}`;
      return await work({ viewer: new Viewer(page), page, folder, browser });
    } finally {
      await context.close();
    }
  });
}

/** Reads the processor time of the page's main thread, in milliseconds. */
export async function workClock(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return 1000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN);
  };
}
