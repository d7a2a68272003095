import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { fixture } from "../e2e/support/environment.js";
import { installed, node, outFolder } from "./installed.js";
import { inPage, opensAnArchive } from "./pages.js";
import { STRICT, withSite } from "./site.js";

declare global {
  function verify(file: File): Promise<unknown>;
}

test.each(["vite", "webpack", "esbuild", "none"])(
  "a project built with %s opens an archive under a strict policy",
  async (bundler) => {
    const out = outFolder(bundler);
    await node("app/build.mjs", bundler, out);
    await withSite(out, { policy: STRICT }, async ({ url }) => {
      await inPage(url, async (page) => {
        await opensAnArchive(page);
        await page.evaluate(() => {
          document.body.insertAdjacentHTML("beforeend", '<input type="file" id="own" />');
        });
        await page.locator("#own").setInputFiles(fixture("hello-oci-archive"));
        const verified = await page.evaluate(() => {
          const file = document.querySelector<HTMLInputElement>("#own")?.files?.[0];
          if (!file) throw new Error("no file");
          return verify(file);
        });
        expect(verified).toEqual({ verified: 3, mismatch: 0, missing: 0, notChecked: 0 });
      });
    });
  },
);

test("a page takes the package from another origin", async () => {
  const out = outFolder("other-origin");
  await node("app/build.mjs", "none", out);
  await withSite(out, { base: "/cdn/", anyOrigin: true }, async ({ url: cdn }) => {
    const page = outFolder("other-origin-page");
    writeFileSync(
      join(page, "index.html"),
      `<script type="module" src="${cdn}oci-lens/oci-lens.js"></script><oci-lens></oci-lens>`,
    );
    await withSite(page, {}, async ({ url }) => {
      await inPage(url, opensAnArchive);
    });
  });
});

test("the module with everything inside opens an archive, asking for nothing more", async () => {
  const out = outFolder("inlined");
  cpSync(join(installed, "dist", "oci-lens.inlined.js"), join(out, "oci-lens.inlined.js"));
  writeFileSync(
    join(out, "index.html"),
    '<script type="module" src="oci-lens.inlined.js"></script><oci-lens></oci-lens>',
  );
  await withSite(out, {}, async ({ url, asked }) => {
    await inPage(url, opensAnArchive);
    expect(asked.filter((path) => path !== "favicon.ico")).toEqual(["", "oci-lens.inlined.js"]);
  });
});
