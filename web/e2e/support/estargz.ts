import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

import { tarMember } from "./archive.js";

/** A layer with a table of contents, and the annotations that vouch for it. */
export interface Estargz {
  readonly bytes: Buffer;
  readonly diffId: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Bytes of a chunk: stargz-snapshotter's default. */
const CHUNK = 4 * 1024 * 1024;

const sha256 = (bytes: Buffer): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/**
 * A layer as stargz-snapshotter's docs/estargz.md has it: a gzip member for each chunk of a file,
 * with what follows it up to the next; the table of contents as the tar's last entry; a footer.
 */
export function estargz(files: readonly (readonly [name: string, content: Buffer])[]): Estargz {
  const members: Buffer[] = [];
  const tar: Buffer[] = [];
  let open: Buffer[] = [];
  let stored = 0;
  const close = (): void => {
    const bytes = Buffer.concat(open);
    open = [];
    if (bytes.length === 0) return;
    tar.push(bytes);
    const packed = gzipSync(bytes, { level: 1 });
    members.push(packed);
    stored += packed.length;
  };
  const entries: object[] = [];
  const modtime = new Date(1_700_000_000_000).toISOString().replace(".000", "");
  for (const [name, content] of files) {
    const [header = Buffer.alloc(0)] = tarMember(name, content.length, []);
    open.push(header);
    for (let at = 0; at < content.length; at += CHUNK) {
      const chunk = content.subarray(at, at + CHUNK);
      close();
      const isLast = at + CHUNK >= content.length;
      const place = {
        offset: stored,
        chunkDigest: sha256(chunk),
        ...(at > 0 ? { chunkOffset: at } : {}),
        ...(isLast ? {} : { chunkSize: chunk.length }),
      };
      const digest = sha256(content);
      const whole = { type: "reg", size: content.length, modtime, mode: 0o644, digest };
      entries.push({ name, ...(at > 0 ? { type: "chunk" } : whole), ...place });
      open.push(chunk);
    }
    open.push(Buffer.alloc((512 - (content.length % 512)) % 512));
  }
  close();
  const toc = Buffer.from(JSON.stringify({ version: 1, entries }, undefined, "\t"));
  const begins = stored;
  open.push(...tarMember("stargz.index.json", toc.length, [toc]), Buffer.alloc(1024));
  close();
  const footer = Buffer.concat([
    Buffer.from("1f8b08040000000000ff1a0053471600", "hex"),
    Buffer.from(`${begins.toString(16).padStart(16, "0")}STARGZ`),
    Buffer.from("010000ffff0000000000000000", "hex"),
  ]);
  return {
    bytes: Buffer.concat([...members, footer]),
    diffId: sha256(Buffer.concat(tar)),
    annotations: { "containerd.io/snapshot/stargz/toc.digest": sha256(toc) },
  };
}
