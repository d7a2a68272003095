import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { fixture, serverLog } from "../support/environment.js";
import { inBrowser } from "../support/session.js";

type Module = typeof import("../../src/index.js");

/** What the server was asked for, of what comes after the first list. */
function later(): string[] {
  const asked = readFileSync(serverLog(), "utf8").matchAll(
    /\/(scan(?:_bg|-worker)?|unpack)-[\w-]+\./g,
  );
  return Array.from(asked, ([, name = ""]) => name);
}

test("decoders are fetched by the first scan, once, and not to open an archive", async () => {
  await inBrowser(async ({ viewer: { page } }) => {
    const input = await page.evaluateHandle(() => {
      const made = Object.assign(document.createElement("input"), { type: "file" });
      document.body.append(made);
      return made;
    });
    await input.setInputFiles(fixture("hello-multiarch"));
    // As text: what builds these tests would make another thing of an import.
    const module = await page.evaluateHandle<Module>('import("/oci-lens.js")');
    const before = later().length;
    const archive = await page.evaluateHandle(
      async ({ module: { createEngine }, input: { files } }) => {
        const file = files?.[0];
        if (!file) throw new Error("no file");
        return createEngine({ workers: 1 }).open(file);
      },
      { module, input },
    );
    expect(await archive.evaluate(({ latest }) => latest.images.length)).toBeGreaterThan(1);
    expect(later().slice(before)).toEqual([]);
    await archive.evaluate((archive) => archive.scan().then(() => archive.scan()));
    expect(later().slice(before).sort()).toEqual(["scan", "scan-worker", "scan_bg"]);
  });
});
