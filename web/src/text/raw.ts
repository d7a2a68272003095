import { count, counted } from "../view/format.js";
import type { PackageFormat, Role, Status } from "../view/types.js";

const ROLE: Record<Role, string> = {
  manifest: "manifest",
  config: "config",
  layer: "layer",
  subject: "subject",
};

const FORMAT: Record<PackageFormat, string> = { spdx: "SPDX", cyclonedx: "CycloneDX" };

export const rawText = {
  documents: "Documents",
  blobs: "Content store",
  blobsNote: (n: number) => counted(n, "blob"),
  only: (status: Status) => `only ${status === "not-checked" ? "not checked" : status}`,
  all: "all",
  filter: "Outcome",
  columns: {
    digest: "Digest",
    what: "What it is",
    size: "Size",
    outcome: "Outcome",
    by: "Referred to by",
  },
  unreferenced: "unreferenced",
  by: (documents: number) => counted(documents, "document"),
  role: (role: Role) => ROLE[role],
  none: "No blob.",
  back: "All blobs",
  readable: "Readable",
  json: "JSON",
  bytes: "Exact bytes",
  save: "Save blob",
  problem: "This is no JSON",
  tooLarge: "Layers are shown in Files; their bytes can be saved.",
  missing: "The blob is not in this archive.",
  referredBy: "Referred to by",
  member: "Member",
  mediaType: "Media type",
  statement: "Statement",
  predicate: "Predicate type",
  subjects: "Subjects",
  tools: "Made by",
  created: "Created",
  packagesTitle: (format: PackageFormat, version: string) =>
    `Packages (${[FORMAT[format], version].filter(Boolean).join(" ")})`,
  packages: (n: number) => counted(n, "package"),
  files: (n: number) => counted(n, "file"),
  relationships: (n: number) => counted(n, "relationship"),
  packageColumns: {
    name: "Name",
    version: "Version",
    kind: "Kind",
    license: "License",
    purl: "Package URL",
  },
  filterPackages: "Filter packages",
  shown: (n: number, total: number) => `${count(n)} of ${count(total)}`,
  noPackages: "No package matches.",
  provenance: "Provenance",
  builder: "Builder",
  buildType: "Build type",
  started: "Started",
  finished: "Finished",
  parameters: "Parameters",
  materials: "Materials",
} as const;
