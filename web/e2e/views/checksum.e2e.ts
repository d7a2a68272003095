import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Locator } from "playwright-core";
import { expect, test } from "vitest";

import { command, fixture, fixtures } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

const sha256 = (...parts: (Uint8Array | string)[]): string => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return `sha256:${hash.digest("hex")}`;
};

interface Known {
  cases: { fixture: string; last: number; checksums: { path_b64: string; digest: string }[] }[];
}

/** What Python's tarfile and hashlib find for a path, up to a layer. */
function known(name: string, last: number, path: string): string {
  const file = join(fixtures, "..", "vectors", "fixture_checksums.json");
  const { cases } = JSON.parse(readFileSync(file, "utf8")) as Known;
  const found = cases.find((one) => one.fixture === name && one.last === last);
  const encoded = Buffer.from(path).toString("base64");
  return found?.checksums.find(({ path_b64 }) => path_b64 === encoded)?.digest ?? "";
}

async function goTo(viewer: Viewer, fragment: string): Promise<void> {
  await viewer.page.evaluate((hash) => {
    location.hash = hash;
  }, fragment);
  await viewer.page.reload();
}

async function computed(viewer: Viewer): Promise<{ panel: Locator; digest: string }> {
  const panel = viewer.element.locator("oci-lens-checksum");
  await panel.locator("[data-action=checksum]:not([disabled])").click();
  const digest = panel.locator("dl [data-digest]").first();
  await digest.waitFor();
  return { panel, digest: (await digest.getAttribute("data-digest")) ?? "" };
}

test("the checksum of a file is that of the header shown and its bytes", async () => {
  await inBrowser(async ({ viewer }) => {
    await goTo(viewer, "view=files&image=0&path=/modes/f6755");
    await viewer.pick(fixture("weird"));
    await viewer.scanned();
    const { panel, digest } = await computed(viewer);
    expect(digest).toBe(known("weird", 2, "modes/f6755"));
    const header = Buffer.from(
      (await panel.locator("[data-header-base64]").textContent()) ?? "",
      "base64",
    );
    expect(header.toString()).toBe(await panel.locator("[data-header]").textContent());
    expect(digest).toBe(sha256(header, "6755\n"));
  });
});

test("the checksum of a folder is that of the records shown, also of some layers", async () => {
  await inBrowser(async ({ viewer }) => {
    await goTo(viewer, "view=files&image=0&layers=0-1&path=/links");
    await viewer.pick(fixture("weird"));
    await viewer.scanned();
    const { panel, digest } = await computed(viewer);
    expect(digest).toBe(known("weird", 1, "links"));
    const records = await panel.locator("[data-key]").evaluateAll((rows) =>
      rows.map((row) => ({
        key: row.getAttribute("data-key") ?? "",
        digest: row.querySelector("[data-digest]")?.getAttribute("data-digest") ?? "",
      })),
    );
    const parts = records.flatMap(({ key, digest: part }) => [
      key === "" ? "\0" : key.replaceAll("/", "\0"),
      part,
    ]);
    expect(digest).toBe(sha256(...parts));
    // Patterns choose what goes in.
    await panel.locator("summary").first().click();
    await panel.locator("[name=include]").fill("h2");
    const some = await computed(viewer);
    const keys = some.panel.locator("[data-key]");
    expect(
      await keys.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-key"))),
    ).toEqual(["", "/h2"]);
  });
});

test("page and command agree on the sample, and on what makes two images differ", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    const sample = join(fixtures, "..", "..", "web", "dist", "sample.oci.tar");
    const run = (...words: string[]): string => {
      try {
        return execFileSync(command(), words, { encoding: "utf8" });
      } catch (error) {
        // Statuses 1 and 3 tell of verification or of differences.
        return (error as { stdout: string }).stdout;
      }
    };
    await goTo(viewer, "view=files&image=0&path=/usr");
    await viewer.sample();
    await viewer.scanned();
    const { digest } = await computed(viewer);
    const told = run("checksum", sample, "/usr", "--image", "0", "--follow");
    expect(told).toBe(`${digest}  /usr\n`);

    const report = await viewer.report();
    const before = report.images.find(({ names }) => names.includes("1.3.0"))?.number ?? -1;
    await viewer.view("compare");
    await viewer.chooseIn("right", `same:${before}`);
    await element.getByRole("button", { name: "Compare contents" }).click();
    await element.getByText("Contents were not compared").waitFor({ state: "detached" });
    await element.locator("oci-lens-compare [data-section=checksum] button").click();
    const first = element.locator("[data-first]");
    await first.waitFor();
    const path = await first.getAttribute("data-first");
    const images = ["--image-a", "0", "--image-b", String(before)];
    const line = run("compare", sample, sample, ...images, "--checksum", "/");
    expect(line).toContain(`checksum / differs first: M ${path ?? ""} `);
  });
});
