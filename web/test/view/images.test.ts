import { describe, expect, test } from "vitest";

import { allFindings } from "../../src/view/findings.js";
import { firstImage, imageLines, imageName, type ImageLine } from "../../src/view/images.js";
import type { Report } from "../../src/view/types.js";
import { complete, sampleReport } from "./fake-report.js";

function dump(line: ImageLine): string {
  const indent = "  ".repeat(line.depth);
  switch (line.kind) {
    case "image":
      return `${indent}image ${imageName(line.image, line.names)}`;
    case "index":
      return `${indent}index ${line.index.names.join(", ")}`;
    default:
      return `${indent}${line.kind} ${line.label}`;
  }
}

const dumped = (report: Report) => imageLines(report).map(dump);

describe("imageLines", () => {
  test("entries are indented below their index, and attestations named", () => {
    expect(dumped(sampleReport())).toEqual([
      "index example.com/teahouse/menu:1.4.0, example.com/teahouse/menu:latest",
      "  image linux/amd64",
      "  attestation attestation for linux/amd64",
      "  image linux/arm64/v8",
      "  attestation attestation for linux/arm64/v8",
      "  image linux/riscv64",
      "image 1.4.0-tampered",
      "artifact chart · application/vnd.example.chart.v1",
    ]);
  });

  test("an index that lists itself is shown once", () => {
    const report = sampleReport();
    const release = report.indexes[1];
    if (!release?.descriptor) throw new Error("the sample has an index");
    release.entries = [{ descriptor: release.descriptor, role: "index" }];
    expect(dumped(report).slice(0, 2)).toEqual([
      "index example.com/teahouse/menu:1.4.0, example.com/teahouse/menu:latest",
      "  absent-index index",
    ]);
  });

  test("names that an image has from its index are not said again", () => {
    const report = sampleReport();
    const [first, second] = report.images;
    const [name = ""] = report.indexes[1]?.names ?? [];
    if (!first || !second) throw new Error("the sample has images");
    first.names = [name];
    second.names = [name, "its own"];
    expect(dumped(report).filter((line) => line.includes("image "))).toEqual([
      "  image linux/amd64",
      "  image its own",
      "  image linux/riscv64",
      "image 1.4.0-tampered",
    ]);
  });

  test("an image that no index lists is shown", () => {
    const report = sampleReport();
    report.indexes = [];
    expect(dumped(report)).toHaveLength(report.images.length);
  });

  test("nothing is nothing", () => {
    const report = { ...sampleReport(), images: [], indexes: [] };
    expect(dumped(report)).toEqual([]);
    expect(firstImage(report)).toBe(-1);
  });
});

test("the first image that is there is chosen", () => {
  const report = sampleReport();
  expect(firstImage(report)).toBe(0);
  for (const image of report.images.slice(0, 2)) image.presence = "absent";
  expect(firstImage(report)).toBe(3);
  for (const image of report.images) image.presence = "absent";
  expect(firstImage(report)).toBe(0);
});

test("findings are listed once, errors first", () => {
  const report = sampleReport();
  complete(report, 2);
  const shared = report.images[3]?.layers[2];
  report.blobs.push({
    digest: shared?.digest ?? "",
    verification: { status: "mismatch" },
    referencedBy: [],
    diagnostics: shared?.diagnostics ?? [],
  });
  expect(allFindings(report).map(({ place, diagnostic }) => [place, diagnostic.code])).toEqual([
    ["Image 1.4.0-tampered, Layer 2", "blob-digest-mismatch"],
    ["Archive", "docker-save-extra-member"],
  ]);
});
