import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { INTRANET } from "../support/browser.js";
import { inLens, onSite, opened } from "../support/embed.js";
import { dist, fixtures } from "../support/environment.js";

const TALL = `style="height: 800px"`;
const ONE = `<oci-lens src="/a/layout.tar" view="files" ${TALL}></oci-lens>`;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-survives-"));
  await cp(join(fixtures, "hello-multiarch", "image.tar"), join(folder, "layout.tar"));
  await cp(join(fixtures, "outer-gzip", "image.tar"), join(folder, "layout.tar.gz"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Waits until all is verified, and a file is among the rows. */
async function works(lens: Locator): Promise<void> {
  await opened(lens);
  await lens.locator("[data-scan=done]").waitFor();
  await lens.locator("[role=row][data-path=hello]").waitFor();
  const report = await inLens(lens, (element) => element.report());
  expect(report?.totals.blobs).toMatchObject({ mismatch: 0, missing: 0, notChecked: 0 });
}

describe("a strict Content-Security-Policy", () => {
  const STRICT =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; " +
    "connect-src 'self'; img-src data:";
  const inlineStyle = "; style-src-attr 'unsafe-inline'";

  test("is enough where the module is beside the page", async () => {
    await onSite(async ({ page, own, show }) => {
      own.files("/a/", folder);
      await show(ONE, { policy: STRICT + inlineStyle });
      await works(page.locator("oci-lens"));
    });
  });

  const away = (other: string, workers: string) =>
    `default-src 'none'; script-src ${other} 'wasm-unsafe-eval'; worker-src ${workers}; ` +
    `connect-src 'self' ${other}; img-src data:${inlineStyle}`;

  test("needs workers of blobs where the module is of another origin", async () => {
    await onSite(async ({ page, own, other, show }) => {
      own.files("/a/", folder);
      const module = `${other.origin}/lens/oci-lens.js`;
      await show(ONE, { module, policy: away(other.origin, `blob: ${other.origin}`) });
      await works(page.locator("oci-lens"));
    });
  });

  test("says what it does not let through", async () => {
    await onSite(async ({ page, own, other, show, complaints }) => {
      own.files("/a/", folder);
      const module = `${other.origin}/lens/oci-lens.js`;
      await show(ONE, { module, policy: away(other.origin, "'self'") });
      const alert = page.locator("oci-lens [role=alert][data-code]");
      await alert.waitFor();
      expect(await alert.getAttribute("data-code")).toBe("worker-failed");
      expect(await alert.textContent()).toContain("worker-src");
      expect(complaints().every((text) => text.includes("Content Security Policy"))).toBe(true);
    });
  });
});

test("the module may come from another origin", async () => {
  await onSite(async ({ page, own, other, show }) => {
    own.files("/a/", folder);
    await show(ONE, { module: `${other.origin}/lens/oci-lens.js` });
    await works(page.locator("oci-lens"));
    expect(own.sent("/lens/")).toBe(0);
  });
});

test("two copies of the module on a page: the first one works, the other is not loaded further", async () => {
  await onSite(async ({ page, own, other, show }) => {
    own.files("/a/", folder);
    await show(ONE + ONE, {
      head: `<script type="module" src="${other.origin}/lens/oci-lens.js"></script>`,
      module: "/lens/oci-lens.js",
    });
    for (const lens of await page.locator("oci-lens").all()) {
      await lens.scrollIntoViewIfNeeded();
      await works(lens);
    }
    const viewers = [...own.asked, ...other.asked].filter(({ path }) => /\/viewer-/.test(path));
    expect(viewers).toHaveLength(1);
  });
});

test("the module can be imported where there is no document", () => {
  const module = pathToFileURL(join(dist, "oci-lens.js")).href;
  const script = `const { OciLens, create } = await import(${JSON.stringify(module)});
    console.log(typeof OciLens, typeof create);`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
  });
  expect(printed.trim()).toBe("function function");
});

test("a browser without module workers is told so", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    await page.addInitScript(() => {
      // As browsers do that take the second argument for nothing: the script is no classic one.
      globalThis.Worker = new Proxy(Worker, {
        construct: (target, [url]) => new target(url as string),
      });
    });
    await show(ONE);
    const alert = page.locator("oci-lens [role=alert][data-code]");
    await alert.waitFor();
    expect(await alert.getAttribute("data-code")).toBe("worker-failed");
  });
});

test("without SIMD the other build of the core is loaded", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    const assets = await readdir(join(dist, "assets"));
    for (const name of assets.filter((each) => /^(?:scan-)?worker-.*\.js$/.test(each))) {
      const script = await readFile(join(dist, "assets", name), "utf8");
      own.text(`/lens/assets/${name}`, `WebAssembly.validate = () => false;\n${script}`, {
        "Content-Type": "text/javascript",
      });
    }
    await show(ONE);
    await works(page.locator("oci-lens"));
    const modules = own.asked.map(({ path }) => path).filter((path) => path.endsWith(".wasm"));
    // Of each module the build without SIMD alone.
    expect(modules.map((path) => /([a-z]+)_bg/.exec(path)?.[1]).sort()).toEqual([
      "engine",
      "list",
      "scan",
    ]);
  });
});

test("a page that came by plain http works, but for what browsers keep from it", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    await show("");
    const path = new URL(page.url()).pathname;
    own.text(
      path,
      `<!doctype html><link rel="icon" href="data:,"><script type="module" src="/lens/oci-lens.js"></script>
       ${ONE}<oci-lens id="packed" src="/a/layout.tar.gz" ${TALL}></oci-lens>`,
    );
    await page.goto(own.origin.replace("127.0.0.1", INTRANET) + path);
    expect(await page.evaluate(() => [isSecureContext, "clipboard" in navigator])).toEqual([
      false,
      false,
    ]);
    const [lens, packed] = [page.locator("oci-lens").first(), page.locator("#packed")];
    await works(lens);
    await packed.scrollIntoViewIfNeeded();
    await opened(packed);
    await lens.locator("[data-tab=overview]").click();
    await lens.locator("oci-lens-overview button[aria-label^=Copy]").first().click();
    await expect.poll(() => lens.locator(".toast").textContent()).toContain("did not allow");
    await lens.locator("[data-tab=store]").click();
    await lens.locator("oci-lens-store").waitFor();
    await lens.getByText("what is stored is kept in memory").waitFor();
  });
});
