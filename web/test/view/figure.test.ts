import { expect, test } from "vitest";

import { figureOf, type ViewerOptions } from "../../src/options.js";
import { partOf } from "../../src/view/figure/tree.js";

test.each<[ViewerOptions, string | undefined]>([
  [{ view: "tree" }, "tree"],
  [{ view: "tree", withoutToolbar: true }, "tree"],
  [{ view: "layers" }, undefined],
  [{ view: "layers", withoutToolbar: true }, "layers"],
  [{ view: "keys", withoutToolbar: true }, "keys"],
  [{ view: "compare", withoutToolbar: true }, "compare"],
  [{ view: "files", withoutToolbar: true }, undefined],
  [{ withoutToolbar: true }, undefined],
  [{}, undefined],
])("%o is the figure %s", (options, figure) => {
  expect(figureOf(options)).toBe(figure);
});

test.each<[ViewerOptions, path: string, depth: number]>([
  [{}, "/", 1],
  [{ path: "/app", depth: "1" }, "/app", 0],
  [{ path: "größe", depth: "3" }, "größe", 2],
  [{ depth: "0" }, "/", 1],
  [{ depth: "-1" }, "/", 1],
  [{ depth: "1.5" }, "/", 1],
  [{ depth: "deep" }, "/", 1],
  [{ depth: "99999999999" }, "/", 0xffff_ffff],
])("%o shows %s with %s levels expanded", (options, path, depth) => {
  const part = partOf(options);
  expect([new TextDecoder().decode(part.path), part.depth, part.highlight]).toEqual([
    path,
    depth,
    undefined,
  ]);
});

test("what is highlighted is a glob", () => {
  expect(partOf({ highlight: "app/**" }).highlight).toEqual({
    kind: "glob",
    pattern: "app/**",
    caseSensitive: true,
  });
});
