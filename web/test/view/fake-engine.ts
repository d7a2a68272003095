import { EngineError, type Engine, type OpenedArchive } from "../../src/client.js";
import type { Report } from "../../src/view/types.js";
import { complete, sampleReport } from "./fake-report.js";
import { FakeTree, largeTree, smallTree } from "./fake-tree.js";

export interface FakeOptions {
  /** Paths of the merged tree; without, a small one with odd names. */
  paths?: number;
  /** Layers that are read before the scan comes to a halt. */
  layers?: number;
  /** Fails to open. */
  failing?: boolean;
  /** Never opens. */
  stuck?: boolean;
}

/** Stands in for the engine: a made-up archive, whatever is opened. */
export function fakeEngine({ paths, layers = 99, failing, stuck }: FakeOptions = {}): Engine {
  return {
    open: (_source, { onProgress, signal } = {}) => {
      if (failing === true) {
        return Promise.reject(
          new EngineError({
            code: "not-an-archive",
            message: "the file is no image archive: it has neither index.json nor manifest.json",
            seems: "a PNG picture",
            hints: [],
          }),
        );
      }
      if (stuck === true) {
        onProgress?.({ read: 31_000_000, total: 96_468_992, unpacked: 60_000_000 });
        return new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => {
            reject(new DOMException("cancelled", "AbortError"));
          });
        });
      }
      return Promise.resolve(fakeArchive(paths, layers));
    },
    close: () => undefined,
  };
}

const unanswered = () =>
  Promise.reject(new EngineError({ code: "not-made-up", message: "this is not made up" }));

/** What the made-up archive does not answer. */
const UNANSWERED = {
  story: unanswered,
  waste: unanswered,
  keys: unanswered,
  hidden: unanswered,
  content: unanswered,
  describe: unanswered,
  checksum: unanswered,
  contentDigest: unanswered,
  exportTar: unanswered,
  blob: unanswered,
  readContents: unanswered,
  document: unanswered,
  statement: unanswered,
  dockerfile: unanswered,
  compare: unanswered,
  cache: (): never => {
    throw new Error("the fake has no build caches");
  },
  markdown: unanswered,
  csv: unanswered,
  listLayers: unanswered,
};

function fakeArchive(paths: number | undefined, halt: number): OpenedArchive {
  const report = sampleReport();
  const tree = new FakeTree(paths === undefined ? smallTree() : largeTree(paths));
  let applied = 0;
  const now = (): Report => structuredClone(report);
  const total = () => ({ total: applied === 0 ? 0 : tree.rows });
  return {
    latest: now(),
    onDemand: false,
    report: () => Promise.resolve(now()),
    scan: async ({ signal, onUpdate } = {}) => {
      const layers = report.images[0]?.layers.length ?? 0;
      while (applied < layers) {
        if (applied >= halt) {
          await new Promise((_resolve, reject) => {
            signal?.addEventListener("abort", () => {
              reject(new DOMException("cancelled", "AbortError"));
            });
          });
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
        complete(report, applied);
        applied += 1;
        onUpdate?.({
          stored: (96_468_992 / layers) * applied,
          total: 96_468_992,
          unpacked: 0,
          done: applied,
          jobs: layers,
          changed: { layers: [], images: [0] },
        });
      }
      return now();
    },
    ...UNANSWERED,
    openTree: (_image, range = { first: 0 }) => {
      const state = () =>
        Promise.resolve({
          rows: total().total,
          applied,
          layers: report.images[0]?.layers.length ?? 0,
          pending: 0,
          paths: applied === 0 ? 0 : tree.paths,
          matches: applied === 0 ? 0 : tree.paths,
          size: "0",
          changes: { added: tree.paths, modified: 0, removed: 0, unchanged: 0 },
        });
      return Promise.resolve({
        range,
        state,
        rows: (offset, limit) => Promise.resolve(tree.read(offset, limit)),
        arrange: state,
        showPart: () => Promise.resolve(undefined),
        expand: (node) => {
          tree.setExpanded(node, true);
          return Promise.resolve();
        },
        collapse: (node) => {
          tree.setExpanded(node, false);
          return Promise.resolve();
        },
        expandTo: (depth) => {
          tree.expandTo(depth);
          return Promise.resolve();
        },
        reveal: () => Promise.resolve(undefined),
        sizes: () => Promise.reject(new EngineError({ code: "no-such-node", message: "none" })),
        close: () => Promise.resolve(),
      });
    },
    setPlatform: () => Promise.resolve(now()),
    close: () => Promise.resolve(),
  };
}
