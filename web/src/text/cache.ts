import { bytes, count, counted, shortDigest } from "../view/format.js";
import type {
  CacheCarrier,
  CacheChoice,
  CacheForm,
  CacheMiss,
  CacheOutcome,
  CacheView,
} from "../view/types.js";

const CARRIER: Record<CacheCarrier, string> = {
  index: "image index",
  manifest: "image manifest",
  inline: "inside an image config",
};

const FORM: Record<CacheForm, string> = {
  records: "records (since 2018)",
  items: "items (2017)",
};

const OUTCOME: Record<CacheOutcome, string> = {
  none: "no result",
  usable: "result",
  "not-listed": "layer not listed",
  broken: "broken result",
};

const CHOICE: Record<CacheChoice, string> = {
  all: "All records",
  "without-result": "Without a result",
  roots: "Without inputs",
  ends: "Not used by others",
};

const MISS: Record<CacheMiss, string> = {
  digest: "new operation",
  inputs: "same operation, other inputs",
  follows: "follows from what it takes",
};

export const cacheText = {
  cache: "Cache",
  name: ({ number, names, digest }: CacheView) =>
    `${count(number)}: ${names[0] ?? shortDigest(digest)}`,
  names:
    "A cache holds digests, not names: which command a record stands for is not in the format.",
  carrier: (carrier: CacheCarrier) => CARRIER[carrier],
  form: (form: CacheForm) => FORM[form],
  facts: { carrier: "Carrier", form: "Format", digest: "Manifest", config: "Config" },
  sized: (size: number | undefined) => (size === undefined ? "" : bytes(size)),
  counts: (view: CacheView) =>
    `${counted(view.records, "record")} on ${counted(view.levels, "level")}, ` +
    `${count(view.roots)} without inputs, ${count(view.withoutResult)} without a result; ` +
    counted(view.layers, "layer") +
    (view.missingLayers > 0 ? `, ${count(view.missingLayers)} not in this archive` : ""),
  imported: "BuildKit imports it",
  notImported: "BuildKit does not import it",
  findings: "Findings",
  unread: "The config of this cache could not be read.",
  key: {
    label: "Key of a record",
    hint: "sha256:…",
    ask: "Look up",
    known: "The cache has a record of this key.",
    unknown: "The cache has no record of this key.",
    noLayers: "It leads to no layers: a step on the way to others.",
    refused: (why: string) => `BuildKit refuses the answer: ${why}`,
    content: "As the key of content, it leads to",
    records: "Records",
  },
  chainId: "Chain ID",
  isImage: (image: number) => `This is image ${count(image)} of the archive.`,
  madeAt: (time: string) => `Made ${time}`,
  parts: { label: "Parts of the cache", records: "Records", layers: "Layers", compare: "Compare" },
  filter: "Show",
  choice: (choice: CacheChoice) => CHOICE[choice],
  search: "Part of a digest",
  ofLayer: (layer: number) => `Results that end in layer ${count(layer)}`,
  everyLayer: "Any layer",
  outcome: (outcome: CacheOutcome) => OUTCOME[outcome],
  level: (level: number | undefined) => (level === undefined ? "–" : count(level)),
  recordColumns: {
    number: "Record",
    level: "Level",
    digest: "Digest",
    outcome: "Result",
    inputs: "Takes",
    users: "Taken by",
    layers: "Layers",
  },
  layerColumns: {
    number: "Layer",
    blob: "Blob",
    size: "Size",
    below: "On",
    outcome: "Blob",
    diffId: "Diff ID",
    made: "Made",
    records: "Results",
  },
  notListed: "not listed",
  bottom: "–",
  noRecords: "No record.",
  noLayers: "No layer.",
  graph: {
    label: (whole: boolean) =>
      whole ? "All records, each right of what it takes" : "Records around the chosen one",
    part: (shown: number, all: number) => `${count(shown)} of ${counted(all, "record")} drawn.`,
    node: (record: number, digest: string, outcome: CacheOutcome) =>
      `Record ${count(record)}, ${shortDigest(digest)}, ${OUTCOME[outcome]}`,
    keys: "Arrow keys go along the links, Enter chooses.",
    legend: "A filled box has a result; a dashed one has none.",
  },
  record: {
    title: (record: number) => `Record ${count(record)}`,
    inputs: "Takes",
    input: (input: number) => `Input ${count(input)}`,
    or: "or",
    selector: (selector: string) => `only ${selector}`,
    users: (users: number) => `Taken by ${counted(users, "record")}`,
    results: "Results",
    moreLayers: (more: number) => `and ${counted(more, "more layer", "more layers")}`,
    choose: "Choose a record to see what it takes and what it leads to.",
    go: "Go to record",
  },
  compare: {
    lead: "Put another export beside this one: from this archive, or from another. What is named first is where a build that made the right one would begin to miss the left one.",
    left: "This cache",
    right: "Other cache",
    choose: "Choose a cache",
    here: "In this archive",
    there: (name: string) => `In ${name}`,
    open: "Open another export",
    none: (name: string) => `${name} holds no build cache.`,
    noImages: (name: string) => `${name} holds no image.`,
    images: "Base images",
    imagesDiffer: "What differs between the base images",
    base: { left: "The build on the left began with", right: "The build on the right began with" },
    openBase: { left: "Open the left base", right: "Open the right base" },
    noImage: "no image",
    same: "Every record has a counterpart, with the same layers.",
    matched: (matched: number, all: number) =>
      `${count(matched)} of ${counted(all, "record")} on the right would be found on the left.`,
    rebuilt: (records: number) => `${counted(records, "record")} found again lead to other layers.`,
    shared: (layers: number, size: string) =>
      `${counted(layers, "layer")} in both, ${bytes(size)}.`,
    alone: (layers: number, size: string) =>
      `${counted(layers, "layer")} on this side alone, ${bytes(size)}.`,
    cut: "Not all records were compared: a limit was reached.",
    first: { left: "First only on the left", right: "First only on the right" },
    later: (records: number) => `${counted(records, "more record")} that follow from these`,
    side: { left: "Only on the left", right: "Only on the right" },
    nothing: "Nothing.",
    miss: (miss: CacheMiss) => MISS[miss],
    inputs: (inputs: readonly number[]) =>
      inputs.length === 0 ? "" : `input ${inputs.map((input) => count(input)).join(", ")}`,
    otherLayers: "Found again, with other layers",
    fromLayer: (layer: number) => `from layer ${count(layer)} on`,
    columns: { record: "Record", digest: "Digest", why: "Why" },
    bases: "Keys of the base images",
    baseKey: (isLeft: boolean, index: number) =>
      `${isLeft ? "Left" : "Right"}, key ${count(index)}${index === 0 ? " (reference and platform)" : " (chain ID)"}`,
    baseFacts: { reference: "Reference", key: "Key", record: "Record" },
    has: (inLeft: boolean, inRight: boolean) => {
      if (inLeft && inRight) return "in both caches";
      if (inLeft) return "in the left cache alone";
      return inRight ? "in the right cache alone" : "in neither cache";
    },
  },
} as const;
