import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { CacheCompareView } from "../../generated/simd/engine.js";
import {
  chainId,
  manifestKey,
  sha256,
  sourceRecord,
  writeBase,
  writeCache,
  type Listed,
  type MadeBase,
  type MadeRecord,
} from "../support/caches.js";
import { command, fixture, vectors } from "../support/environment.js";
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

interface Vectors {
  main_manifest_key: readonly {
    name: string;
    digest: string;
    manifest_key: string;
    root_cache_key_output0: string;
  }[];
}

test("the keys that caches are made up with are the reference's", () => {
  const text = readFileSync(join(vectors, "main_manifest_key.json"), "utf8");
  const cases = (JSON.parse(text) as Vectors).main_manifest_key;
  const plain = cases.find(({ name }) => name === "linux/amd64");
  expect(manifestKey(plain?.digest ?? "")).toBe(plain?.manifest_key);
  expect(sourceRecord(plain?.manifest_key ?? "")).toBe(plain?.root_cache_key_output0);
});

/** What the native command says of two caches and the images below them. */
function nativeDiff(folder: string): CacheCompareView {
  const at = (name: string) => join(folder, name);
  const words = ["--base-a", at("base-left"), "--base-b", at("base-right"), "--json"];
  // Where there are several, the first.
  words.push("--image-a", "0", "--image-b", "0");
  const run = spawnSync(command(), ["cache", "diff", at("left"), at("right"), ...words]);
  return JSON.parse(run.stdout.toString()) as CacheCompareView;
}

/** A build on an image: its two keys as the export has them, and a step on the second. */
function buildOn(base: MadeBase): MadeRecord[] {
  return [
    { name: "index", digest: sourceRecord(manifestKey(base.index)) },
    { name: "chain ID", digest: sourceRecord(chainId(base.diffIds)) },
    { name: "run", takes: [1], layer: 1 },
  ];
}

test.each<[Listed, string]>([
  ["an attestation", "attestations 0 -> 1"],
  ["another platform", "images 1 -> 2"],
])("a base image that got %s has another first key", async (added, counted) => {
  await inFolder(async (folder) => {
    const at = (name: string) => join(folder, name);
    for (const name of ["left", "right", "base-left", "base-right"]) await mkdir(at(name));
    const bases = [
      await writeBase(at("base-left"), "nothing"),
      await writeBase(at("base-right"), added),
    ] as const;
    await writeCache(at("left"), buildOn(bases[0]), LAYERS);
    await writeCache(at("right"), buildOn(bases[1]), LAYERS);
    const native = nativeDiff(folder);

    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await viewer.drop(at("left"));
      await viewer.scanned();
      await viewer.view("cache");
      await element.locator("[data-part=compare]").click();
      // On the view, the other cache; on the place of a base image, that.
      await viewer.dropOn(element.locator("oci-lens-cache-compare .none"), at("right"));
      await element.locator(".verdict").waitFor();
      expect(await element.locator("[data-section=bases]").count()).toBe(0);
      const chooser = page.waitForEvent("filechooser");
      await element.locator("[data-action=base-left-folder]").click();
      await (await chooser).setFiles(at("base-left"));
      await element.locator("[data-base^=left]").first().waitFor();
      expect(await element.locator("[data-section=images]").count()).toBe(0);
      await viewer.dropOn(element.locator("[action=base-right]"), at("base-right"));
      await element.locator("[data-base^=right]").first().waitFor();
      // What was dropped took the place of nothing else.
      expect(await viewer.textOf(".verdict")).toContain("2 of 3 records");
      expect(await viewer.textOf("header")).toContain("left");

      const shown = await element.locator("[data-base]").evaluateAll((items) =>
        items.map((item) => {
          const { base, record, inLeft, inRight } = (item as HTMLElement).dataset;
          return [base, record, inLeft, inRight].join(" ");
        }),
      );
      const chain = sourceRecord(chainId(bases[0].diffIds));
      const expected = (["left", "right"] as const).flatMap((side, number) => {
        const { index, manifest } = bases[number] ?? bases[0];
        const isLeft = side === "left";
        return [
          `${side} 0 ${index} ${sourceRecord(manifestKey(index))} ${isLeft} ${!isLeft}`,
          `${side} 1 ${index} ${chain} true true`,
          `${side} 0 ${manifest} ${sourceRecord(manifestKey(manifest))} false false`,
          `${side} 1 ${manifest} ${chain} true true`,
        ];
      });
      expect([...shown].sort()).toEqual([...expected].sort());
      expect(shown).toEqual(
        native.bases.map(
          ({ isLeft, index, reference, record, inLeft, inRight }) =>
            `${isLeft ? "left" : "right"} ${index} ${reference} ${record} ${inLeft} ${inRight}`,
        ),
      );
      const reasons = element.locator("[data-section=images] [data-reason]");
      expect(await reasons.evaluateAll((found) => found.map((it) => it.dataset["reason"]))).toEqual(
        native.images.map(({ reason }) => reason),
      );
      expect(native.images.map(({ reason }) => reason)).toEqual([
        "reference-differs",
        "only-index-differs",
        "same-chain-id",
      ]);
      const only = viewer.textOf("[data-reason=only-index-differs]");
      expect(await only).toContain(bases[0].manifest);
      expect(await only).toContain(counted);
      expect(await viewer.textOf("[data-reason=same-chain-id]")).toContain(
        chainId(bases[0].diffIds),
      );

      // Without a base on the left there is nothing to compare it with.
      await viewer.chooseIn("base-left", "");
      await element.locator("[data-section=images]").waitFor({ state: "detached" });
      expect(await element.locator("[data-base^=left]").count()).toBe(0);
      // An archive without an image is none to begin with.
      await viewer.dropOn(element.locator("[action=base-left]"), at("right"));
      await element.getByText("right holds no image").waitFor();
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
