import type {
  LayerRange,
  RowsView,
  SizeView,
  TreeQuery,
  TreeState,
} from "../generated/simd/engine.js";
import type { TreeCalls, TreePart } from "./protocol.js";

/** A tree of some layers of an image, with rows of its own. It follows its image as layers arrive. */
export interface Tree {
  readonly range: LayerRange;
  /** How far it has come, and what of it is shown. */
  state: () => Promise<TreeState>;
  /** A stretch of its visible rows. */
  rows: (offset: number, limit: number) => Promise<RowsView>;
  /** Shows other rows, or in another order. Rejects with code `pattern-invalid`. */
  arrange: (query: TreeQuery) => Promise<TreeState>;
  expand: (node: number) => Promise<void>;
  collapse: (node: number) => Promise<void>;
  /** Expands everything down to a depth: 0 collapses all. */
  expandTo: (depth: number) => Promise<void>;
  /** The row of a path, given as its exact bytes, after expanding what leads there. */
  reveal: (path: Uint8Array) => Promise<number | undefined>;
  /**
   * Shows a part of the tree, or the tree with something highlighted; gives the first row that is.
   * Rejects with code `pattern-invalid`.
   */
  showPart: (part: TreePart) => Promise<number | undefined>;
  /** What takes how much space below a node; 0 is the root. */
  sizes: (node: number, depth: number) => Promise<SizeView>;
  /** Gives its memory back. */
  close: () => Promise<void>;
}

/** Calls the worker that has an archive open, about that archive. */
export type CallTrees = <K extends keyof TreeCalls>(
  call: K,
  params: Omit<TreeCalls[K]["params"], "archive">,
) => Promise<TreeCalls[K]["result"]>;

/** A tree in the engine worker. */
export class WorkerTree implements Tree {
  readonly range: LayerRange;
  readonly #call: CallTrees;
  readonly #tree: number;

  constructor(call: CallTrees, tree: number, range: LayerRange) {
    this.#call = call;
    this.#tree = tree;
    this.range = range;
  }

  state(): Promise<TreeState> {
    return this.#call("treeState", { tree: this.#tree });
  }

  rows(offset: number, limit: number): Promise<RowsView> {
    return this.#call("rows", { tree: this.#tree, offset, limit });
  }

  arrange(query: TreeQuery): Promise<TreeState> {
    return this.#call("arrange", { tree: this.#tree, query });
  }

  expand(node: number): Promise<void> {
    return this.#call("expand", { tree: this.#tree, node });
  }

  collapse(node: number): Promise<void> {
    return this.#call("collapse", { tree: this.#tree, node });
  }

  expandTo(depth: number): Promise<void> {
    return this.#call("expandTo", { tree: this.#tree, depth });
  }

  reveal(path: Uint8Array): Promise<number | undefined> {
    return this.#call("reveal", { tree: this.#tree, path });
  }

  showPart(part: TreePart): Promise<number | undefined> {
    return this.#call("showPart", { tree: this.#tree, ...part });
  }

  sizes(node: number, depth: number): Promise<SizeView> {
    return this.#call("sizes", { tree: this.#tree, node, depth });
  }

  async close(): Promise<void> {
    // With an archive that is closed, its trees are gone already.
    await this.#call("closeTree", { tree: this.#tree }).catch(() => undefined);
  }
}
