import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { writeArchive } from "../support/archive.js";
import { look, LOOKS, NARROW, serious, WIDE } from "../support/axe.js";
import { fixture } from "../support/environment.js";
import type { Protocol } from "../support/protocol.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import type { Viewer } from "../support/viewer.js";

/** Looks at each view in turn. */
async function everyView(
  viewer: Viewer,
  about: string,
  act?: (tab: string) => Promise<void>,
): Promise<void> {
  for (const tab of await viewer.element.locator("[role=tab]").all()) {
    await tab.click();
    const name = (await tab.getAttribute("data-tab")) ?? "";
    await act?.(name);
    expect.soft(await serious(viewer), `${about}, ${name}`).toEqual([]);
  }
}

test.each(LOOKS)("axe finds nothing serious, loaded: %s, %o", async (colorScheme, viewport) => {
  await inFolder(async (folder) => {
    const notes = join(folder, "notes.txt");
    await writeFile(notes, "no archive at all\n".repeat(100));
    await inBrowser(async ({ viewer }) => {
      const { element } = viewer;
      await look(viewer, colorScheme, viewport);
      expect.soft(await serious(viewer), "empty").toEqual([]);

      await viewer.pick(notes);
      await viewer.failure();
      expect.soft(await serious(viewer), "failed").toEqual([]);

      await viewer.sample();
      await viewer.scanned();
      // The second image lacks layers, and is a view of its own only once.
      for (const image of viewport === WIDE && colorScheme === "light" ? [0, 1] : [0]) {
        if (viewport === NARROW) await element.locator("[data-tab=images]").click();
        await viewer.choose(image);
        await everyView(viewer, `image ${image}`, async (tab) => {
          if (tab === "files") await viewer.expandAll();
          for (const layer of await element.locator(".layer .twisty:visible").all()) {
            await layer.click();
          }
        });
      }
    });
  });
});

/** Waits until the scan is at the second layer, and keeps it there. */
async function hold({ element }: Viewer, protocol: Protocol): Promise<() => Promise<void>> {
  await element.locator("li.layer[data-layer='0'][data-status=verified]").waitFor({
    state: "attached",
  });
  const held = protocol.workers("oci-lens-scan");
  for (const { session } of held) {
    await protocol.send("Debugger.enable", {}, session);
    await protocol.send("Debugger.pause", {}, session);
  }
  return async () => {
    for (const { session } of held)
      await protocol.send("Debugger.resume", {}, session).catch(() => undefined);
  };
}

test.each([LOOKS[0], LOOKS[1]])(
  "axe finds nothing serious, loading and in part: %s, %o",
  async (colorScheme, viewport) => {
    await inFolder(async (folder) => {
      const archive = join(folder, "large.tar");
      await writeArchive(archive, [[["small", 1]], [["large", 384]]]);
      await inBrowser(async ({ viewer, protocol }) => {
        await look(viewer, colorScheme, viewport);
        await viewer.pick(archive);
        const letGo = await hold(viewer, protocol);
        expect.soft(await serious(viewer), "loading").toEqual([]);
        await viewer.cancel();
        await letGo();
        expect(await viewer.scanned()).toBe("cancelled");
        await everyView(viewer, "in part");
      });
    });
  },
);

test.each(["broken-layer-missing", "broken-index-empty", "broken-diffid-mismatch"])(
  "axe finds nothing serious in %s",
  async (name) => {
    await inBrowser(async ({ viewer }) => {
      const { element } = viewer;
      await look(viewer, "light", WIDE);
      await viewer.pick(fixture(name));
      await element
        .locator("[data-scan=done], [role=alert][data-code]")
        .first()
        .waitFor({ timeout: 90_000 });
      if ((await element.locator("[role=tab]").count()) > 0) await everyView(viewer, name);
      else expect.soft(await serious(viewer), name).toEqual([]);
    });
  },
);

test.each(LOOKS)(
  "axe finds nothing serious in what opens: %s, %o",
  async (colorScheme, viewport) => {
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      const check = async (name: string): Promise<void> => {
        expect.soft(await serious(viewer), name).toEqual([]);
      };
      const choose = async (path: string): Promise<void> => {
        await page.evaluate((path) => {
          location.hash = `view=files&image=0&path=/${path}`;
        }, path);
        const title = element.locator("oci-lens-path h2");
        await title.getByText(`/${path}`, { exact: true }).waitFor();
        await element
          .locator("oci-lens-contents")
          .waitFor({ timeout: 3000 })
          .catch(() => undefined);
        await page.waitForTimeout(300);
      };
      await look(viewer, colorScheme, viewport);
      await viewer.sample();
      await viewer.scanned();
      const files = [
        "usr/share/menu/hours.yaml",
        "usr/share/menu/sencha.json",
        "usr/share/menu/cup.png",
        "usr/bin/menu",
        "usr/lib/libtea.so",
        "home/menu/.token",
        "etc/shadow",
        "var/cache/packages",
      ];
      for (const path of files) {
        await choose(path);
        await check(path);
      }
      for (const twisty of await element.locator("oci-lens-path .step .twisty").all()) {
        await twisty.click();
      }
      await check("all versions of a path");

      await page.evaluate(() => {
        location.hash = "view=files&image=0";
      });
      await element.getByRole("button", { name: "Map", exact: true }).click();
      await element.locator("oci-lens-size-map [data-tile]").first().waitFor();
      await check("size map");
      await element.getByRole("button", { name: "List", exact: true }).click();
      await element.locator("input.pattern").fill("tea");
      await element.locator("mark").first().waitFor();
      await check("matches");
      await element.locator("select.kind").selectOption("regex");
      await element.locator("input.pattern").fill("(");
      await element.locator("#pattern-problem:not(:empty)").waitFor();
      await check("a pattern that is none");

      await page.evaluate(() => {
        location.hash = "view=files&image=0&layers=3-5";
      });
      await element.locator("[data-show=removed]").waitFor();
      await check("changes of layers");

      await page.keyboard.press("Escape");
      await element.locator("[role=tab][aria-selected=true]").focus();
      await page.keyboard.press("?");
      await element.locator("oci-lens-sheet dialog[open]").waitFor();
      await check("sheet of keys");
      await page.keyboard.press("Escape");

      for (const document of ["index.json", "oci-layout"]) {
        await page.evaluate((blob) => {
          location.hash = `view=raw&image=0&blob=${blob}`;
        }, document);
        await element.locator("oci-lens-text-lines").waitFor();
        await check(document);
      }
      for (const statement of [/spdx\.dev/, /slsa\.dev/]) {
        await page.evaluate(() => {
          location.hash = "view=raw&image=0";
        });
        await element.getByRole("button", { name: statement }).first().click();
        await element.locator(".statement").waitFor();
        await check(String(statement));
      }

      const report = await viewer.report();
      const before = report.images.find(({ names }) => names.includes("1.3.0"));
      await viewer.view("compare");
      await viewer.chooseIn("right", `same:${before?.number ?? -1}`);
      await element.locator(".verdict").waitFor();
      await check("results of a comparison");
    });
  },
);
