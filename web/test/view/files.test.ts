import { describe, expect, test } from "vitest";

import type { OpenedArchive } from "../../src/view/api.js";
import { KEYS } from "../../src/view/files/key-help.js";
import { asksForFilter, filesAction, type FilesAction } from "../../src/view/files/keys.js";
import { TreeModel } from "../../src/view/files/model.js";
import { layoutOf } from "../../src/view/files/pane.js";
import {
  isPart,
  leavesOut,
  PLAIN,
  queryOf,
  sortedBy,
  toggled,
  type Arrangement,
} from "../../src/view/files/query.js";
import { shareAt, shareByKey } from "../../src/view/files/separator.js";
import { stretches } from "../../src/view/files/stretches.js";
import type { LayerRange } from "../../src/view/types.js";
import { FakeFiles } from "./fake-files.js";
import { smallTree } from "./fake-tree.js";

const plain = { ctrlKey: false, metaKey: false, altKey: false };
const control = { ...plain, ctrlKey: true };
const bytes = (text: string) => new TextEncoder().encode(text);

describe("filesAction", () => {
  test.each([
    ["dive's Ctrl+A", { key: "a", ...control }, true, { kind: "change", change: "added" }],
    ["the letter alone", { key: "r", ...plain }, true, { kind: "change", change: "removed" }],
    ["a capital letter", { key: "M", ...plain }, true, { kind: "change", change: "modified" }],
    [
      "unmodified is unchanged",
      { key: "u", ...control },
      true,
      { kind: "change", change: "unchanged" },
    ],
    ["Ctrl+R reloads where no changes are shown", { key: "r", ...control }, false, undefined],
    ["attributes", { key: "b", ...control }, false, { kind: "attributes" }],
    ["order", { key: "o", ...control }, false, { kind: "sort" }],
    ["collapse all", { key: " ", ...control }, false, { kind: "collapse-all" }],
    ["space alone is the row's", { key: " ", ...plain }, false, undefined],
    ["the system's shortcuts", { key: "a", ...plain, metaKey: true }, true, undefined],
  ] as const)("%s", (_name, key, part, expected: FilesAction | undefined) => {
    expect(filesAction(key, part)).toEqual(expected);
  });

  test.each([
    ["/", plain, true],
    ["f", control, true],
    ["f", { ...plain, metaKey: true }, true],
    ["f", plain, false],
    ["/", control, false],
  ])("%s with %o asks for the filter: %s", (key, modifiers, expected) => {
    expect(asksForFilter({ key, ...modifiers })).toBe(expected);
  });

  test("no key is listed twice", () => {
    const keys = KEYS.flatMap(([keys]) => keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("query", () => {
  test.each([
    ["all", undefined, false],
    ["all, said in full", { first: 0, last: 5 }, false],
    ["from the base on", { first: 0 }, false],
    ["without the top", { first: 0, last: 4 }, true],
    ["without the base", { first: 1 }, true],
  ])("layers: %s", (_name, range: LayerRange | undefined, expected) => {
    expect(isPart(range, 6)).toBe(expected);
  });

  test("a part of the layers shows what they removed", () => {
    expect(queryOf(PLAIN, true).changes).toEqual(["added", "modified", "removed", "unchanged"]);
    expect(queryOf(PLAIN, false).changes).toEqual([]);
  });

  test.each([
    ["sizes, largest first", [PLAIN, "size"], "size", true],
    ["times, latest first", [PLAIN, "modified"], "modified", true],
    ["modes, ascending", [PLAIN, "mode"], "mode", false],
    ["a second time, reversed", [sortedBy(PLAIN, "size"), "size"], "size", false],
    ["the first column", [PLAIN, "name"], "name", true],
  ] as const)("sorted by %s", (_name, [before, by], sort, descending) => {
    expect(sortedBy(before, by)).toMatchObject({ sort, descending });
  });

  test("when the last change is left out, all are shown", () => {
    const only: Arrangement = { ...PLAIN, changes: new Set(["added"]) };
    expect(toggled(only, "added").changes).toEqual(PLAIN.changes);
    expect([...toggled(only, "removed").changes]).toEqual(["added", "removed"]);
    expect(leavesOut(only, true)).toBe(true);
    expect(leavesOut(only, false)).toBe(false);
  });
});

describe("stretches", () => {
  const shown = (text: string, matches: [number, number][]) =>
    stretches(text, matches).map(({ text, matched }) => (matched ? `[${text}]` : text));
  test.each([
    ["none", "menu", [], ["menu"]],
    ["in the middle", "menu.conf", [[5, 4]], ["menu.", "[conf]"]],
    [
      "two, out of order",
      "abcabc",
      [
        [3, 1],
        [0, 1],
      ],
      ["[a]", "bc", "[a]", "bc"],
    ],
    [
      "overlapping",
      "abcdef",
      [
        [1, 3],
        [2, 3],
      ],
      ["a", "[bcd]", "[e]", "f"],
    ],
    ["past the end", "abc", [[2, 9]], ["ab", "[c]"]],
    ["UTF-16 units", "🍵 tea", [[3, 3]], ["🍵 ", "[tea]"]],
    ["empty", "", [[0, 0]], []],
  ] as [string, string, [number, number][], string[]][])("%s", (_name, text, matches, expected) => {
    expect(shown(text, matches)).toEqual(expected);
  });
});

describe("pane", () => {
  test.each([
    [1400, 800, "side"],
    [1100, 300, "side"],
    [900, 800, "below"],
    [900, 400, "over"],
    [390, 800, "over"],
  ])("%i by %i: %s", (width, height, expected) => {
    expect(layoutOf(width, height)).toBe(expected);
  });

  test.each([
    ["ArrowLeft", "side", 44],
    ["ArrowRight", "side", 36],
    ["ArrowUp", "below", 44],
    ["ArrowLeft", "below", undefined],
    ["Home", "side", 20],
    ["End", "side", 70],
  ] as const)("%s, %s", (key, layout, expected) => {
    expect(shareByKey(key, layout, 40)).toBe(expected);
  });

  test("the share at a point stays within what both sides need", () => {
    const box = { left: 100, top: 0, width: 1000, height: 500 };
    expect(shareAt("side", box, { x: 800, y: 0 })).toBe(30);
    expect(shareAt("side", box, { x: 5000, y: 0 })).toBe(20);
    expect(shareAt("below", box, { x: 0, y: 250 })).toBe(50);
  });
});

/** A model over made-up trees, and those trees as they were opened. */
function modelled() {
  const trees: FakeFiles[] = [];
  const archive = {
    openTree: (_image: number, range?: LayerRange) => {
      const tree = new FakeFiles(smallTree(), 8, range);
      trees.push(tree);
      return Promise.resolve(tree);
    },
  } as Partial<OpenedArchive> as OpenedArchive;
  const model = new TreeModel(() => undefined);
  const open = (range?: LayerRange, image = 0) =>
    model.open(archive, image, range, isPart(range, 8));
  const rows = async () => {
    const shown: string[] = [];
    for (let at = 0; at < model.total; at += 1) {
      shown.push((await model.cache?.read(at))?.path ?? "?");
    }
    return shown;
  };
  const toggle = async (path: string) => {
    const at = (await rows()).indexOf(path);
    const row = await model.cache?.read(at);
    if (row) await model.toggle(at, row);
  };
  const filter = (pattern: string, kind: "text" | "regex" = "text") =>
    model.arrange({ ...model.arrangement, filter: { kind, pattern, caseSensitive: false } });
  return { model, trees, archive, open, rows, toggle, filter };
}

const TOP = ["bin", "dev", "etc", "implied", "odd", "tmp"];

describe("TreeModel", () => {
  test("folders stay open when other layers are shown, and the tree before is closed", async () => {
    const { model, trees, open, rows, toggle } = modelled();
    expect(await open()).toBe(true);
    expect(await rows()).toEqual(TOP);
    await toggle("dev");
    await open({ first: 2 });
    expect(await rows()).toEqual([
      "bin",
      "dev",
      "dev/initctl",
      "dev/null",
      "dev/sda",
      ...TOP.slice(2),
    ]);
    expect(trees.map(({ closed }) => closed)).toEqual([true, false]);
    expect(model.busy).toBe(false);
  });

  test("what a pattern finds is shown, and afterwards it is as it was before", async () => {
    const { open, rows, toggle, filter, model } = modelled();
    await open();
    await toggle("bin");
    await filter("conf");
    expect(await rows()).toEqual(["etc", "etc/menu.conf"]);
    expect(model.state?.matches).toBe(1);
    await filter("");
    expect(await rows()).toEqual(["bin", "bin/busybox", "bin/sh", "bin/su", ...TOP.slice(1)]);
  });

  test("the first rows are asked for with the arrangement, and nothing else is", async () => {
    const { open, filter, model, trees } = modelled();
    await open();
    const [tree] = trees;
    tree?.calls.splice(0);
    await filter("conf");
    await model.arrange(sortedBy(model.arrangement, "size"));
    await filter("");
    // The fake's answer to an arrangement is its state.
    expect(tree?.calls).toEqual([
      ...["arrange name conf", "state", "rows 0"],
      ...["arrange size conf", "state", "rows 0"],
      ...["arrange size", "state", "rows 0"],
    ]);
  });

  test("folders stay open when other layers are shown under a pattern that is cleared then", async () => {
    const { open, rows, toggle, filter } = modelled();
    await open();
    await toggle("bin");
    await filter("conf");
    await open({ first: 2 });
    expect(await rows()).toEqual(["etc", "etc/menu.conf"]);
    await filter("");
    expect(await rows()).toEqual(["bin", "bin/busybox", "bin/sh", "bin/su", ...TOP.slice(1)]);
  });

  test("an invalid pattern is told, and what was shown stays", async () => {
    const { open, rows, filter, model } = modelled();
    await open();
    await filter("conf");
    expect(await filter("(", "regex")).toBe(false);
    expect(model.patternProblem).toContain("the pattern is invalid");
    expect(model.problem).toBeUndefined();
    expect(await rows()).toEqual(["etc", "etc/menu.conf"]);
    // Everything else goes on.
    await model.arrange(sortedBy(model.arrangement, "size"));
    expect(await rows()).toEqual(["etc", "etc/menu.conf"]);
    await filter("busy");
    expect(model.patternProblem).toBeUndefined();
    expect(await rows()).toEqual(["bin", "bin/busybox"]);
  });

  test("of two requests at once, the later one is shown", async () => {
    const { open, rows, trees } = modelled();
    const [first, second] = await Promise.all([open({ first: 1 }), open({ first: 3 })]);
    expect([first, second]).toEqual([false, true]);
    expect(await rows()).toEqual(TOP);
    expect(trees.map(({ range, closed }) => [range.first, closed])).toEqual([
      [1, true],
      [3, false],
    ]);
  });

  test("another image starts with all folders closed", async () => {
    const { open, rows, toggle } = modelled();
    await open();
    await toggle("bin");
    await open(undefined, 1);
    expect(await rows()).toEqual(TOP);
  });

  test("a path is revealed by opening what leads there", async () => {
    const { model, open, rows } = modelled();
    await open();
    expect(await model.reveal(bytes("etc/passwd"))).toBe(4);
    expect((await rows())[4]).toBe("etc/passwd");
    expect(await model.reveal(bytes("etc/nothing"))).toBeUndefined();
  });

  test("rows of layers that cannot be read are not those of others", async () => {
    const { model, open, archive } = modelled();
    await open();
    archive.openTree = () => Promise.reject(new Error("the worker stopped"));
    expect(await open({ first: 2 })).toBe(false);
    expect([model.problem, model.total]).toEqual(["the worker stopped", 0]);
  });
});
