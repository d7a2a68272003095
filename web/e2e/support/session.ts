import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { BrowserContext } from "playwright-core";
import { expect } from "vitest";

import { launch, type Look } from "./browser.js";
import { serverLog, url } from "./environment.js";
import { Protocol } from "./protocol.js";
import { Viewer } from "./viewer.js";

// All that the page may ask its server for.
const ALLOWED = [
  /^GET \/ 200$/,
  /^GET \/icon\.svg 200$/,
  /^GET \/assets\/[\w.-]+\.(?:js|css|wasm) 200$/,
  /^GET \/(?:oci-lens|index)\.js 200$/,
  /^GET \/sample\.oci\.tar 200$/,
];

/** A fresh browser with the page open. */
export class Session {
  private constructor(
    readonly viewer: Viewer,
    readonly protocol: Protocol,
    readonly profile: string,
    readonly context: BrowserContext,
  ) {}

  static async start(look: Look = {}): Promise<Session> {
    const profile = await mkdtemp(join(tmpdir(), "oci-lens-profile-"));
    const context = await launch(profile, look);
    const protocol = await Protocol.connect(profile, new URL(url()).origin);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.addInitScript(() => {
      const violations: string[] = [];
      Object.assign(globalThis, { violations });
      document.addEventListener("securitypolicyviolation", (event) => {
        violations.push(`${event.violatedDirective} ${event.blockedURI}`);
      });
      for (const type of ["oci-lens-load", "oci-lens-verify"]) {
        document.addEventListener(type, (event) => {
          const { detail } = event as CustomEvent<{ report: unknown }>;
          Object.assign(globalThis, { lastReport: detail.report });
        });
      }
    });
    await page.goto(url());
    return new Session(new Viewer(page), protocol, profile, context);
  }

  /** What pages and workers complained of so far: nothing, if all is well. */
  async complaints(): Promise<string[]> {
    const heard = this.protocol.complaints.map(
      ({ kind, target, text }) => `${kind} in ${target}: ${text}`,
    );
    const violations = await this.viewer.page.evaluate(
      () => (globalThis as { violations?: string[] }).violations ?? [],
    );
    return [...heard, ...violations.map((text) => `violation event: ${text}`)];
  }

  /** Ends the browser, after having looked for complaints and for requests. */
  async end(): Promise<void> {
    try {
      expect(await this.complaints()).toEqual([]);
      this.checkRequests();
    } finally {
      await this.stop();
    }
  }

  /** Looks at what the page's server was asked for. */
  checkRequests(): void {
    const lines = readFileSync(serverLog(), "utf8").split("\n").filter(Boolean);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !ALLOWED.some((allowed) => allowed.test(line)))).toEqual([]);
  }

  /** Ends the browser. */
  async stop(): Promise<void> {
    this.protocol.close();
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs a test in a browser of its own, which is looked after in the end. */
export async function inBrowser<T>(
  test: (session: Session) => Promise<T>,
  look: Look = {},
): Promise<T> {
  const session = await Session.start(look);
  let found: T;
  try {
    found = await test(session);
  } catch (error) {
    const complaints = await session.complaints().catch(() => []);
    await session.stop();
    if (complaints.length > 0 && error instanceof Error) {
      error.message += `\ncomplaints:\n${complaints.join("\n")}`;
    }
    throw error;
  }
  await session.end();
  return found;
}
