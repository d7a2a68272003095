import type { PlatformSource } from "../view/types.js";
import { count, counted } from "../view/format.js";

export const keysText = {
  platformSource: (source: PlatformSource) => PLATFORM_SOURCE[source],
  lead: "What BuildKit looks up for this image as a source, for each way of referring to it. Every name with bytes below it is their SHA-256.",
  platform: "Platform",
  platformHint: "os/architecture[/variant]",
  limit: "Layers",
  limitHint: "all",
  apply: "Set",
  noLimit: "The number of layers is a whole number above 0, or nothing for all.",
  byManifest: "By image manifest",
  byIndex: "By image index",
  byConfig: "By config: no manifest lists this image",
  reference: "Reference digest",
  index: (n: number) => `Index ${n}`,
  /** What a key is made of: the first of reference and platform, the last of the config. */
  of: (done: boolean) => (done ? "config’s chain ID" : "reference and platform"),
  final: "final",
  key: "Key",
  bytes: "Bytes",
  op: "Source op",
  record: "Record",
  none: "No cache keys: nothing refers to this image by digest.",
  ladder: "Chain IDs and snapshots",
  ladderLead:
    "containerd unpacks layer by layer. A snapshot is named by the chain ID up to its layer; images with the same lower layers share it.",
  layer: (n: number) => `Layer ${count(n)}`,
  diffId: "Diff ID",
  chainId: "Chain ID",
  lowest: "The lowest layer’s chain ID is its diff ID.",
  active: "While unpacked",
  snapshot: "Snapshot",
  shared: (n: number) => `Shared with ${counted(n, "other image")}`,
  alone: "Of this image alone",
  image: (n: number, platform: string) => `Image ${count(n)}${platform && `, ${platform}`}`,
  noLadder: "No layers.",
} as const;
const PLATFORM_SOURCE: Record<PlatformSource, string> = {
  descriptor: "from the index descriptor",
  config: "from the config",
  chosen: "chosen",
};
