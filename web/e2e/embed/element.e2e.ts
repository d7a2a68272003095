import { execFileSync } from "node:child_process";
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import { failure, inLens, onSite, opened } from "../support/embed.js";
import { fixtures } from "../support/environment.js";

const TALL = `style="height: 800px"`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-element-"));
  await writeArchive(join(folder, "slow.tar"), [[["a", 8]]]);
  await writeArchive(join(folder, "other.tar"), [[["b", 1]]]);
  await mkdir(join(folder, "layout"));
  const archive = join(fixtures, "hello-multiarch", "image.tar");
  execFileSync("tar", ["-xf", archive, "-C", join(folder, "layout")]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Heard {
  type: string;
  detail: Record<string, unknown>;
}

/** Writes down the element's events, but for progress. */
async function listen(page: Page): Promise<() => Promise<Heard[]>> {
  await page.addInitScript(() => {
    const heard: Heard[] = [];
    Object.assign(globalThis, { heard });
    for (const type of ["load", "error", "select", "verify"]) {
      document.addEventListener(`oci-lens-${type}`, (event) => {
        const { detail } = event as CustomEvent<Record<string, unknown>>;
        const told = Object.entries(detail).filter(([key]) => key !== "pathBytes");
        const plain = told.map(([key, value]) => [key, key === "report" ? true : value]);
        heard.push({ type, detail: Object.fromEntries(plain) as Heard["detail"] });
      });
    }
  });
  return () => page.evaluate(() => (globalThis as unknown as { heard: Heard[] }).heard);
}

describe("before the viewer is there", () => {
  test.each(["lazy", "click"])("nothing is loaded but a poster: %s", async (loading) => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(
        `<div style="height: 3000px"></div>
         <oci-lens src="/a/layout/index.json" name="hello" loading="${loading}">
           <p>Without JavaScript: a picture.</p>
         </oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await expect.poll(() => lens.locator("[part=poster]").textContent()).toContain("hello");
      await page.waitForTimeout(500);
      expect(own.asked.map(({ path }) => path).filter((path) => !path.startsWith("/page"))).toEqual(
        [
          expect.stringMatching("/lens/oci-lens.js"),
          expect.stringMatching("/lens/assets/element-"),
        ],
      );
      expect(own.sent("/lens/")).toBeLessThan(10_000);
      expect(page.workers()).toEqual([]);
      await lens.scrollIntoViewIfNeeded();
      if (loading === "click") await lens.locator("[part=poster-button]").click();
      await opened(lens);
      expect(await lens.locator("[part=poster]").count()).toBe(0);
    });
  });

  test("the poster tells what `oci-lens poster` wrote, as text", async () => {
    await onSite(async ({ page, own, show }) => {
      const poster = {
        schema: "oci-lens/poster/v1",
        name: "a.tar",
        size: 5 * 1024 * 1024,
        images: [{ names: ["<img src=x onerror=alert(1)>"], layers: [10, 10_000] }],
      };
      own.text("/poster.json", JSON.stringify(poster), { "Content-Type": "application/json" });
      await show(`<oci-lens src="/a/none.tar" poster="/poster.json" loading="click"></oci-lens>`);
      const text = page.locator("oci-lens [part=poster]");
      await expect.poll(() => text.textContent()).toContain("5.0 MiB · 2 layers");
      expect(await text.textContent()).toContain("<img src=x onerror=alert(1)>");
      expect(await text.locator("img").count()).toBe(0);
      expect(await text.locator(".layers i").count()).toBe(2);
    });
  });

  test("a viewer that cannot be loaded is said, and tried again", async () => {
    await onSite(async ({ page, own, show, complaints }) => {
      own.files("/a/", folder);
      await page.route(/\/viewer-/, (route) => route.abort(), { times: 1 });
      await show(`<oci-lens src="/a/layout/index.json"></oci-lens>`);
      const button = page.locator("oci-lens [part=poster-button]");
      await expect.poll(() => button.textContent()).toBe("Try again");
      expect(complaints().length).toBeGreaterThan(0);
      await button.click();
      await opened(page.locator("oci-lens"));
    });
  });
});

describe("attributes and properties", () => {
  test("say what is looked at, and are followed", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      const heard = await listen(page);
      await show(
        `<oci-lens src="/a/layout/index.json" platform="linux/arm64" view="files" path="/hello" layer="0"
          name="hello" ${TALL}></oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await lens.locator("oci-lens-path").waitFor();
      const report = await inLens(lens, (element) => element.report());
      const arm = report?.images.findIndex(({ platform }) => platform?.architecture === "arm64");
      expect(arm).toBeGreaterThan(0);
      await expect.poll(async () => (await heard()).map(({ type }) => type)).toContain("verify");
      expect((await heard())[0]).toEqual({ type: "load", detail: { name: "hello", report: true } });
      await inLens(lens, (element) => {
        element.view = "raw";
        element.removeAttribute("path");
      });
      await lens.locator("oci-lens-raw").waitFor();
      expect((await heard()).filter(({ type }) => type === "select")).toEqual([
        {
          type: "select",
          detail: { view: "raw", image: arm, path: "/hello", layers: { first: 0, last: 0 } },
        },
      ]);
    });
  });

  test("that were set before the element was defined are taken", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(`<oci-lens ${TALL}></oci-lens>`, { module: "" });
      await page.evaluate(() => {
        const element = document.querySelector("oci-lens");
        Object.assign(element ?? {}, { src: "/a/layout/index.json", withoutToolbar: true });
      });
      await page.addScriptTag({ type: "module", url: "/lens/oci-lens.js" });
      const lens = page.locator("oci-lens");
      await opened(lens);
      expect(await lens.getAttribute("src")).toBe("/a/layout/index.json");
      expect(await lens.locator("[part=header]").count()).toBe(0);
      expect(await lens.locator("[role=tab]").count()).toBe(0);
    });
  });

  test("that were set to nothing before the element was defined leave its attributes", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(`<oci-lens src="/a/layout/index.json" ${TALL}></oci-lens>`, { module: "" });
      // As Material for MkDocs does with everything that has the attribute.
      await page.evaluate(() => {
        for (const element of document.querySelectorAll("[src]")) {
          Reflect.set(element, "src", Reflect.get(element, "src"));
        }
      });
      await page.addScriptTag({ type: "module", url: "/lens/oci-lens.js" });
      const lens = page.locator("oci-lens");
      await opened(lens);
      expect(await lens.getAttribute("src")).toBe("/a/layout/index.json");
    });
  });

  test("without-drop: nothing can be opened by readers; the caption stays below", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(
        `<oci-lens src="/a/layout/index.json" without-drop ${TALL}>
           <p slot="caption">What is in it</p><p id="plain">Without JavaScript</p>
         </oci-lens>`,
      );
      const lens = page.locator("oci-lens");
      await opened(lens);
      expect(await lens.locator("[data-action=open]").isVisible()).toBe(false);
      expect(await page.locator("[slot=caption]").isVisible()).toBe(true);
      expect(await page.locator("#plain").isVisible()).toBe(false);
    });
  });
});

describe("methods", () => {
  test("open, report, select, verify and close; create", async () => {
    await onSite(async ({ page, own, show, complaints }) => {
      own.files("/a/", folder);
      await show(`<main></main>`, {
        module: "",
        head: `<script type="module">
          import * as lens from "/lens/oci-lens.js";
          Object.assign(globalThis, { lens });
        </script>`,
      });
      await page.waitForFunction(() => "lens" in globalThis);
      const made = await page.evaluate(async () => {
        const { create } = (globalThis as unknown as { lens: typeof import("../../src/define.js") })
          .lens;
        const into = document.querySelector("main");
        if (!into) throw new Error("there is no main");
        const lens = create(undefined, into, { name: "made", theme: "dark" });
        const early = await lens.select({ view: "raw" }).catch((error: unknown) => String(error));
        const first = await lens.open("/a/layout/index.json");
        await lens.select({ view: "raw" });
        const verified = await lens.verify();
        const blob = await (await fetch("/a/other.tar")).blob();
        const second = await lens.open(blob);
        const failed = await lens.open("/a/none.tar").catch((error: unknown) => String(error));
        await lens.close();
        return {
          early,
          failed,
          images: first.images.length,
          notChecked: verified.totals.blobs.notChecked,
          members: second.archive.members,
          closed: (await lens.report()) === undefined,
          theme: lens.getAttribute("theme"),
        };
      });
      expect(made).toMatchObject({ notChecked: 0, closed: true, theme: "dark" });
      expect(made.early).toContain("no archive is open");
      expect(made.failed).toContain("404");
      expect(made.images).toBeGreaterThan(1);
      expect(made.members).toBeGreaterThan(3);
      // The browser itself may say so on the console.
      expect(complaints().filter((text) => !text.includes("404"))).toEqual([]);
    });
  });
});

describe("an element that", () => {
  test("is moved keeps what is open", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      const heard = await listen(page);
      await show(
        `<section><oci-lens src="/a/layout/index.json" view="files" path="/hello" ${TALL}></oci-lens></section><aside></aside>`,
      );
      const lens = page.locator("oci-lens");
      await lens.locator("oci-lens-path").waitFor();
      await expect.poll(async () => (await heard()).map(({ type }) => type)).toContain("verify");
      await page.waitForTimeout(1000);
      const asked = own.asked.map(({ path }) => path);
      await inLens(lens, (element) => {
        document.querySelector("aside")?.append(element);
      });
      await page.waitForTimeout(500);
      expect(await page.locator("aside oci-lens oci-lens-path").count()).toBe(1);
      await lens.locator("[role=row][data-path=hello]").waitFor();
      expect(own.asked.map(({ path }) => path)).toEqual(asked);
      expect((await heard()).filter(({ type }) => type === "load")).toHaveLength(1);
    });
  });

  test("is removed while it loads stops that, and begins again when it is back", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/slow/", folder, { ranges: "none", pause: 50 });
      const heard = await listen(page);
      await show(`<oci-lens src="/slow/slow.tar" ${TALL}></oci-lens>`);
      const slow = () => own.asked.filter(({ path }) => path === "/slow/slow.tar");
      await expect.poll(() => slow()[0]?.sent ?? 0).toBeGreaterThan(200_000);
      await page.evaluate(() => {
        const element = document.querySelector("oci-lens");
        Object.assign(globalThis, { element });
        element?.remove();
      });
      await expect.poll(() => slow()[0]?.broken).toBe(true);
      await expect.poll(() => page.workers().length).toBe(0);
      expect(await heard()).toEqual([]);
      await page.evaluate(() => {
        const { element } = globalThis as unknown as { element: Element };
        element.setAttribute("src", "/slow/other.tar");
        document.body.append(element);
      });
      await opened(page.locator("oci-lens"));
      expect((await heard()).map(({ type }) => type)[0]).toBe("load");
    });
  });

  test("gets another src while it loads opens that alone", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/slow/", folder, { ranges: "none", pause: 50 });
      const heard = await listen(page);
      await show(`<oci-lens src="/slow/slow.tar" ${TALL}></oci-lens>`);
      const lens = page.locator("oci-lens");
      await expect
        .poll(
          () =>
            own.asked.filter(({ path, sent }) => path === "/slow/slow.tar" && sent > 200_000)
              .length,
        )
        .toBe(1);
      await inLens(lens, (element) => {
        element.src = "/slow/other.tar";
      });
      await lens.locator("[data-scan=done]").waitFor();
      expect(own.asked.find(({ path }) => path === "/slow/slow.tar")?.broken).toBe(true);
      expect((await heard()).map(({ type, detail }) => [type, detail["name"]])).toEqual([
        ["load", "other.tar"],
        ["verify", undefined],
      ]);
      await inLens(lens, (element) => {
        element.src = undefined;
      });
      await lens.locator("[part=drop-zone]").waitFor();
    });
  });
});

/** Counts the workers of a name that a page has at once. */
async function countWorkers(page: Page): Promise<() => Promise<Record<string, number>>> {
  await page.addInitScript(() => {
    const now: Record<string, number> = {};
    const most: Record<string, number> = {};
    class Counted extends Worker {
      readonly #name: string;

      constructor(script: URL | string, options: WorkerOptions) {
        super(script, options);
        this.#name = options.name ?? "";
        now[this.#name] = (now[this.#name] ?? 0) + 1;
        most[this.#name] = Math.max(most[this.#name] ?? 0, now[this.#name] ?? 0);
      }

      override terminate(): void {
        now[this.#name] = (now[this.#name] ?? 0) - 1;
        super.terminate();
      }
    }
    Object.assign(globalThis, { Worker: Counted, workersAtOnce: most });
  });
  return () =>
    page.evaluate(
      () => (globalThis as unknown as { workersAtOnce: Record<string, number> }).workersAtOnce,
    );
}

test("several on a page share the workers, and each module is fetched once", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    const atOnce = await countWorkers(page);
    const one = `<oci-lens src="/a/slow.tar" view="files" loading="eager" ${TALL}></oci-lens>`;
    await show(one + one + one);
    const processors = await page.evaluate(() => navigator.hardwareConcurrency);
    for (const lens of await page.locator("oci-lens").all()) {
      await opened(lens);
      await lens.locator("[data-scan=done]").waitFor();
    }
    const { "oci-lens-engine": engines, "oci-lens-scan": scanners, ...others } = await atOnce();
    expect(engines).toBe(1);
    expect(scanners).toBeGreaterThan(0);
    expect(scanners).toBeLessThanOrEqual(Math.min(processors, 4));
    expect(others).toEqual({});
    const modules = own.asked.filter(({ path }) =>
      /\/(?:list|worker|viewer)[^/]*\.(?:js|wasm)$/.test(path),
    );
    expect(new Set(modules.map(({ path }) => path)).size).toBe(modules.length);
  });
});

test("the page's own toggle decides the colours, at once", async () => {
  await onSite(async ({ page, show }) => {
    await show(`<oci-lens loading="eager"></oci-lens>`);
    const lens = page.locator("oci-lens");
    await lens.locator("[part=drop-zone]").waitFor();
    const scheme = () =>
      lens.evaluate((element) => [
        getComputedStyle(element).colorScheme,
        getComputedStyle(element).backgroundColor,
      ]);
    const [, light] = await scheme();
    const dark = "rgb(14, 20, 22)";
    expect(light).toBe("rgb(243, 245, 245)");
    const toggles: [name: string, on: string, off: string, where: "html" | "body"][] = [
      ["data-theme", "dark", "light", "html"],
      ["data-theme", "dark", "light", "body"],
      ["class", "dark", "", "html"],
      ["class", "navy", "light", "html"],
      ["data-md-color-scheme", "slate", "default", "body"],
      ["style", "color-scheme: dark", "", "html"],
    ];
    for (const [name, on, off, where] of toggles) {
      const set = (value: string) =>
        page.locator(where).evaluate(
          (element, [name, value]) => {
            element.setAttribute(name ?? "", value ?? "");
          },
          [name, value],
        );
      await set(on);
      await expect.poll(scheme).toEqual(["dark", dark]);
      await set(off);
      await expect.poll(async () => (await scheme())[1]).toBe(light);
      await page.locator(where).evaluate((element, name) => {
        element.removeAttribute(name);
      }, name);
    }
    await inLens(lens, (element) => {
      element.theme = "dark";
    });
    await expect.poll(scheme).toEqual(["dark", dark]);
  });
});

describe("the page's own address", () => {
  test("takes the same words, so that it can be a frame", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(
        `<iframe width="1000" height="900"
          src="/lens/index.html?src=/a/layout/index.json&view=files&path=/hello&without-toolbar"></iframe>`,
        { module: "" },
      );
      const lens = page.frameLocator("iframe").locator("oci-lens");
      await lens.locator("oci-lens-path").waitFor();
      expect(await lens.locator("[part=header]").count()).toBe(0);
    });
  });

  test("takes no other origin", async () => {
    await onSite(async ({ page, own, other }) => {
      other.files("/a/", folder, { headers: { "Access-Control-Allow-Origin": "*" } });
      await page.goto(`${own.origin}/lens/index.html?src=${other.origin}/a/layout/index.json`);
      expect(await failure(page.locator("oci-lens"))).toMatchObject({ code: "source-origin" });
      expect(other.asked).toEqual([]);
    });
  });
});
