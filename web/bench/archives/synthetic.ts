import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  closeSync,
  readSync,
} from "node:fs";
import { join } from "node:path";

import { tarMember, writeLayout, type Layer, type MadeLayer } from "../../e2e/support/archive.js";

/** Layers of an archive that is made: four, and more where they would be larger than this. */
const LAYERS = 4;
const LAYER_BYTES = 640_000_000;

/** As layers are packed by default: `gzip -6`, `zstd -3`. */
const LEVELS = { gzip: 6, zstd: 3 };

/** How layers are packed that are made. */
export interface Packing extends Pick<MadeLayer, "frame" | "window"> {
  readonly compression: keyof typeof LEVELS;
}

/** The window of zstd frames as Go's packers write them by default. */
export const GO_WINDOW = 8 * 1024 * 1024;

/** A file is cut here: one huge one would be a layer of its own. */
const MOST = 32 * 1024 * 1024;

/** What a file's type is told by, to leave links and devices out. */
function* filesIn(folder: string): Generator<string> {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const found = lstatSync(path);
    if (found.isDirectory()) yield* filesIn(path);
    else if (found.isFile() && found.size > 0) yield path;
  }
}

/**
 * Folders with what images hold: programs, libraries, sources, documents. Those of the tools that
 * build this project, which are on every machine that measures it.
 */
function folders(): string[] {
  const sysroot = spawnSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).stdout.trim();
  const found = [join(sysroot, "lib"), join(sysroot, "bin"), "node_modules"];
  return found.filter((folder) => existsSync(folder));
}

/** Paths of the files that layers are made of, in an order that mixes the large with the small. */
function material(): string[] {
  const lists = [[process.execPath], ...folders().map((folder) => [...filesIn(folder)])];
  const steps = lists.flatMap((list) =>
    list.map((path, at): [number, string] => [(at + 1) / list.length, path]),
  );
  return steps.sort(([a], [b]) => a - b).map(([, path]) => path);
}

/**
 * Writes an OCI layout of layers which unpack to some number of bytes, of files that this machine
 * has: the same for each run on it.
 */
export async function writeSynthetic(
  path: string,
  unpacked: number,
  packing: Packing,
  layers?: number,
): Promise<void> {
  const files = material();
  const count = layers ?? Math.max(LAYERS, Math.ceil(unpacked / LAYER_BYTES));
  const most = Math.min(MOST, Math.ceil(unpacked / count));
  let next = 0;
  const made = Array.from({ length: count }, (_, number): Layer => {
    const from = next;
    for (let size = 0; size < unpacked / count; next += 1) {
      size += Math.min(most, lstatSync(files[next % files.length] ?? "").size);
    }
    const chosen = Array.from(
      { length: next - from },
      (_, at) => files[(from + at) % files.length],
    );
    const level = LEVELS[packing.compression];
    return { tar: () => layer(number, chosen, most), level, ...packing };
  });
  await writeLayout(path, made, "none");
}

function* layer(
  number: number,
  paths: readonly (string | undefined)[],
  most: number,
): Generator<Buffer> {
  for (const [at, path = ""] of paths.entries()) {
    const bytes = beginningOf(path, most);
    yield* tarMember(`usr/layer-${number}/${Math.floor(at / 100)}/file-${at}`, bytes.length, [
      bytes,
    ]);
  }
  yield Buffer.alloc(1024);
}

function beginningOf(path: string, most: number): Buffer {
  if (lstatSync(path).size <= most) return readFileSync(path);
  const bytes = Buffer.alloc(most);
  const file = openSync(path, "r");
  try {
    return bytes.subarray(0, readSync(file, bytes, 0, most, 0));
  } finally {
    closeSync(file);
  }
}
