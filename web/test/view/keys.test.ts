import { describe, expect, test } from "vitest";

import { treeAction, type TreeAction, type TreeFocus } from "../../src/view/files/keys.js";

const plain = { ctrlKey: false, metaKey: false, altKey: false };
const file: TreeFocus = {
  index: 10,
  total: 100,
  page: 20,
  level: 2,
  expandable: false,
  expanded: false,
};
const shut: TreeFocus = { ...file, expandable: true };
const open: TreeFocus = { ...shut, expanded: true };

const cases: [string, TreeFocus, string, TreeAction | undefined][] = [
  ["down", file, "ArrowDown", { kind: "move", to: 11 }],
  ["up", file, "ArrowUp", { kind: "move", to: 9 }],
  ["down at the end stays", { ...file, index: 99 }, "ArrowDown", { kind: "move", to: 99 }],
  ["up at the top stays", { ...file, index: 0 }, "ArrowUp", { kind: "move", to: 0 }],
  ["home", file, "Home", { kind: "move", to: 0 }],
  ["end", file, "End", { kind: "move", to: 99 }],
  ["page down keeps a row in sight", file, "PageDown", { kind: "move", to: 29 }],
  ["page up stops at the top", file, "PageUp", { kind: "move", to: 0 }],
  ["right opens a folder", shut, "ArrowRight", { kind: "expand" }],
  ["right goes into an open folder", open, "ArrowRight", { kind: "move", to: 11 }],
  ["right on a file does nothing", file, "ArrowRight", undefined],
  ["left shuts a folder", open, "ArrowLeft", { kind: "collapse" }],
  ["left goes up from a shut folder", shut, "ArrowLeft", { kind: "parent" }],
  ["left at the root does nothing", { ...file, level: 1 }, "ArrowLeft", undefined],
  ["enter opens", shut, "Enter", { kind: "expand" }],
  ["space shuts", open, " ", { kind: "collapse" }],
  ["other keys are not the tree's", file, "x", undefined],
];

describe("treeAction", () => {
  test.each(cases)("%s", (_name, focus, key, expected) => {
    expect(treeAction({ key, ...plain }, focus)).toEqual(expected);
  });

  test("the browser keeps its own shortcuts", () => {
    expect(treeAction({ key: "ArrowLeft", ...plain, altKey: true }, open)).toBeUndefined();
  });
});
