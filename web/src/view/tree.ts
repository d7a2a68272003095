import type { OpenedArchive } from "../client.js";
import type { RowsView, TreeState } from "./types.js";

/** The merged tree of one image. */
export interface Tree {
  state: () => Promise<TreeState>;
  rows: (offset: number, limit: number) => Promise<RowsView>;
  expand: (node: number) => Promise<unknown>;
  collapse: (node: number) => Promise<unknown>;
  expandTo: (depth: number) => Promise<unknown>;
}

/** The calls of an archive that belong to one image's tree. */
export function treeOf(archive: OpenedArchive, image: number): Tree {
  return {
    state: () => archive.tree(image),
    rows: (offset, limit) => archive.rows(image, offset, limit),
    expand: (node) => archive.expand(image, node),
    collapse: (node) => archive.collapse(image, node),
    expandTo: (depth) => archive.expandTo(image, depth),
  };
}
