import { cpSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

import { Viewer } from "../e2e/support/viewer.js";
import { installed, outFolder } from "./installed.js";
import { inPage, opensAnArchive } from "./pages.js";

/** Where the page lies alone on a disk. */
function onDisk(name: string): string {
  const file = join(outFolder(name), "oci-lens.html");
  cpSync(join(installed, "oci-lens.html"), file);
  return pathToFileURL(file).href;
}

test("the page in one file opens an archive from a disk, asking for nothing", async () => {
  await inPage(onDisk("one-page"), async (page) => {
    const asked: string[] = [];
    page.context().on("request", (request) => asked.push(request.url()));
    await opensAnArchive(page);
    const viewer = new Viewer(page);
    await viewer.element.locator("[data-path=hello]").first().click();
    const path = viewer.element.locator("oci-lens-path");
    await path.locator(".what", { hasText: "sh script, ASCII" }).waitFor({ timeout: 15_000 });
    expect(asked.filter((url) => !/^(?:blob|data):/.test(url))).toEqual([]);
  });
});

test("the page in one file has the sample inside", async () => {
  await inPage(onDisk("one-page-sample"), async (page) => {
    const viewer = new Viewer(page);
    await viewer.sample();
    expect(await viewer.scanned()).toBe("done");
    expect(await viewer.element.locator("[part~=header]").textContent()).toContain(
      "sample.oci.tar",
    );
  });
});
