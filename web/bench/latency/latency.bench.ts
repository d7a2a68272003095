import { join } from "node:path";

import type { Page } from "playwright-core";

import { writeArchive } from "../../e2e/support/archive.js";
import { url } from "../../e2e/support/environment.js";
import { GO_WINDOW, writeSynthetic, type Packing } from "../archives/synthetic.js";
import { percentile, type Bench, type Case, type Findings } from "../support/bench.js";
import { onStage, type Stage } from "../support/browser.js";

const MB = 1_000_000;

/** With what describes them, a plain archive of about 100 members. */
const LAYERS = 96;

/** What each holds, in MiB: next to nothing, and so much that its header is a read of its own. */
const MEMBERS = [0, 1];

const ROUNDS = 9;

/** What the layers unpack to whose files are read, and how many of their files are. */
const WHOLE = { unpacked: 1000 * MB, files: 60 };
const QUICK = { unpacked: 120 * MB, files: 30 };

/** How the layers are packed whose files are read. */
const PACKED: readonly (readonly [name: string, packing: Packing])[] = [
  ["gzip", { compression: "gzip" }],
  ["zstd, frames of 4 MiB", { compression: "zstd", frame: 4 * 1024 * 1024 }],
  ["zstd, a frame for each layer", { compression: "zstd" }],
  ["zstd, the same with windows of 8 MiB", { compression: "zstd", window: GO_WINDOW }],
];

/** What is shown of a file first. */
const FIRST_BYTES = 64 * 1024;

export const latency: Bench = {
  name: "latency",
  about: "from a drop to the list of layers, and from a click to a file's first bytes",
  run: async ({ quick }) => {
    const { unpacked, files } = quick ? QUICK : WHOLE;
    const findings: Findings[] = [];
    for (const mib of MEMBERS) findings.push(await onStage((stage) => dropped(stage, mib)));
    for (const [name, packing] of PACKED) {
      findings.push(await onStage((stage) => read(stage, name, packing, unpacked, files)));
    }
    return findings;
  },
};

async function dropped({ viewer, page, folder, browser }: Stage, mib: number): Promise<Findings> {
  const archive = join(folder, "members.tar");
  await writeArchive(
    archive,
    Array.from({ length: LAYERS }, (_, number) => [[`file-${number}`, mib] as const]),
  );
  await watchList(page);
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await viewer.drop(archive);
    const shown = await page.waitForFunction(
      () => (globalThis as unknown as { listShown?: number }).listShown,
    );
    times.push(Number(await shown.jsonValue()));
    await viewer.scanned();
    await viewer.close();
  }
  return {
    setting: { browser, layers: LAYERS, "MiB in each": mib, rounds: ROUNDS },
    cases: [summary("drop to list, the first", times.slice(0, 1))].concat(
      summary("drop to list, later", times.slice(1)),
    ),
    ratios: [],
  };
}

/** Notes in the page how long after a drop the layers are listed. */
async function watchList(page: Page): Promise<void> {
  await page.evaluate(() => {
    const page = globalThis as unknown as { listShown?: number | undefined };
    const isListed = (root: ParentNode): boolean =>
      root.querySelector("li.layer") !== null ||
      [...root.querySelectorAll("*")].some(({ shadowRoot }) => shadowRoot && isListed(shadowRoot));
    addEventListener(
      "drop",
      ({ timeStamp }) => {
        page.listShown = undefined;
        const look = (): void => {
          if (isListed(document)) page.listShown = performance.now() - timeStamp;
          else requestAnimationFrame(look);
        };
        look();
      },
      { capture: true },
    );
  });
}

async function read(
  { page, folder, browser }: Stage,
  name: string,
  packing: Packing,
  unpacked: number,
  files: number,
): Promise<Findings> {
  const archive = join(folder, "layers.tar");
  await writeSynthetic(archive, unpacked, packing);
  await page.evaluate(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.id = "archive";
    document.body.append(input);
  });
  await page.locator("#archive").setInputFiles(archive);
  // As text: an import in a function would be one that Vite has rewritten.
  const module = JSON.stringify(new URL("index.js", url()).href);
  await page.evaluate(`import(${module}).then((module) => Object.assign(globalThis, { module }))`);
  const times = await page.evaluate(
    async ({ files, FIRST_BYTES }) => {
      const { module } = globalThis as unknown as { module: typeof import("../../src/index.js") };
      const file = (document.querySelector("#archive") as HTMLInputElement).files?.[0];
      if (!file) throw new Error("no archive was chosen");
      const engine = module.createEngine();
      const archive = await engine.open(file);
      const report = await archive.scan();
      const layers = report.images[0]?.layers ?? [];
      const times: number[] = [];
      for (let number = 0; number < files; number += 1) {
        // Far apart, never in order: nothing is read on from where the last one ended.
        const share = (number * 0.618_034) % 1;
        const layer = number % layers.length;
        const entries = layers[layer]?.entries?.total ?? 0;
        const place = { layer, entry: Math.floor(share * entries) };
        const start = performance.now();
        await archive.content(0, place, { length: FIRST_BYTES });
        times.push(performance.now() - start);
      }
      await archive.close();
      engine.close();
      return times;
    },
    { files, FIRST_BYTES },
  );
  return {
    setting: { browser, layers: name, "MB unpacked": unpacked / MB, files },
    cases: [
      summary("first bytes of a file, the first", times.slice(0, 1)),
      summary("first bytes of a file, later", times.slice(1)),
    ],
    ratios: [],
  };
}

function summary(name: string, times: readonly number[]): Case {
  const ms = (value: number) => ({ value, unit: "ms" }) as const;
  return {
    name,
    figures: {
      times: { value: times.length, unit: "" },
      median: ms(percentile(times, 0.5)),
      "95th": ms(percentile(times, 0.95)),
      longest: ms(Math.max(...times)),
    },
  };
}
