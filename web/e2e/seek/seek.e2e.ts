import { randomFillSync } from "node:crypto";
import { join } from "node:path";

import { expect, test } from "vitest";

import { tarMember, writeLayout } from "../support/archive.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

type Module = typeof import("../../src/index.js");

const MIB = 1024 * 1024;

/** Of which a layer unpacks to more than lies between two of its seek points. */
const DEEP = Array.from({ length: 20 }, (_, at) =>
  Buffer.concat([randomFillSync(Buffer.alloc(MIB / 2)), Buffer.alloc(MIB / 2, at)]),
);

const PART = 1000;

test("a file deep in a layer is read from what the scan has put away", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "deep.tar");
    const tar = (): Buffer[] => [...tarMember("deep", DEEP.length * MIB, DEEP), Buffer.alloc(1024)];
    await writeLayout(path, [{ tar, compression: "gzip" }]);
    await inBrowser(async ({ viewer: { page } }) => {
      const input = await page.evaluateHandle(() => {
        const made = Object.assign(document.createElement("input"), { type: "file" });
        document.body.append(made);
        return made;
      });
      await input.setInputFiles(path);
      // As text: what builds these tests would make another thing of an import.
      const module = await page.evaluateHandle<Module>('import("/index.js")');
      // Each lies before the last, so that no reader goes on.
      const mebibytes = [19, 14, 9, 6, 0];
      const read = await page.evaluate(
        async ({ module: { createEngine }, input: { files }, mebibytes, MIB, PART }) => {
          const file = files?.[0];
          if (!file) throw new Error("no file");
          const engine = createEngine();
          const archive = await engine.open(file);
          await archive.scan();
          const read: { begun: number | undefined; bytes: number[] }[] = [];
          for (const mebibyte of mebibytes) {
            let begun: number | undefined;
            const { bytes } = await archive.content(
              0,
              { layer: 0, entry: 0 },
              {
                offset: mebibyte * MIB + MIB / 2 - PART,
                length: 2 * PART,
                onProgress: ({ done }) => (begun ??= done),
              },
            );
            read.push({ begun, bytes: [...bytes] });
          }
          await archive.close();
          engine.close();
          return read;
        },
        { module, input, mebibytes, MIB, PART },
      );
      for (const [at, { begun = 0, bytes }] of read.entries()) {
        const mebibyte = mebibytes[at] ?? 0;
        const expected = DEEP[mebibyte]?.subarray(MIB / 2 - PART, MIB / 2 + PART);
        expect(Buffer.from(bytes).equals(expected ?? Buffer.alloc(0))).toBe(true);
        // Half of it is noise, which is stored as it is: no more than is between two points is
        // unpacked in vain.
        expect(begun).toBeGreaterThanOrEqual((mebibyte - 6) * (MIB / 2));
        expect(begun).toBeLessThanOrEqual((mebibyte + 1) * (MIB / 2) + PART);
      }
      expect(read.map(({ begun = 0 }) => begun > 0)).toEqual([true, true, true, true, false]);
    });
  });
});
