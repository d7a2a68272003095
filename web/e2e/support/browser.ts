import { chromium as playwright, type BrowserContext } from "playwright-core";

import { chromium } from "./environment.js";

/** A name of this machine that a browser does not take for this machine. */
export const INTRANET = "intranet.test";

/** One that it takes for this machine, but no page does. */
export const NAMED_HOST = "page.localhost";

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

// No host but this one has an address, which two names have, too.
const HOSTS =
  `--host-resolver-rules=MAP ${INTRANET} 127.0.0.1, MAP * ~NOTFOUND, ` +
  `EXCLUDE 127.0.0.1, EXCLUDE ${NAMED_HOST}`;

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
