import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { chainId, sha256, writeCache, type MadeRecord } from "../support/caches.js";
import { fixture } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import type { Viewer } from "../support/viewer.js";

const RECORDS: readonly MadeRecord[] = [
  { name: "image" },
  { name: "files" },
  { name: "run", takes: [0], layer: 1 },
  { name: "copy", takes: [2, 1], layer: 2 },
  { name: "test", takes: [3] },
];
const LAYERS = ["base", "tools", "app"];

/** As large as the largest that was reported to BuildKit as ignored. */
const MANY = { records: 2664, layers: 127 };

async function lookup({ element }: Viewer, key: string): Promise<void> {
  await element.locator("#key").fill(key);
  await element.locator("[data-action=lookup]").click();
  await element.locator(".answer", { hasText: key }).waitFor();
}

test("a cache folder is dropped, and a record looked up to its chain", async () => {
  await inFolder(async (folder) => {
    const made = await writeCache(folder, RECORDS, LAYERS);
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await viewer.drop(folder);
      expect(await viewer.scanned()).toBe("done");
      await element.locator("[data-cache='0'] button").click();
      expect(await viewer.textOf(".counts")).toContain("5 records on 4 levels");
      // Without an image, too, an address leads to each view.
      expect(viewer.fragment).toBe("view=cache");
      await page.goBack();
      await element.locator("[data-tab=overview][aria-selected=true]").waitFor();
      await page.goForward();
      await element.locator("[data-tab=cache][aria-selected=true]").waitFor();
      expect(await element.locator(".counts").getAttribute("data-imported")).toBe("true");
      expect(await viewer.textOf("[data-note=names]")).toContain("not names");
      expect(await viewer.marks("Records")).toEqual([
        "0 none 0",
        "1 none 0",
        "2 usable 1",
        "3 usable 2",
        "4 none 3",
      ]);

      await lookup(viewer, sha256("copy"));
      const blobs = await element
        .locator(".answer [data-blob]")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-blob")));
      expect(blobs).toEqual(made.layers);
      const verified = element.locator(".answer tbody [data-status=verified]");
      expect(await verified.count()).toBe(2 * LAYERS.length);
      expect(await element.locator(".answer [data-chain-id]").getAttribute("data-chain-id")).toBe(
        chainId(made.diffIds),
      );
      await lookup(viewer, sha256("test"));
      expect(await viewer.textOf(".answer")).toContain("leads to no layers");
      await lookup(viewer, sha256("other"));
      expect(await element.locator(".answer").getAttribute("data-probe")).toBe("false");

      // The drawing and the record beside it, by keys alone.
      expect(await element.locator(".node").count()).toBe(RECORDS.length);
      await element.locator('.node[data-record="0"]').focus();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("Enter");
      await element.locator('[data-detail="3"]').waitFor();
      await element.locator('[data-detail="3"] [data-go="1"]').click();
      await element.locator('[data-detail="1"]').waitFor();

      // Layers lead to the records whose results end in them.
      await element.locator("[data-part=layers]").click();
      expect(await viewer.marks("Layers")).toEqual(
        made.layers.map((blob, at) => `${at} ${blob} ${at === 0 ? 0 : 1}`),
      );
      await element.locator('oci-lens-table[label="Layers"] [data-index="2"]').click();
      expect(await viewer.marks("Records")).toEqual(["3 usable 2"]);
    });
  });
});

test("a large graph stays usable, and says that BuildKit ignores it", async () => {
  await inFolder(async (folder) => {
    const records = Array.from({ length: MANY.records }, (_, at): MadeRecord => {
      const name = `record ${at}`;
      if (at < 40) return { name };
      const layer = at % 3 === 0 ? { layer: at % MANY.layers } : {};
      return { name, takes: [at - 1 - (at % 37), at % 40], ...layer };
    });
    const layers = Array.from({ length: MANY.layers }, (_, at) => `layer-${at}`);
    await writeCache(folder, records, layers, 1 << 20);
    await inBrowser(async ({ viewer }) => {
      const { element } = viewer;
      await viewer.drop(folder);
      expect(await viewer.scanned()).toBe("done");
      await viewer.view("cache");
      await element.locator("[data-code=cache-too-large]").first().waitFor();
      expect(await element.locator(".counts").getAttribute("data-imported")).toBe("false");
      expect(await viewer.textOf(".counts")).toContain("2,664 records");
      const table = element.locator('oci-lens-table[label="Records"] [role=grid]');
      expect(await table.getAttribute("aria-rowcount")).toBe(`${MANY.records + 1}`);
      // Only what is in sight is in the document, and a part is drawn.
      expect(await table.locator("[role=row]").count()).toBeLessThan(120);
      const nodes = element.locator(".node");
      expect(await nodes.count()).toBeLessThanOrEqual(150);

      // The last one, far below, and what is around it.
      await table.evaluate((grid) => {
        grid.scrollTop = grid.scrollHeight;
      });
      await table.locator('[data-index="2663"][data-mark]').click();
      await element.locator("[data-detail]").waitFor();
      await element.locator('.node[aria-pressed="true"]').waitFor();
      await element.locator("[data-choose=records]").selectOption("without-result");
      await element.locator("input[type=search]").fill(sha256("record 7").slice(7, 20));
      await expect
        .poll(() => viewer.marks("Records"))
        .toEqual([expect.stringMatching(/^7 none 0$/)]);
      expect(await nodes.count()).toBeLessThanOrEqual(150);
    });
  });
});

test("two exports are compared, the first record that differs named", async () => {
  await inFolder(async (folder) => {
    const [left, right] = [join(folder, "left"), join(folder, "right")];
    await Promise.all([mkdir(left), mkdir(right)]);
    await writeCache(left, RECORDS, LAYERS);
    const changed = RECORDS.map((record) =>
      record.name === "files" ? { ...record, name: "files, changed" } : record,
    );
    await writeCache(right, changed, ["base", "tools", "other app"]);
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await viewer.drop(left);
      await viewer.scanned();
      await viewer.view("cache");
      await element.locator("[data-part=compare]").click();
      const chooser = page.waitForEvent("filechooser");
      await element.locator("[data-action=other-cache-folder]").click();
      await (await chooser).setFiles(right);
      await element.locator(".verdict").waitFor();
      expect(await viewer.textOf(".verdict")).toContain("2 of 5 records");
      expect(await viewer.marks("First only on the right")).toEqual([
        `${sha256("files, changed")} new operation`,
      ]);
      expect(await viewer.marks("First only on the left")).toEqual([
        `${sha256("files")} new operation`,
      ]);
      expect(await viewer.textOf("[data-section=right]")).toContain("2 more records");
      expect(await viewer.textOf(".verdict")).toContain("2 layers in both");
    });
  });
});

test("an archive without a cache has no view of one", async () => {
  await inBrowser(async ({ viewer }) => {
    await viewer.pick(fixture("hello-oci-archive"));
    await viewer.scanned();
    expect(await viewer.element.locator("[data-tab=cache]").count()).toBe(0);
  });
});
