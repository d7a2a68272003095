import type { Page } from "playwright-core";
import { expect } from "vitest";

import { launch } from "../e2e/support/browser.js";
import { fixture } from "../e2e/support/environment.js";
import { inFolder } from "../e2e/support/temporary.js";
import { Viewer } from "../e2e/support/viewer.js";

export interface PageOptions {
  /** Whether errors on the page's console fail, too: of scripts, and of what cannot be loaded. */
  silent?: boolean;
}

/** Runs with a page of a fresh browser; an error that the page's scripts do not catch fails. */
export async function inPage<T>(
  url: string,
  work: (page: Page) => Promise<T>,
  { silent = false }: PageOptions = {},
): Promise<T> {
  return inFolder(async (profile) => {
    const browser = await launch(profile);
    try {
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        const { url: file } = message.location();
        // The browser asks for an icon by itself.
        if (silent && message.type() === "error" && !file.endsWith("/favicon.ico")) {
          errors.push(`${message.text()} (${file})`);
        }
      });
      await page.goto(url);
      const result = await work(page);
      expect(errors).toEqual([]);
      return result;
    } finally {
      await browser.close();
    }
  });
}

/** Opens a fixture as a user does: all is verified, and the merged tree is shown. */
export async function opensAnArchive(page: Page): Promise<void> {
  const viewer = new Viewer(page);
  await viewer.pick(fixture("hello-oci-archive"));
  await viewer.opened();
  expect(await viewer.scanned()).toBe("done");
  expect(await viewer.totals()).toEqual({
    blobs: { verified: 3, mismatch: 0, missing: 0, "not-checked": 0 },
    "diff-ids": { verified: 1, mismatch: 0, missing: 0, "not-checked": 0 },
  });
  expect((await viewer.readRows()).map(({ path }) => path)).toEqual(["hello"]);
}
