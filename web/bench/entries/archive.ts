import { writeLayout } from "../../e2e/support/archive.js";
import type { Import } from "../support/bench.js";
import { kernels } from "../support/kernels.js";

/** Writes an archive of one plain layer that has so many entries, of small files. */
export async function writeEntries(path: string, entries: number, load: Import): Promise<void> {
  const { Entries } = await kernels(load);
  const tar = function* (): Generator<Buffer> {
    const layer = new Entries(entries);
    while (layer.make()) yield Buffer.from(layer.made());
    layer.free();
  };
  await writeLayout(path, [{ tar, compression: "none" }]);
}
