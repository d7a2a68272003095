import { count, counted } from "../view/format.js";
import type { CacheReason, Change, Field } from "../view/types.js";

const REASON: Record<CacheReason, string> = {
  "same-reference":
    "Both resolve to the same digest: a build that pulled one has the other in its cache.",
  "reference-differs": "The references resolve to different digests: the cache misses on index 0.",
  "only-index-differs":
    "Only the image indexes differ, as when a platform or an attestation is added: index 0 misses, though the image is the same.",
  "platform-differs": "The platforms differ: the cache misses on index 0.",
  "same-chain-id":
    "The chain IDs are the same: the cache hits on index 1, and what was built on one is used for the other.",
  "chain-id-differs":
    "The chain IDs differ: the cache misses on index 1 as well, and all that was built on the image is built again.",
  recompressed:
    "The layers hold the same bytes, compressed in another way: layer digests differ, diff IDs do not.",
  "metadata-only":
    "The first layer that differs holds the same paths with the same contents: modes, owners or times alone make it another one.",
  "content-differs": "The first layer that differs holds other paths or contents.",
  "layers-added": "One image is the other with layers on top.",
};

const CHANGE: Record<Change, string> = {
  unchanged: "same",
  added: "only on the right",
  modified: "different",
  removed: "only on the left",
};

const FIELD: Record<Field, string> = {
  type: "type",
  mode: "mode",
  uid: "owner",
  gid: "group",
  size: "size",
  mtime: "time",
  "link-name": "target",
  device: "device",
  xattrs: "xattrs",
  content: "content",
  hardlink: "hardlinks",
};

export const compareText = {
  lead: "Put another image beside this one: from the same archive, or from another.",
  left: "Left",
  right: "Right",
  choose: "Choose an image",
  here: "In this archive",
  there: (name: string) => `In ${name}`,
  openOther: "Open another archive",
  reading: (name: string) => `Reading the layers of ${name}`,
  stopped: (name: string, why: string) => `${name} could not be read: ${why}`,
  same: "The two images are the same: one manifest.",
  sameConfig: "The two images have the same config, and so the same image ID.",
  differ: "The two images differ.",
  firstLayer: (n: number) => `The first layer that differs is layer ${count(n)}.`,
  sections: {
    cache: "What it means for a build cache",
    layers: "Layers",
    manifest: "Manifest",
    config: "Config",
    history: "History",
    checksum: "Checksums for COPY",
    paths: "Paths",
  },
  layerColumns: ["Left", "Right", "Stored bytes", "Unpacked bytes", "Chain ID"],
  equal: "same",
  unequal: "differs",
  only: "–",
  reason: (reason: CacheReason) => REASON[reason],
  change: (change: Change) => CHANGE[change],
  field: (field: Field) => FIELD[field],
  fieldChange: (field: Field, before: string | undefined, after: string | undefined) =>
    `${FIELD[field]} ${before ?? "–"} → ${after ?? "–"}`,
  counts: (added: number, removed: number, modified: number, unchanged: number) =>
    `${counted(modified, "path")} different, ${count(removed)} only on the left, ` +
    `${count(added)} only on the right, ${count(unchanged)} the same`,
  columns: { path: "Path", change: "Change", fields: "What differs", size: "Size" },
  checksum: {
    lead: "By which BuildKit tells what it copies from either image. The first path, in the order in which paths are hashed, that makes them differ:",
    path: "Path",
    find: "Find",
    finding: "Looking",
    same: "The checksums are the same.",
    unknown: (n: number) =>
      `Nothing that is known differs, but ${counted(n, "content")} ${n === 1 ? "was" : "were"} not read.`,
    before: (n: number) =>
      `Before it, ${counted(n, "content")} ${n === 1 ? "was" : "were"} not read, and may differ.`,
    content: "content",
    none: "none",
  },
  noPaths: "No path differs.",
  noValues: "No difference.",
  notCompared:
    "Contents were not compared: a file that another layer wrote, of the same size, counts as different.",
  contents: "Compare contents",
  label: "Paths that differ",
} as const;
