import { count, counted, exactBytes } from "../view/format.js";
import type { Field, HiddenBy, StoryEvent } from "../view/types.js";

const EVENT: Record<StoryEvent, string> = {
  made: "Added",
  implied: "Needed as a directory by an entry below it",
  replaced: "Replaced",
  attributes: "Attributes changed",
  rewritten: "Written again, the same",
  hidden: "Hidden",
  restored: "Added again",
};

const HIDDEN_BY: Record<HiddenBy, string> = {
  whiteout: "by the whiteout",
  "parent-whiteout": "by a whiteout of a directory above it,",
  "opaque-whiteout": "by the opaque whiteout",
  replaced: "by another entry at its path,",
  "parent-replaced": "as a directory above it gave way to",
  "not-applied": "as it could not be applied",
  marker: "as it is a marker",
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
  hardlink: "hardlink to",
};

const TYPE: Record<string, string> = {
  dir: "directory",
  char: "character device",
  block: "block device",
  fifo: "named pipe",
};

/** What the path inspector says. */
export const pathText = {
  choose: "Choose a path to see everything about it.",
  loading: "Reading",
  failed: "The path could not be read",
  again: "Try again",
  unknown: "No layer has an entry for this path.",
  unknownYet: "No layer that is read so far has an entry for this path.",

  path: "path",
  hex: "Bytes",
  hexLabel: "path in hex",
  type: "Type",
  size: "Size",
  mode: "Mode",
  owner: "Owner",
  modified: "Modified",
  noTime: "not determined",
  layer: "Layer",
  layerNumber: (n: number) => `Layer ${count(n)}`,
  implied: "No layer has an entry for it: one below it needed a directory here.",
  target: "Target",
  follows: "Leads to",
  dangling: "nothing is there",
  device: "Device",
  deviceNumbers: (major: number, minor: number) => `${major}:${minor}`,
  hardlinkTo: "Hardlink to",
  hardlinks: (n: number) => `Shares its file with ${counted(n, "other path")}`,
  pointedAtBy: (n: number) => `${counted(n, "symlink")} lead${n === 1 ? "s" : ""} here`,
  morePaths: (n: number) => `${counted(n, "more path")} ${n === 1 ? "is" : "are"} not listed.`,
  unfollowed: (n: number) =>
    `${counted(n, "symlink")} of the image ${n === 1 ? "was" : "were"} not followed: any may lead here.`,
  below: "Below",
  belowSums: (paths: number, size: string) =>
    `${counted(paths, "path")}, ${exactBytes(size)} of files`,
  xattrs: "Extended attributes",
  moreXattrs: (n: number) => `${counted(n, "more", "more")}, too large to be listed.`,
  base64: (name: string) => `${name} in base64`,
  xattrNames: {
    "security.capability": "file capabilities",
    "security.ima": "IMA signature",
    "security.selinux": "SELinux label",
    "system.posix_acl_access": "POSIX ACL",
    "system.posix_acl_default": "default POSIX ACL",
  } as Readonly<Record<string, string>>,
  digest: "SHA-256",
  emptyValue: "empty",

  hiddenTitle: (layer: number) => `Hidden in layer ${count(layer)}`,
  hiddenBy: (by: HiddenBy) => HIDDEN_BY[by],
  stillStored: (layers: readonly number[]) =>
    layers.length === 1
      ? `It is still stored in layer ${layers.join("")}.`
      : `It is still stored in layers ${layers.join(", ")}.`,
  notStored: "It is not in the merged tree.",

  actions: "Actions",
  copyDigest: "Copy digest",
  digesting: "Computing the digest",
  download: "Download",
  downloading: (name: string) => `Saving ${name}`,
  downloadTar: "Download as tar",
  listed: "A tar can be had once the layers are read: Verify reads them.",
  saved: (name: string) => `${name} is saved`,
  showIn: (layer: number) => `Show in layer ${count(layer)}`,

  story: "Story",
  order: "oldest layer first",
  event: (event: StoryEvent) => EVENT[event],
  now: "now",
  moreSteps: (n: number) => `${counted(n, "later step")} ${n === 1 ? "is" : "are"} not listed.`,
  fields: FIELD,
  typeWord: (word: string) => TYPE[word] ?? word,
  nothing: "none",
  to: "becomes",
  version: (layer: number) => `Version of layer ${count(layer)}`,
  details: (layer: number) => `Metadata of layer ${count(layer)}’s version`,
  showContents: "Contents",
  notNow: "not what the merged tree shows",
} as const;
