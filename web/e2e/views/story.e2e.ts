import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

/** Chooses a path as a deep link does, and waits for what is known of it. */
async function choose(viewer: Viewer, path: string): Promise<void> {
  await viewer.page.evaluate((path) => {
    location.hash = `view=files&image=0&path=/${path}`;
  }, path);
  await viewer.element.locator("oci-lens-path h2").getByText(`/${path}`, { exact: true }).waitFor();
  await viewer.element.locator("oci-lens-path .inspector[aria-busy=false]").waitFor();
}

const steps = (viewer: Viewer) =>
  viewer.element
    .locator("oci-lens-path .step")
    .evaluateAll((items) =>
      items.map((item) => `${item.getAttribute("data-layer")} ${item.getAttribute("data-event")}`),
    );

test("each step of a path is told with its layer and what changed", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await choose(viewer, "etc/shadow");
    const told = await steps(viewer);
    expect(told.map((step) => step.split(" ")[0])).toEqual(["0", "3"]);
    const last = element.locator('oci-lens-path .step[data-layer="3"]');
    const said = ((await last.textContent()) ?? "").replace(/\s+/g, " ");
    // Its content is the same: only the mode was changed, by chmod.
    expect(said).toContain("0640");
    expect(said).toContain("0600");
    expect(said).toContain("chmod 600 /etc/shadow");

    await choose(viewer, "home/menu/.token");
    const token = await steps(viewer);
    expect(token.map((step) => step.split(" ")[0])).toEqual(["2", "5"]);
    expect(token[1]).toBe("5 hidden");
    await element.locator('oci-lens-path [data-hidden="5"]').waitFor();
  });
});

test("links are followed, hardlinks are a group, and who points here is listed", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    const inspector = element.locator("oci-lens-path");
    await choose(viewer, "usr/lib/libtea.so");
    const chain = await inspector.locator(".chain li").allTextContents();
    expect(chain.map((step) => step.trim())).toEqual([
      "/usr/lib/libtea.so.2",
      "/usr/lib/libtea.so.2.1",
    ]);

    // Each is a link, and Back leads back.
    await inspector.locator(".chain li").last().locator("button, a").click();
    await inspector.locator("h2").getByText("/usr/lib/libtea.so.2.1", { exact: true }).waitFor();
    const pointers = async () =>
      (await inspector.locator(".paths li").allTextContents()).map((item) => item.trim());
    await expect.poll(pointers).toContain("/usr/lib/libtea.so.2");
    await viewer.page.goBack();
    await inspector.locator("h2").getByText("/usr/lib/libtea.so", { exact: true }).waitFor();

    await choose(viewer, "usr/bin/menu");
    await expect.poll(pointers).toContain("/usr/bin/menu-admin");
    await choose(viewer, "usr/bin/menu-admin");
    await expect.poll(pointers).toContain("/usr/bin/menu");

    // The link leads into a folder's place: the folder beside it.
    await choose(viewer, "usr/share/doc/libtea");
    await inspector.getByText("../licenses").first().waitFor();
  });
});
