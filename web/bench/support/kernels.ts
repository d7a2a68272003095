import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Import } from "./bench.js";

/** A deflate stream inside the module, which unpacks it in two ways. */
export interface Stream {
  own(): number;
  library(): number;
}

/** A layer of many small files inside the module, which takes it from its bytes to its tree. */
export interface Entries {
  make(): boolean;
  made(): Uint8Array;
  walk(): void;
  pack(): void;
  unpack(): void;
  apply(): number;
  treeBytes(): number;
  tableBytes(): number;
  free(): void;
}

/** What `wasm/kernels` has to be measured. Its own types are there only once it was built. */
interface Kernels {
  readonly Stream: { text(length: number): Stream; code(length: number): Stream };
  readonly Entries: new (entries: number) => Entries;
  initSync(options: { module: Uint8Array }): void;
}

/** The module that `cargo xtask bench` built. */
export async function kernels(load: Import): Promise<Kernels> {
  const folder = process.env["OCI_LENS_KERNELS"];
  if (folder === undefined) throw new Error("OCI_LENS_KERNELS names no folder");
  const module = (await load(pathToFileURL(join(folder, "kernels.js")).href)) as Kernels;
  module.initSync({ module: await readFile(join(folder, "kernels_bg.wasm")) });
  return module;
}
