import { execFileSync } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { stampOf } from "../../stamp.js";
import { INTRANET } from "../support/browser.js";
import { failure, inLens, onSite, opened } from "../support/embed.js";
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

  test.each<[string, string, (other: string) => string]>([
    ["no worker", "worker-src blob: OTHER; script-src OTHER", (other) => away(other, "'none'")],
    ["no blob", "worker-src blob: OTHER; script-src OTHER", (other) => away(other, other)],
    [
      "no other origin",
      "worker-src blob: OTHER; script-src OTHER",
      (other) => away(other, "blob:"),
    ],
    [
      "no fetch",
      "connect-src OTHER",
      (other) => away(other, `blob: ${other}`).replace(`'self' ${other}`, "'self'"),
    ],
    [
      "no wasm",
      "script-src 'wasm-unsafe-eval'",
      (other) => away(other, `blob: ${other}`).replace(" 'wasm-unsafe-eval'", ""),
    ],
  ])("that lets through %s is answered at once by what it needs", async (_, needs, policy) => {
    await onSite(async ({ page, own, other, show, complaints }) => {
      own.files("/a/", folder);
      const module = `${other.origin}/lens/oci-lens.js`;
      await show(ONE, { module, policy: policy(other.origin) });
      const said = await failure(page.locator("oci-lens"));
      expect(said.text).toContain(needs.replaceAll("OTHER", other.origin));
      expect(complaints().every((text) => text.includes("Content Security Policy"))).toBe(true);
    });
  });

  test("Trusted Types are given addresses by a policy of the element's, and markup by Lit's", async () => {
    await onSite(async ({ page, own, other, show }) => {
      own.files("/a/", folder);
      const types = "; require-trusted-types-for 'script'; trusted-types oci-lens lit-html";
      await show(ONE, { policy: STRICT + inlineStyle + types });
      await works(page.locator("oci-lens"));
      const module = `${other.origin}/lens/oci-lens.js`;
      const policy = away(other.origin, `blob: ${other.origin}`) + types;
      await show(ONE, { module, policy });
      await works(page.locator("oci-lens"));
    });
  });

  test("a page whose Trusted Types leave out the policy is told so", async () => {
    await onSite(async ({ page, own, show, complaints }) => {
      own.files("/a/", folder);
      const types = "; require-trusted-types-for 'script'; trusted-types lit-html";
      await show(ONE, { policy: STRICT + inlineStyle + types });
      const said = await failure(page.locator("oci-lens"));
      expect(said).toMatchObject({ code: "worker-failed" });
      expect(said.text).toContain("TrustedScriptURL");
      expect(complaints().length).toBeGreaterThan(0);
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

describe("two versions of the module on a page", () => {
  // As long as the other one, so that it stands in the other's place anywhere.
  const [now, later] = [stampOf(), "f".repeat(16)];
  let other: string;

  beforeAll(async () => {
    other = join(folder, "later");
    await cp(dist, other, { recursive: true });
    let changed = 0;
    for (const name of await readdir(other, { recursive: true })) {
      if (!name.endsWith(".js")) continue;
      const script = await readFile(join(other, name), "utf8");
      if (!script.includes(now)) continue;
      await writeFile(join(other, name), script.replaceAll(now, later));
      changed += 1;
    }
    // The element's part, and its workers.
    expect(changed).toBeGreaterThan(2);
  });

  test("the first one's element is there for both, and each one's engine is its own", async () => {
    await onSite(async ({ page, own, show, complaints }) => {
      own.files("/a/", folder);
      own.files("/later/", other);
      const script = `import * as copy from "/lens/index.js"; globalThis.copy = copy;`;
      await show(ONE, {
        head: `<script type="module" src="/later/oci-lens.js"></script><script type="module">${script}</script>`,
        module: "",
      });
      const lens = page.locator("oci-lens").first();
      await works(lens);
      const complaint = complaints();
      expect(complaint).toHaveLength(1);
      expect(complaint[0]).toContain(`is of build ${later} here, that of build ${now} is not used`);

      // The second copy's own words: its element is the first one's, its engine is not.
      const opened = await page.evaluate(async () => {
        const { copy } = globalThis as unknown as {
          copy: typeof import("../../src/index.js");
        };
        const archive = await (await fetch("/a/layout.tar")).blob();
        const made = copy.create(archive, document.body, { view: "files" });
        made.id = "made";
        made.style.height = "800px";
        const engine = copy.createEngine();
        const { totals } = await (await engine.open(archive)).scan();
        engine.close();
        return [made instanceof copy.OciLens, totals.blobs.verified];
      });
      expect(opened).toEqual([false, 31]);
      await page.locator("#made").scrollIntoViewIfNeeded();
      await works(page.locator("#made"));
      // Elements run by the first copy, and the second one's engine has run by itself: a browser
      // may list its worker for a while after it was ended.
      const workers = page.workers().map((worker) => new URL(worker.url()).pathname);
      const [first, second] = ["/later/", "/lens/"].map((copy) =>
        workers.filter((path) => path.startsWith(`${copy}assets/worker-`)),
      );
      expect(first).toHaveLength(1);
      expect(second?.length).toBeLessThanOrEqual(1);
      const started = own.asked.filter(({ path }) => /^\/lens\/assets\/worker-/.test(path));
      expect(started).toHaveLength(1);
    });
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
