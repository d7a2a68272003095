import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { command } from "./environment.js";
import type { Row } from "./viewer.js";

/** A path of a merged tree, in the fields that page, native command and truth share. */
export interface Line extends Omit<
  Row,
  "index" | "level" | "position" | "siblings" | "pathHex" | "text"
> {
  /** The path's bytes in hex. */
  path: string;
}

interface NativeLine {
  path?: string;
  pathHex?: string;
  type: string;
  mode: number;
  uid: number;
  gid: number;
  size: number | string;
  mtimeNs?: string;
  layer?: number;
  linkname?: string;
  hardlinkTo?: string;
  major?: number;
  minor?: number;
}

interface TruthLine extends Omit<NativeLine, "pathHex" | "mtimeNs" | "hardlinkTo"> {
  path_hex?: string;
  mtime_ns?: string;
  hardlink_to?: string;
}

/** The merged tree as the native command prints it, also of an image that is not whole. */
export function nativeTree(archive: string, image: number): Line[] {
  const { status, stdout, stderr } = spawnSync(
    command(),
    ["tree", "--json", archive, "--image", String(image)],
    { encoding: "utf8", maxBuffer: 1 << 30 },
  );
  // 2: the archive could not be read.
  if (status === null || status === 2) throw new Error(`oci-lens tree ${archive}: ${stderr}`);
  return lines<NativeLine>(stdout).map(fromNative);
}

/** The merged tree as reference tools made it, where they could. */
export function truthTree(folder: string, image: number): Line[] | undefined {
  const file = join(folder, `tree-${image}.jsonl.gz`);
  if (!existsSync(file)) return undefined;
  return lines<TruthLine>(gunzipSync(readFileSync(file)).toString("utf8")).map(
    ({ path_hex, mtime_ns, hardlink_to, ...line }) =>
      fromNative({
        ...line,
        ...(path_hex === undefined ? {} : { pathHex: path_hex }),
        ...(mtime_ns === undefined ? {} : { mtimeNs: mtime_ns }),
        ...(hardlink_to === undefined ? {} : { hardlinkTo: hardlink_to }),
      }),
  );
}

/** The rows of the page in the same form and order: by the bytes of the path. */
export function fromRows(rows: readonly Row[]): Line[] {
  return rows
    .map(({ path, pathHex, type, mode, uid, gid, size, mtimeNs, layer, ...row }) => ({
      path: pathHex ?? hex(path),
      type,
      mode,
      uid,
      gid,
      size,
      mtimeNs,
      layer,
      linkName: row.linkName,
      hardlinkTo: row.hardlinkTo,
      device: row.device,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fromNative(line: NativeLine): Line {
  const { major, minor } = line;
  return {
    path: line.pathHex ?? hex(line.path ?? ""),
    type: line.type,
    mode: line.mode,
    uid: line.uid,
    gid: line.gid,
    size: String(line.size),
    mtimeNs: line.mtimeNs,
    layer: line.layer,
    linkName: line.linkname === undefined ? undefined : shown(line.linkname),
    hardlinkTo: line.hardlinkTo === undefined ? undefined : shown(line.hardlinkTo),
    device: major === undefined ? undefined : `${major}:${minor ?? 0}`,
  };
}

function lines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

function hex(text: string): string {
  return Buffer.from(text, "utf8").toString("hex");
}

// As the core shows text in which nothing may hide.
function shown(text: string): string {
  return text.replace(/\\|\p{Cc}|\p{Cf}|[\u115f\u1160\u2028\u2029\u3164]/gu, (character) =>
    character === "\\" ? "\\\\" : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
