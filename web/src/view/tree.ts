import type { OpenedArchive, Tree } from "../client.js";

/** The part of a tree that a list of rows needs. */
export type RowTree = Pick<Tree, "state" | "rows" | "expand" | "collapse" | "expandTo" | "close">;

/** The tree of all layers of an image. Opened by its first call, so that it can be shown at once. */
export function treeOf(archive: OpenedArchive, image: number): RowTree {
  let opening: Promise<Tree> | undefined;
  const tree = (): Promise<Tree> => (opening ??= archive.openTree(image));
  return {
    state: async () => (await tree()).state(),
    rows: async (offset, limit) => (await tree()).rows(offset, limit),
    expand: async (node) => (await tree()).expand(node),
    collapse: async (node) => (await tree()).collapse(node),
    expandTo: async (depth) => (await tree()).expandTo(depth),
    close: async () => {
      if (opening) await opening.then((tree) => tree.close()).catch(() => undefined);
    },
  };
}
