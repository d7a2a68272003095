import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import { failure, inLens, onSite, opened } from "../support/embed.js";
import { fixtures } from "../support/environment.js";
import type { Ranges } from "../support/host.js";

const MIB = 1024 * 1024;
const LAYERS = 12;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-remote-"));
  const layers = Array.from({ length: LAYERS }, (_, number): [string, number][] => [
    [`part-${number}`, 25],
  ]);
  await writeArchive(join(folder, "large.tar"), layers);
  await writeArchive(join(folder, "middling.tar"), [[["a", 6]], [["b", 6]]]);
  await writeArchive(join(folder, "middling.tar.gz"), [[["a", 6]]], "gzip");
  await mkdir(join(folder, "layout"));
  execFileSync("tar", [
    "-xf",
    join(fixtures, "hello-multiarch", "image.tar"),
    "-C",
    join(folder, "layout"),
  ]);
  execFileSync("tar", ["-xf", join(folder, "middling.tar"), "-C", await made("plain")]);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function made(name: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  return path;
}

describe("an archive on a server with ranges", () => {
  test("of 300 MB is listed for far less than a megabyte", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(`<oci-lens src="/a/large.tar"></oci-lens>`);
      const lens = page.locator("oci-lens");
      await opened(lens);
      const report = await inLens(lens, (element) => element.report());
      expect(report?.images.map(({ layers }) => layers.length)).toEqual([LAYERS]);
      expect(report?.archive.size).toBeGreaterThan(300 * MIB);
      expect(report?.totals.blobs).toMatchObject({ verified: 2, notChecked: LAYERS });
      await lens.locator("oci-lens-overview").waitFor();
      await page.waitForTimeout(500);
      expect(own.sent("/a/")).toBeLessThan(MIB / 2);
    });
  });

  test("has its layers read when its files are looked at, and is verified when that is asked for", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(`<oci-lens src="/a/middling.tar" style="height: 700px"></oci-lens>`);
      const lens = page.locator("oci-lens");
      await opened(lens);
      expect(own.sent("/a/")).toBeLessThan(MIB);
      await lens.locator("[data-tab=files]").click();
      await lens.locator("[role=row][data-path=b]").waitFor();
      await lens.locator("[data-action=scan]").click();
      await lens.locator("[data-group=blobs] [data-status=verified][data-count='4']").waitFor();
      const report = await inLens(lens, (element) => element.verify());
      expect(report.totals.blobs).toMatchObject({ verified: 4, notChecked: 0 });
      expect(report.totals.diffIds).toMatchObject({ verified: 2 });
      // Each byte was fetched once, and a little of it twice.
      expect(own.sent("/a/")).toBeLessThan(14 * MIB);
    });
  });
});

describe("an archive on a server without", () => {
  test.each<[Ranges, string]>([
    ["none", "middling.tar"],
    ["shifted", "middling.tar"],
    ["silent", "middling.tar"],
    ["short", "middling.tar"],
    ["right", "middling.tar.gz"],
  ])("is fetched whole and verified: %s, %s", async (ranges, name) => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder, { ranges, pause: 5 });
      await page.addInitScript(() => {
        const told: unknown[] = [];
        Object.assign(globalThis, { told });
        document.addEventListener("oci-lens-progress", ({ detail }) => told.push(detail));
      });
      await show(`<oci-lens src="/a/${name}" view="files" style="height: 700px"></oci-lens>`);
      const lens = page.locator("oci-lens");
      await lens.locator("[data-scan=done]").waitFor();
      const report = await inLens(lens, (element) => element.report());
      expect(report?.totals.blobs).toMatchObject({ mismatch: 0, missing: 0, notChecked: 0 });
      const told = await page.evaluate(
        () =>
          (globalThis as unknown as { told: { phase: string; done: number; total: number }[] })
            .told,
      );
      const opening = told.filter(({ phase, total }) => phase === "open" && total > 0);
      expect(opening.length).toBeGreaterThan(3);
      expect(opening.every(({ done, total }) => done <= total)).toBe(true);
    });
  });
});

describe("an OCI layout folder on a server", () => {
  test("has its documents fetched, and layers when they are looked at", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(
        `<oci-lens src="/a/layout/index.json" platform="linux/arm64" style="height: 700px"></oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await opened(lens);
      const report = await inLens(lens, (element) => element.report());
      if (!report) throw new Error("there is no report");
      const layerPaths = report.images.flatMap(({ layers }) =>
        layers.map(({ digest }) => `/a/layout/blobs/${(digest ?? "").replace(":", "/")}`),
      );
      const fetched = () =>
        [...new Set(own.asked.map(({ path }) => path))].filter((path) => layerPaths.includes(path));
      expect(report.totals.blobs).toMatchObject({ missing: 0, mismatch: 0 });
      expect(report.totals.blobs.verified).toBeGreaterThan(3);
      await page.waitForTimeout(300);
      expect(fetched()).toEqual([]);
      const arm = report.images.find(({ platform }) => platform?.architecture === "arm64");
      await inLens(lens, (element) => element.select({ view: "files" }));
      await lens.locator("[role=row][data-path=hello]").waitFor();
      expect(fetched()).toEqual(
        (arm?.layers ?? []).map(
          ({ digest }) => `/a/layout/blobs/${(digest ?? "").replace(":", "/")}`,
        ),
      );
      const verified = await inLens(lens, (element) => element.verify());
      expect(verified.totals.blobs).toMatchObject({ missing: 0, mismatch: 0, notChecked: 0 });
      const odd = own.asked.filter(
        ({ path }) =>
          !/^\/(page|lens|a\/layout\/(index\.json|oci-layout|blobs\/sha256\/[0-9a-f]{64}))/.test(
            path,
          ),
      );
      expect(odd).toEqual([]);
    });
  });

  test("is read from a server without ranges, too; a file in it is shown", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder, { ranges: "none" });
      await show(
        `<oci-lens src="/a/plain/" view="files" path="/a" style="height: 900px"></oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await opened(lens);
      await lens.locator("oci-lens-path").waitFor();
      const verified = await inLens(lens, (element) => element.verify());
      expect(verified.totals.blobs).toMatchObject({ verified: 4, notChecked: 0 });
    });
  });

  test("lacks what the server does not have", async () => {
    await onSite(async ({ page, own, show, complaints }) => {
      const path = await made("partial");
      execFileSync("tar", [
        "-xf",
        join(fixtures, "broken-manifest-missing", "image.tar"),
        "-C",
        path,
      ]);
      own.files("/a/", folder);
      await show(`<oci-lens src="/a/partial/index.json"></oci-lens>`);
      const lens = page.locator("oci-lens");
      await opened(lens);
      const report = await inLens(lens, (element) => element.report());
      expect(report?.totals.blobs.missing).toBe(1);
      expect(complaints().every((text) => text.includes("404"))).toBe(true);
    });
  });
});

describe("what cannot be opened is said in the element, and another one on the page works", () => {
  const HTML = "<!doctype html><title>Not found</title>";

  test.each([
    ["/a/none.tar", "source-status", "404"],
    ["OTHER/a/middling.tar", "source-cors", "Access-Control-Allow-Origin"],
    ["http://127.0.0.1:9/a.tar", "source-unreachable", "cannot be read"],
    ["/page.html", "not-an-archive", "HTML"],
    ["javascript:alert(1)", "source-status", "no address"],
    ["/a/layout-of-nothing/index.json", "source-status", "404"],
  ])("%s", async (src, code, words) => {
    await onSite(async ({ page, own, other, show, complaints }) => {
      own.files("/a/", folder);
      own.text("/page.html", HTML);
      other.files("/a/", folder);
      await page.addInitScript(() => {
        const errors: string[] = [];
        Object.assign(globalThis, { errors });
        document.addEventListener("oci-lens-error", ({ detail }) => errors.push(detail.code));
      });
      await show(
        `<oci-lens id="bad" src="${src.replace("OTHER", other.origin)}"></oci-lens>
         <oci-lens id="good" src="/a/layout/index.json"></oci-lens>`,
      );
      const said = await failure(page.locator("#bad"));
      expect(said.code).toBe(code);
      expect(said.text).toContain(words);
      await page.locator("#good").scrollIntoViewIfNeeded();
      await opened(page.locator("#good"));
      expect(
        await page.evaluate(() => (globalThis as unknown as { errors: string[] }).errors),
      ).toEqual([code]);
      // The browser itself says on the console what it could not fetch.
      complaints();
    });
  });

  test("a server of another origin that lets the page read is read, by ranges where it tells of them", async () => {
    await onSite(async ({ page, other, show }) => {
      const allow = { "Access-Control-Allow-Origin": "*" };
      other.files("/told/", folder, {
        headers: { ...allow, "Access-Control-Expose-Headers": "Content-Range, ETag" },
      });
      other.files("/untold/", folder, { headers: allow });
      for (const [way, most] of [
        ["told", MIB],
        ["untold", 14 * MIB],
      ] as const) {
        await show(`<oci-lens src="${other.origin}/${way}/middling.tar"></oci-lens>`);
        await opened(page.locator("oci-lens"));
        expect(other.sent(`/${way}/`)).toBeLessThan(most);
      }
      expect(other.sent("/untold/")).toBeGreaterThan(12 * MIB);
    });
  });

  test("a file that changes between two ranges", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder, { ranges: "changing" });
      await show(`<oci-lens src="/a/middling.tar"></oci-lens>`);
      expect(await failure(page.locator("oci-lens"))).toMatchObject({ code: "source-changed" });
    });
  });
});
