import { messageOf } from "../../errors.js";
import type { OpenedArchive, Tree, TreePart } from "../api.js";
import { pathBytes } from "../place.js";
import { RowCache } from "../row-cache.js";
import type { LayerRange, PathPattern, RowView, TreeState } from "../types.js";
import { Opened } from "./opened.js";
import { PLAIN, queryOf, type Arrangement } from "./query.js";

/** Deeper than any tree. */
export const ALL = 0xffff_ffff;

/** A tree's rows and what is asked of it, through changes of image, layers, filter and order. */
export class TreeModel {
  /** The tree shown. While another one is made ready, still the one before. */
  tree: Tree | undefined;
  cache: RowCache<RowView> | undefined;
  state: TreeState | undefined;
  arrangement = PLAIN;
  /** The first row that is highlighted. */
  first: number | undefined;
  /** Why the tree cannot be read. */
  problem: string | undefined;
  /** What is wrong with the pattern. */
  patternProblem: string | undefined;

  readonly #changed: () => void;
  readonly #opened = new Opened();
  #archive: OpenedArchive | undefined;
  #image = -1;
  #part = false;
  #shows: TreePart | undefined;
  #turn = 0;
  #working = 0;
  #outdated = false;
  // The last one that the tree took.
  #filter = PLAIN.filter;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Whether what is shown is about to change. */
  get busy(): boolean {
    return this.#working > 0;
  }

  get total(): number {
    return this.state?.rows ?? this.cache?.total ?? 0;
  }

  /** Whether a row is known; else it is on its way. */
  readonly known = (index: number): boolean => this.cache?.get(index) !== undefined;

  /** Shows some layers of an image. True once they are shown, false when something else is. */
  async open(
    archive: OpenedArchive,
    image: number,
    range: LayerRange | undefined,
    part: boolean,
  ): Promise<boolean> {
    if (archive !== this.#archive || image !== this.#image) {
      this.close();
      this.#archive = archive;
      this.#image = image;
    }
    this.#part = part;
    const turn = ++this.#turn;
    this.#outdated = false;
    const shown = await this.#work(async () => {
      const tree = await archive.openTree(image, range);
      try {
        await this.#arrangeNew(tree);
        const cache = this.#cacheOf(tree);
        const [state] = await Promise.all([tree.state(), cache.read(0)]);
        if (turn !== this.#turn) return false;
        void this.tree?.close().catch(() => undefined);
        Object.assign(this, { tree, cache, state, problem: undefined });
        if (this.#outdated) await this.refresh();
        return true;
      } finally {
        if (this.tree !== tree) void tree.close().catch(() => undefined);
      }
    });
    // Rows of other layers than those asked for would be wrong.
    if (!shown && turn === this.#turn) this.#drop();
    return shown;
  }

  /** Shows nothing. */
  close(): void {
    this.#turn += 1;
    this.#drop();
    this.problem = undefined;
    this.#archive = undefined;
    this.#image = -1;
    this.#opened.all(0);
  }

  /** The rows from `from` on may be other ones. */
  async refresh(from = 0): Promise<void> {
    this.#outdated = true;
    const { tree } = this;
    if (!tree) return;
    this.cache?.invalidate(from);
    await this.#work(async () => {
      const state = await tree.state();
      if (tree === this.tree) Object.assign(this, { state, problem: undefined });
      return true;
    });
  }

  /** Asks for other rows, or another order. True once they are shown. */
  async arrange(arrangement: Arrangement): Promise<boolean> {
    this.arrangement = arrangement;
    this.#changed();
    const { tree } = this;
    if (!tree) return false;
    const asked = () => tree === this.tree && arrangement === this.arrangement;
    return this.#work(async () => {
      try {
        await this.#take(tree.arrange(queryOf(arrangement, this.#part)), asked);
      } catch (error) {
        if (!asked()) return false;
        this.#blamePattern(error);
        // Everything else still holds.
        const rest = { ...arrangement, filter: this.#filter };
        await this.#take(tree.arrange(queryOf(rest, this.#part)), asked);
        return false;
      }
      if (!asked()) return false;
      this.patternProblem = undefined;
      this.#filter = arrangement.filter;
      return true;
    });
  }

  /** Shows a part of this tree and of those that are opened later, or highlights something there. */
  async show(part: TreePart): Promise<void> {
    this.#shows = part;
    const { tree } = this;
    if (!tree) return;
    await this.#work(async () => {
      await this.#showPart(tree);
      return true;
    });
    await this.refresh();
  }

  /** Opens a folder, or closes it. */
  async toggle(index: number, row: RowView): Promise<void> {
    if (!row.expandable) return;
    if (this.#filter.pattern === "") this.#opened.one(pathBytes(row), !row.expanded);
    await this.#change(
      (tree) => (row.expanded ? tree.collapse(row.node) : tree.expand(row.node)),
      index,
    );
  }

  /** Opens every folder down to a depth; 0 closes all. True once they are shown. */
  async expandTo(depth: number): Promise<boolean> {
    if (this.#filter.pattern === "") this.#opened.all(depth);
    return this.#change((tree) => tree.expandTo(depth), 0);
  }

  /** The row of a path, once all that leads to it is open. */
  async reveal(path: Uint8Array): Promise<number | undefined> {
    const { tree } = this;
    if (!tree) return undefined;
    let row: number | undefined;
    const done = await this.#work(async () => {
      row = await tree.reveal(path);
      return tree === this.tree;
    });
    if (!done || row === undefined) return undefined;
    await this.refresh();
    return row;
  }

  async #showPart(tree: Tree): Promise<void> {
    this.patternProblem = this.first = undefined;
    if (!this.#shows) return;
    try {
      this.first = await tree.showPart(this.#shows);
    } catch (error) {
      this.#blamePattern(error);
    }
  }

  async #arrangeNew(tree: Tree): Promise<void> {
    const arrange = (filter: PathPattern) =>
      tree.arrange(queryOf({ ...this.arrangement, filter }, this.#part));
    // Folders are opened while no pattern is set: then they still are once it is cleared.
    await arrange(PLAIN.filter);
    await this.#opened.restore(tree);
    await this.#showPart(tree);
    if (this.#filter.pattern === "") return;
    try {
      await arrange(this.#filter);
    } catch (error) {
      this.#blamePattern(error);
      this.#filter = PLAIN.filter;
    }
  }

  /** Opens or closes folders. Rows in sight and state are asked for at once, not one by one. */
  async #change(change: (tree: Tree) => Promise<void>, from: number): Promise<boolean> {
    const { tree } = this;
    if (!tree) return false;
    return this.#work(async () => {
      const changed = change(tree);
      this.cache?.invalidate(from);
      const [, state] = await Promise.all([changed, tree.state()]);
      if (tree === this.tree) Object.assign(this, { state, problem: undefined });
      return true;
    });
  }

  #drop(): void {
    void this.tree?.close().catch(() => undefined);
    this.tree = undefined;
    this.cache = undefined;
    this.state = undefined;
  }

  /**
   * Takes what a call that was just made answers, with the first rows, which are asked for before
   * it has answered: the worker answers in order.
   */
  async #take(answer: Promise<TreeState>, asked: () => boolean): Promise<void> {
    this.cache?.invalidate();
    const rows = this.cache?.read(0);
    const state = await answer;
    if (asked()) this.state = state;
    await rows;
  }

  #cacheOf(tree: Tree): RowCache<RowView> {
    return new RowCache(
      (offset, limit) => tree.rows(offset, limit),
      this.#changed,
      (error) => {
        if (tree !== this.tree) return;
        this.#fail(error);
        this.#changed();
      },
    );
  }

  /** Does something that takes a while. A failure is the tree's, if it is still shown. */
  async #work(work: () => Promise<boolean>): Promise<boolean> {
    const { tree } = this;
    const turn = this.#turn;
    this.#working += 1;
    this.#changed();
    try {
      return await work();
    } catch (error) {
      if (tree === this.tree && turn === this.#turn) this.#fail(error);
      return false;
    } finally {
      this.#working -= 1;
      this.#changed();
    }
  }

  #fail(error: unknown): void {
    this.problem = messageOf(error);
  }

  /** Keeps what is said of a pattern; any other failure goes on. */
  #blamePattern(error: unknown): void {
    if (!(error instanceof Error && "code" in error && error.code === "pattern-invalid")) {
      throw error;
    }
    this.patternProblem = error.message;
  }
}
