import { join } from "node:path";

import { test } from "vitest";

import { DEEP_LENGTH, DEEP_OFFSETS, DeepLayer, type DeepRead } from "../support/deep.js";
import { chooseFile } from "../support/engine.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

test("a file deep in a layer is read from what the scan has put away", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "deep.tar");
    const layer = new DeepLayer();
    await layer.write(path);
    await inBrowser(async ({ viewer: { page } }) => {
      const chosen = await chooseFile(page, path);
      const read = await page.evaluate(
        async ({ module: { createEngine }, input: { files }, DEEP_OFFSETS, DEEP_LENGTH }) => {
          const file = files?.[0];
          if (!file) throw new Error("no file");
          const engine = createEngine();
          const archive = await engine.open(file);
          await archive.scan();
          const read: DeepRead[] = [];
          for (const offset of DEEP_OFFSETS) {
            let begun: number | undefined;
            const { bytes } = await archive.content(
              0,
              { layer: 0, entry: 0 },
              { offset, length: DEEP_LENGTH, onProgress: ({ done }) => (begun ??= done) },
            );
            read.push({ ...(begun === undefined ? {} : { begun }), bytes: [...bytes] });
          }
          await archive.close();
          engine.close();
          return read;
        },
        { ...chosen, DEEP_OFFSETS, DEEP_LENGTH },
      );
      layer.expectRead(read);
    });
  });
});
