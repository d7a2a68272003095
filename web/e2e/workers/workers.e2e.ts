import { join } from "node:path";

import { expect, test } from "vitest";

import type { Report } from "../../generated/simd/engine.js";
import { writeArchive } from "../support/archive.js";
import { chooseFile } from "../support/engine.js";
import { fixture } from "../support/environment.js";
import { testOnReal } from "../support/real.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

const SAME = "the engine without a viewer gives the same with 1, 2 and 4 workers";

test.each(["weird", "hello-docker-archive-multi"])(`${SAME}: %s`, async (name) => {
  await same(fixture(name));
});

testOnReal(`${SAME}: a real image`, "debian-app-zstd", async (folder) => {
  await same(join(folder, "image.tar"));
});

test(`${SAME}: layers that some hash for others`, () =>
  inFolder(async (folder) => {
    const archive = join(folder, "unequal.tar");
    // Of two workers the first is through long before the other, and helps it from there.
    await writeArchive(archive, [[["small", 12]], [["large", 96]]]);
    const { report, scanWorkers } = await same(archive);
    // Of four, two have a layer each, and two help from the start.
    expect(scanWorkers).toBe(1 + 2 + 4);
    const layers = report.images.flatMap(({ layers }) => layers);
    expect(layers.map(({ verification, diffId }) => [verification.status, diffId.status])).toEqual([
      ["verified", "verified"],
      ["verified", "verified"],
    ]);
  }));

/** What is the same, and how many workers scanned in all. */
function same(archive: string): Promise<{ report: Report; scanWorkers: number }> {
  return inBrowser(async ({ viewer: { page } }) => {
    let scanWorkers = 0;
    page.on("worker", (worker) => {
      if (worker.url().includes("scan-worker")) scanWorkers += 1;
    });
    const chosen = await chooseFile(page, archive);
    const results = await page.evaluate(async ({ module: { createEngine }, input: { files } }) => {
      const file = files?.[0];
      if (!file) throw new Error("no file");
      const results: string[] = [];
      for (const workers of [1, 2, 4]) {
        const engine = createEngine({ workers });
        const archive = await engine.open(file);
        const updates: number[] = [];
        const report = await archive.scan({
          onUpdate: ({ stored, total }) => updates.push(stored / total),
        });
        const trees = [];
        for (const { number, presence } of report.images) {
          if (presence === "absent") continue;
          const tree = await archive.openTree(number);
          await tree.expandTo(0xffffffff);
          trees.push(await tree.rows(0, 1_000_000));
          await tree.close();
        }
        if (updates.at(-1) !== 1) throw new Error(`ended at ${updates.at(-1)}`);
        if (updates.some((share, at) => share < (updates[at - 1] ?? 0))) {
          throw new Error(`went back: ${updates.join()}`);
        }
        await archive.close();
        engine.close();
        results.push(JSON.stringify([report, trees]));
      }
      return results;
    }, chosen);
    expect(results[0]?.length).toBeGreaterThan(1000);
    expect(results[1] === results[0]).toBe(true);
    expect(results[2] === results[0]).toBe(true);
    const [report] = JSON.parse(results[0] ?? "") as [Report, unknown];
    return { report, scanWorkers };
  });
}
