import type { Engine } from "../generated/simd/engine.js";
import type { Handlers } from "./answerer.js";
import type { TreeCalls } from "./protocol.js";

/** The calls about trees, answered by the core. */
export function treeHandlers(engine: (archive: number) => Engine): Handlers<TreeCalls> {
  return {
    openTree: ({ archive, image, range }) => engine(archive).openTree(image, range),
    treeState: ({ archive, tree }) => engine(archive).treeState(tree),
    rows: ({ archive, tree, offset, limit }) => engine(archive).rows(tree, offset, limit),
    arrange: ({ archive, tree, query }) => engine(archive).arrange(tree, query),
    expand: ({ archive, tree, node }) => {
      engine(archive).expand(tree, node);
      return undefined;
    },
    collapse: ({ archive, tree, node }) => {
      engine(archive).collapse(tree, node);
      return undefined;
    },
    expandTo: ({ archive, tree, depth }) => {
      engine(archive).expandTo(tree, depth);
      return undefined;
    },
    reveal: ({ archive, tree, path }) => engine(archive).reveal(tree, path),
    sizes: ({ archive, tree, node, depth }) => engine(archive).sizes(tree, node, depth),
    closeTree: ({ archive, tree }) => {
      engine(archive).closeTree(tree);
      return undefined;
    },
  };
}
