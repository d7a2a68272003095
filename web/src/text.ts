import type { NodeType, Reason, Severity, Status } from "./view/types.js";
import { bytes, count, counted } from "./view/format.js";

/** A command that writes an archive, and whose it is. */
export interface MakingCommand {
  readonly tool: string;
  readonly command: string;
}

const STATUS: Record<Status, string> = {
  verified: "verified",
  mismatch: "mismatch",
  missing: "missing",
  "not-checked": "not checked",
};

const REASON: Record<Reason, string> = {
  pending: "its turn has not come yet",
  "unknown-algorithm": "unknown digest algorithm",
  "invalid-digest": "the digest is malformed",
  encrypted: "encrypted",
  foreign: "kept elsewhere by design",
  limit: "a limit was passed",
  cancelled: "cancelled",
  "decompression-failed": "could not be unpacked",
  "unknown-compression": "unknown compression",
  "read-failed": "could not be read",
  "worker-failed": "the worker stopped",
  "nothing-expected": "nothing states a digest",
  "blob-missing": "the blob is missing",
};

const SEVERITY: Record<Severity, string> = { note: "Note", warning: "Warning", error: "Error" };

const NODE_TYPE: Record<NodeType, string> = {
  file: "file",
  dir: "directory",
  symlink: "symlink",
  char: "character device",
  block: "block device",
  fifo: "named pipe",
};

/** Every English word that the viewer shows. */
export const text = {
  product: "oci-lens",
  status: (status: Status) => STATUS[status],
  reason: (reason: Reason) => REASON[reason],
  severity: (severity: Severity) => SEVERITY[severity],
  nodeType: (type: NodeType) => NODE_TYPE[type],

  empty: {
    title: "Look into a container image",
    lead: "Drop an image archive or an OCI layout folder here.",
    privacy: "Nothing leaves this browser.",
    file: "Choose a file",
    folder: "Choose a folder",
    sample: "Open a sample",
    opens: "Opens what these write",
    does: [
      [
        "Verified",
        "Every digest is computed from the bytes and compared, layers and diff IDs too.",
      ],
      ["Merged", "Layers are applied bottom to top; each path shows the layer that it comes from."],
      ["Explained", "BuildKit’s cache keys, with the bytes that they are made of."],
    ] as const,
  },
  commands: [
    { tool: "Docker", command: "docker save IMAGE -o image.tar" },
    { tool: "BuildKit", command: "docker buildx build -o type=oci,dest=image.tar ." },
    { tool: "Skopeo", command: "skopeo copy docker://IMAGE oci-archive:image.tar" },
    { tool: "Podman", command: "podman save --format oci-archive -o image.tar IMAGE" },
    { tool: "crane", command: "crane pull IMAGE image.tar" },
    { tool: "Folder", command: "skopeo copy docker://IMAGE oci:folder" },
  ] as const satisfies readonly MakingCommand[],
  unnamed: "archive",
  drop: "Drop to open",
  opening: (name: string) => `Opening ${name}`,
  openingProgress: (done: number, total: number) =>
    total === 0 ? `${bytes(done)} read` : `${bytes(done)} of ${bytes(total)} read`,
  cancel: "Cancel",
  close: "Close",
  openFile: "Open file",
  openFolder: "Open folder",

  container: { tar: "tar", folder: "folder" } as const,
  outer: (compression: string, unpacked: number) => `${compression}, ${bytes(unpacked)} unpacked`,
  members: (n: number) => counted(n, "member"),
  layoutVersion: (version: string) => `layout ${version}`,

  verification: {
    label: "Verification",
    list: (what: string, status: Status) => `List: ${what}, ${STATUS[status]}`,
    blobs: "Blobs",
    diffIds: "Diff IDs",
    scanning: (stored: number, total: number) => `${bytes(stored)} of ${bytes(total)} read`,
    progress: "Layers read",
    done: (verified: number, mismatch: number, missing: number, notChecked: number) =>
      `Blobs: ${count(verified)} verified, ${count(mismatch)} mismatch, ` +
      `${count(missing)} missing, ${count(notChecked)} not checked.`,
    cancelled: "Cancelled. What was not read stays not checked.",
    failed: "Reading stopped",
    resume: "Check again",
    verify: "Verify",
  },

  tabs: {
    label: "Views",
    overview: "Overview",
    images: "Images",
    layers: "Layers",
    files: "Files",
    waste: "Waste",
    hidden: "Hidden",
    dockerfile: "Dockerfile",
    raw: "Raw",
    store: "Store",
    keys: "Cache keys",
    cache: "Build cache",
    compare: "Compare",
    findings: "Findings",
  },
  sheet: { title: "Keyboard" },
  changes: {
    sign: { added: "+", modified: "~", removed: "−" } as const,
    count: (change: "added" | "modified" | "removed", n: number) => `${count(n)} ${change}`,
  },

  images: {
    title: "Images",
    index: "index",
    entries: (n: number) => counted(n, "entry", "entries"),
    attestation: "attestation",
    attestationFor: (platform: string) => `attestation for ${platform}`,
    artifact: "artifact",
    unknown: "unknown media type",
    absent: "not in this archive",
    partial: "incomplete",
    layers: (n: number) => counted(n, "layer"),
    noPlatform: "no platform",
    none: "No image in this archive.",
  },

  image: {
    emptyLayer: "empty layer",
  },

  layers: {
    title: "Layers",
    order: "base at the top",
    number: (n: number) => `Layer ${count(n)}`,
    layer: "Layer",
    all: "All layers",
    pick: "Show what this layer did; with Shift, from the layer chosen before to this one",
    upTo: "Show all up to here",
    download: "Download tar",
    shownAll: "all layers shown",
    shownOne: (n: number) => `layer ${count(n)} shown`,
    shownUpTo: (n: number) => `layers up to ${count(n)} shown`,
    shownRange: (first: number, last: number) => `layers ${count(first)} to ${count(last)} shown`,
    stored: (size: string) => `${size} stored`,
    unpacked: (size: string) => `${size} unpacked`,
    noHistory: "no history entry",
    details: "Details",
    digest: "Layer digest",
    diffId: "Diff ID",
    chainId: "Chain ID",
    mediaType: "Media type",
    compression: "Compression",
    member: "Member",
    entries: "Entries",
    declared: "Declared size",
    expected: "expected",
    found: "found",
    none: "This image has no layers.",
    absent: "This image is not in this archive.",
    counts: (parts: readonly (readonly [number, string, string])[]) =>
      parts
        .filter(([n]) => n > 0)
        .map(([n, one, many]) => counted(n, one, many))
        .join(", "),
  },

  findings: {
    none: "No findings.",
    expected: "expected",
    found: "found",
    /** The core's own sentence for two values that differ. */
    differ: (expected: string, found: string) => `expected ${expected}, but found ${found}`,
    place: {
      archive: "Archive",
      blob: "Blob",
      index: "Index",
      artifact: "Artifact",
      cache: "Build cache",
    } as const,
    image: (name: string) => `Image ${name}`,
    layer: (n: number) => `Layer ${count(n)}`,
    offset: (offset: string) => `byte ${offset}`,
  },

  error: {
    title: "This cannot be opened",
    code: "Code",
    seems: (what: string) => `It seems to be ${what}.`,
    make: "These commands make an archive that opens",
    sample: (status: number) => `the sample could not be fetched: HTTP status ${status}`,
  },

  loading: "Loading",
  notLoaded: "This part of the viewer could not be loaded.",
  again: "Try again",
  copy: (what: string) => `Copy ${what}`,
  copied: "Copied",
  notCopied: "The browser did not allow copying",
} as const;
