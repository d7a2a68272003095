import { join } from "node:path";

import { tarHeader, tarMember, writeLayout, type Layer } from "../../e2e/support/archive.js";
import { writeManyRows } from "../../e2e/support/many-rows.js";
import type { Viewer } from "../../e2e/support/viewer.js";
import type { Bench, Findings } from "../support/bench.js";
import { onStage, type Stage } from "../support/browser.js";
import { Watched } from "../support/watched.js";

/** Each thing that is done to a tree is done so often. */
const ROUNDS = 5;

/** How long anything may take. */
const PATIENCE = 300_000;

/** What the page at rest is measured for, in milliseconds. */
const REST = 5000;

const LAYERS = 8;
const FILES_EACH = 512;
const FILE_BYTES = 256 * 1024;

export const tasks: Bench = {
  name: "tasks",
  about: "tasks of the main thread while 1 GiB is read, and while 200,000 paths are worked on",
  run: async () => [await onStage(measure)],
};

async function measure({ viewer, page, folder, browser }: Stage): Promise<Findings> {
  const large = join(folder, "large.tar");
  const many = join(folder, "many.tar");
  await writeLarge(large);
  const rows = (await writeManyRows(many)).length;
  const watched = await Watched.on(page);
  const click = (selector: string) => () => viewer.element.locator(selector).click();
  const pattern = viewer.element.locator("input.pattern");

  await watched.take("at rest, nothing open", () => page.waitForTimeout(REST));
  await watched.take("1 GiB is read", () => opened(viewer, large));
  await watched.take("at rest, 1 GiB open", () => page.waitForTimeout(REST));
  await viewer.close();
  await watched.take("200,000 paths are read", () => opened(viewer, many));
  for (let round = 0; round < ROUNDS; round += 1) {
    await watched.answer("all folders are opened", click('[data-depth="all"]'));
    await watched.answer("sorted by size", click("[data-sort=size]"));
    await watched.answer("sorted by name", click("[data-sort=name]"));
    for (const [kind, text] of [
      ["text", "entry-49"],
      ["glob", "**/Upper-*"],
      ["regex", "(^|/)[.]hidden-[0-9]*7$"],
    ] as const) {
      await viewer.element.locator("select.kind").selectOption(kind);
      await watched.prepare(() => pattern.fill(text.slice(0, -1)));
      await watched.answer(`filtered by ${kind}, the last key`, () =>
        pattern.press(text.slice(-1)),
      );
      await watched.answer("the filter is cleared", () => pattern.press("Escape"));
    }
    await watched.answer("all folders are closed", click('[data-depth="1"]'));
  }
  await watched.take("at rest, 200,000 paths open", () => page.waitForTimeout(REST));
  return {
    setting: {
      browser,
      rows,
      "bytes unpacked": LAYERS * FILES_EACH * FILE_BYTES,
      "layers of the large one": LAYERS,
    },
    cases: watched.cases(),
    ratios: [
      { figure: "work a second", of: "1 GiB is read", to: "at rest, 1 GiB open" },
      { figure: "work a second", of: "200,000 paths are read", to: "at rest, 200,000 paths open" },
    ],
  };
}

async function opened(viewer: Viewer, archive: string): Promise<void> {
  await viewer.drop(archive);
  await viewer.element.locator("[data-scan=running]").waitFor({ timeout: PATIENCE });
  const scanned = await viewer.scanned(PATIENCE);
  if (scanned !== "done") throw new Error(`the scan is ${scanned}`);
}

/** Writes an archive of gzip layers that unpack to 1 GiB: much of the same, so that it is quick. */
function writeLarge(archive: string): Promise<void> {
  const line = Buffer.alloc(FILE_BYTES, "as much of the same as anyone could want\n");
  const layers = Array.from({ length: LAYERS }, (_, layer): Layer => ({
    tar: function* () {
      for (let file = 0; file < FILES_EACH; file += 1) {
        if (file % 64 === 0) yield tarHeader(`folder-${layer}-${file / 64}/`, "5", 0);
        const name = `folder-${layer}-${Math.floor(file / 64)}/file-${file}.txt`;
        yield* tarMember(name, FILE_BYTES, [line]);
      }
      yield Buffer.alloc(1024);
    },
    compression: "gzip",
  }));
  return writeLayout(archive, layers);
}
