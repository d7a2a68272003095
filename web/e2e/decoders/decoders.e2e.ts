import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { chooseFile } from "../support/engine.js";
import { fixture, serverLog } from "../support/environment.js";
import { inBrowser } from "../support/session.js";

/** What the server was asked for, of what comes after the first list. */
function later(): string[] {
  const asked = readFileSync(serverLog(), "utf8").matchAll(
    /\/(scan(?:_bg|-worker)?|unpack)-[\w-]+\./g,
  );
  return Array.from(asked, ([, name = ""]) => name);
}

test("decoders are fetched by the first scan, once, and not to open an archive", async () => {
  await inBrowser(async ({ viewer: { page } }) => {
    const chosen = await chooseFile(page, fixture("hello-multiarch"));
    const before = later().length;
    const archive = await page.evaluateHandle(
      async ({ module: { createEngine }, input: { files } }) => {
        const file = files?.[0];
        if (!file) throw new Error("no file");
        return createEngine({ workers: 1 }).open(file);
      },
      chosen,
    );
    expect(await archive.evaluate(({ latest }) => latest.images.length)).toBeGreaterThan(1);
    expect(later().slice(before)).toEqual([]);
    await archive.evaluate((archive) => archive.scan().then(() => archive.scan()));
    expect(later().slice(before).sort()).toEqual(["scan", "scan-worker", "scan_bg"]);
  });
});

test("a list needs no engine, and all else says that it cannot be loaded", async () => {
  await inBrowser(async ({ viewer: { page } }) => {
    const said = await page.evaluate(
      async ({ module: { createEngine, EngineError }, input: { files } }) => {
        const file = files?.[0];
        if (!file) throw new Error("no file");
        const archive = await createEngine({ urls: { wasm: "/icon.svg" } }).open(file);
        const images = archive.latest.images.length;
        const failure = await archive.scan().catch((error: unknown) => error);
        return { images, code: failure instanceof EngineError ? failure.code : String(failure) };
      },
      await chooseFile(page, fixture("hello-multiarch")),
    );
    expect(said.images).toBeGreaterThan(1);
    expect(said.code).toBe("core-unavailable");
  });
});
