import { join } from "node:path";

import { expect, test } from "vitest";

import { writeArchive, type Content } from "../support/archive.js";
import { canMeasure, peakOfRenderers, resetPeaks } from "../support/memory.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

const MOST = 32 * 1024 * 1024;

/** Four layers of four files each, of `mib` MiB in all. */
function layersOf(mib: number): Content[][] {
  return Array.from({ length: 4 }, (_, layer) =>
    Array.from({ length: 4 }, (_, file): Content => [`layer-${layer}-file-${file}`, mib / 16]),
  );
}

async function peak(archive: string): Promise<number> {
  let bytes = 0;
  await inBrowser(async ({ viewer, protocol }) => {
    await resetPeaks(protocol);
    await viewer.drop(archive);
    expect(await viewer.scanned(300_000)).toBe("done");
    expect((await viewer.report()).totals.blobs).toMatchObject({ verified: 6, notChecked: 0 });
    bytes = await peakOfRenderers(protocol);
  });
  return bytes;
}

test.skipIf(!canMeasure).each(["none", "gzip"] as const)(
  "memory does not grow with the archive, outer compression: %s",
  async (outer) => {
    await inFolder(async (folder) => {
      const peaks: number[] = [];
      for (const mib of [64, 1024]) {
        const archive = join(folder, `${mib}.tar`);
        await writeArchive(archive, layersOf(mib), outer);
        peaks.push(await peak(archive));
      }
      const [small = 0, large = Infinity] = peaks;
      expect(large - small, `peaks of ${peaks.join(" and ")} bytes`).toBeLessThan(MOST);
    });
  },
  600_000,
);
