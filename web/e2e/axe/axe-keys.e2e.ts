import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { look, LOOKS, serious } from "../support/axe.js";
import {
  chainId,
  manifestKey,
  sha256,
  sourceRecord,
  writeBase,
  writeCache,
  type MadeBase,
  type MadeRecord,
} from "../support/caches.js";
import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import type { Viewer } from "../support/viewer.js";

/** A build on an image. */
function buildOn({ index, diffIds }: MadeBase, files: string): MadeRecord[] {
  return [
    { name: "index", digest: sourceRecord(manifestKey(index)) },
    { name: "chain ID", digest: sourceRecord(chainId(diffIds)) },
    { name: files },
    { name: "run", takes: [1], layer: 1 },
    { name: "copy", takes: [3, 2], layer: 2 },
    { name: "test", takes: [4] },
  ];
}

/** Chooses a folder by one of the buttons. */
async function give({ element, page }: Viewer, action: string, folder: string): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await element.locator(`[data-action=${action}]`).click();
  await (await chooser).setFiles(folder);
}

test.each(LOOKS)(
  "axe finds nothing serious in build caches: %s, %o",
  async (colorScheme, viewport) => {
    await inFolder(async (folder) => {
      const at = (name: string) => join(folder, name);
      for (const name of ["left", "right", "base-left", "base-right"]) await mkdir(at(name));
      const left = await writeBase(at("base-left"), "nothing");
      const right = await writeBase(at("base-right"), "an attestation");
      await writeCache(at("left"), buildOn(left, "files"), ["base", "tools", "app"]);
      await writeCache(at("right"), buildOn(right, "new files"), ["base", "tools", "new app"]);
      await inBrowser(async ({ viewer }) => {
        const { element } = viewer;
        const check = async (name: string): Promise<void> => {
          expect.soft(await serious(viewer), name).toEqual([]);
        };
        await look(viewer, colorScheme, viewport);
        await viewer.pickFolder(at("left"));
        await viewer.scanned();
        await check("overview of a cache");
        await viewer.view("cache");
        await viewer.marks("Records");
        await check("records and their graph");
        await element.locator('.node[data-record="4"]').click();
        await element.locator('[data-detail="4"]').waitFor();
        await check("a record");
        await element.locator("#key").fill(sha256("copy"));
        await element.locator("[data-action=lookup]").click();
        await element.locator(".answer [data-chain-id]").waitFor();
        await check("a key that was looked up");
        await element.locator("[data-part=layers]").click();
        await viewer.marks("Layers");
        await check("layers");
        await element.locator("[data-part=compare]").click();
        await check("nothing to compare with");
        await give(viewer, "other-cache-folder", at("right"));
        await element.locator(".verdict").waitFor();
        for (const side of ["left", "right"] as const) {
          await give(viewer, `base-${side}-folder`, at(`base-${side}`));
          await element.locator(`[data-base^=${side}]`).first().waitFor();
        }
        await element.locator("[data-section=images]").waitFor();
        for (const more of await element.locator("oci-lens-cache-compare summary").all()) {
          await more.click();
        }
        await check("two exports and the images below them");
        await element.locator("[data-choose=base-left]").click();
        await element.locator("oci-lens-image-choice [role=option]").first().waitFor();
        await check("images to choose from");
      });
    });
  },
);

test.each(LOOKS)(
  "axe finds nothing serious in checksums and keys: %s, %o",
  async (colorScheme, viewport) => {
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await look(viewer, colorScheme, viewport);
      await viewer.pick(fixture("weird"));
      await viewer.scanned();
      for (const path of ["links", "modes/f6755"]) {
        await page.evaluate((hash) => {
          location.hash = hash;
        }, `view=files&image=0&path=/${path}`);
        const panel = element.locator("oci-lens-checksum");
        await element.locator("oci-lens-path h2").getByText(`/${path}`, { exact: true }).waitFor();
        await panel.locator("[data-action=checksum]:not([disabled])").click();
        await panel.locator("dl [data-digest]").first().waitFor();
        for (const more of await panel.locator("summary").all()) await more.click();
        expect.soft(await serious(viewer), `checksum of ${path}`).toEqual([]);
      }
      await viewer.view("keys");
      await element.locator("[data-rung]").first().waitFor();
      for (const more of await element.locator("oci-lens-keys summary").all()) await more.click();
      expect.soft(await serious(viewer), "keys").toEqual([]);
    });
  },
);
