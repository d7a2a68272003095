import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";

import type { OciLens } from "../../src/element.js";
import { launch } from "./browser.js";
import { dist } from "./environment.js";
import { Host } from "./host.js";

/** Someone else's site: its server, another one, and a browser that looks at it. */
export interface Site {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The server that has the page. */
  readonly own: Host;
  /** A server of another origin. */
  readonly other: Host;
  /** Shows a page with this body. */
  readonly show: (body: string, look?: PageLook) => Promise<void>;
  /** What the page's console, scripts and policy complained of; each is looked at once. */
  readonly complaints: () => string[];
}

export interface PageLook {
  /** The Content-Security-Policy. */
  readonly policy?: string;
  /** Where the element's module is; by default beside the page. */
  readonly module?: string;
  readonly head?: string;
  readonly attributes?: string;
}

/** Runs a test on a site of its own. A complaint that the test has not looked at fails it. */
export async function onSite(work: (site: Site) => Promise<void>): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), "oci-lens-site-"));
  const [own, other] = [await Host.start(), await Host.start()];
  own.files("/lens/", dist);
  other.files("/lens/", dist, { headers: { "Access-Control-Allow-Origin": "*" } });
  const context = await launch(profile);
  const page = context.pages()[0] ?? (await context.newPage());
  const heard: string[] = [];
  page.on("pageerror", ({ message }) => heard.push(message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) heard.push(message.text());
  });
  let pages = 0;
  const site: Site = {
    ...{ page, context, own, other },
    show: async (
      body,
      { policy, module = "/lens/oci-lens.js", head = "", attributes = "" } = {},
    ) => {
      const path = `/page-${(pages += 1)}.html`;
      const text =
        `<!doctype html><html lang="en" ${attributes}><head><meta charset="utf-8"><title>t</title>` +
        `<link rel="icon" href="data:,">${head}` +
        (module === "" ? "" : `<script type="module" src="${module}"></script>`) +
        `</head><body>${body}</body></html>`;
      own.text(path, text, policy === undefined ? {} : { "Content-Security-Policy": policy });
      await page.goto(own.origin + path);
    },
    complaints: () => heard.splice(0),
  };
  try {
    await work(site).catch((error: unknown) => {
      // What was complained of is likely to say why.
      if (error instanceof Error) error.message += `\ncomplaints:\n${heard.join("\n")}`;
      throw error;
    });
    expect(site.complaints()).toEqual([]);
  } finally {
    await context.close();
    await Promise.all([own.close(), other.close()]);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Calls something of the page's element. */
export function inLens<T>(lens: Locator, call: (element: OciLens) => T | Promise<T>): Promise<T> {
  return lens.evaluate(call as (element: Element) => T | Promise<T>);
}

/** Waits until an element's archive is open. */
export async function opened(lens: Locator): Promise<void> {
  await lens.locator("[data-state=open]").waitFor({ timeout: 20_000 });
}

/** What an element says that it cannot open. */
export async function failure(lens: Locator): Promise<{ code: string; text: string }> {
  const alert = lens.locator("[role=alert][data-code]");
  await alert.waitFor({ timeout: 30_000 });
  return {
    code: (await alert.getAttribute("data-code")) ?? "",
    text: ((await alert.locator(".message").textContent()) ?? "").trim(),
  };
}
