import type { Engine } from "../generated/simd/engine.js";
import type { Handlers } from "./answerer.js";
import type { TreeCalls } from "./protocol.js";
import { Turns } from "./turns.js";

/** The calls about trees, answered by the core. */
export function treeHandlers(engine: (archive: number) => Engine): Handlers<TreeCalls> {
  let before: Promise<unknown> = Promise.resolve();

  /** Makes a tree that can be shown, in turns: a part of a large image takes its time. */
  const prepare = async (archive: number, tree: number): Promise<Engine> => {
    const turns = new Turns();
    while (engine(archive).prepareTree(tree)) if (turns.due()) await turns.pass();
    return engine(archive);
  };

  /** The same when the calls before are ready: they are answered in order. */
  const ready = (archive: number, tree: number): Promise<Engine> => {
    const mine = before.then(() => prepare(archive, tree));
    before = mine.catch(() => undefined);
    return mine;
  };

  return {
    openTree: ({ archive, image, range }) => engine(archive).openTree(image, range),
    treeState: async ({ archive, tree }) => (await ready(archive, tree)).treeState(tree),
    rows: async ({ archive, tree, offset, limit }) => {
      return (await ready(archive, tree)).rows(tree, offset, limit);
    },
    arrange: async ({ archive, tree, query }) => {
      return (await ready(archive, tree)).arrange(tree, query);
    },
    expand: async ({ archive, tree, node }) => {
      (await ready(archive, tree)).expand(tree, node);
      return undefined;
    },
    collapse: async ({ archive, tree, node }) => {
      (await ready(archive, tree)).collapse(tree, node);
      return undefined;
    },
    expandTo: async ({ archive, tree, depth }) => {
      (await ready(archive, tree)).expandTo(tree, depth);
      return undefined;
    },
    reveal: async ({ archive, tree, path }) => (await ready(archive, tree)).reveal(tree, path),
    showPart: async ({ archive, tree, path, depth = 0, highlight }) => {
      const core = await ready(archive, tree);
      if (path) core.showPart(tree, path, depth);
      return core.highlight(tree, highlight);
    },
    sizes: async ({ archive, tree, node, depth }) => {
      return (await ready(archive, tree)).sizes(tree, node, depth);
    },
    closeTree: ({ archive, tree }) => {
      engine(archive).closeTree(tree);
      return undefined;
    },
  };
}
