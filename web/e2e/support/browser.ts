import { chromium as playwright, type BrowserContext } from "playwright-core";

import { chromium } from "./environment.js";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/** What is this machine, too, by another name. */
export const NAMED_HOST = "page.localhost";

// No host but this one has an address.
const HOSTS = `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE ${NAMED_HOST}`;

/** What a browser shows that it would not show by itself. */
export interface Look {
  /** Scrollbars, which a browser without a window hides. */
  readonly scrollbars?: boolean;
}

/** A browser with a profile of its own, from which no other host can be reached. */
export function launch(
  profile: string,
  { scrollbars = false }: Look = {},
): Promise<BrowserContext> {
  return playwright.launchPersistentContext(profile, {
    executablePath: chromium(),
    headless: true,
    args: [...FLAGS, HOSTS],
    ...(scrollbars ? { ignoreDefaultArgs: ["--hide-scrollbars"] } : {}),
    viewport: { width: 1280, height: 1600 },
  });
}
