import type { Tree } from "../api.js";

/** Folders remembered beyond this are forgotten, the oldest first: each takes three calls. */
const LIMIT = 100;

/** Which folders are open, by path: another tree of the same image is opened the same way. */
export class Opened {
  #depth = 0;
  // In the order in which they were last opened or closed.
  readonly #folders = new Map<string, { path: Uint8Array; open: boolean }>();

  /** Everything was opened to a depth; 0 closed all. */
  all(depth: number): void {
    this.#depth = depth;
    this.#folders.clear();
  }

  /** One folder was opened or closed. */
  one(path: Uint8Array, open: boolean): void {
    const key = path.join();
    this.#folders.delete(key);
    this.#folders.set(key, { path, open });
    const [oldest] = this.#folders.keys();
    if (this.#folders.size > LIMIT && oldest !== undefined) this.#folders.delete(oldest);
  }

  /** Opens and closes a tree's folders accordingly. */
  async restore(tree: Tree): Promise<void> {
    await tree.expandTo(this.#depth);
    for (const { path, open } of [...this.#folders.values()]) {
      const at = await tree.reveal(path);
      if (at === undefined) continue;
      const [row] = (await tree.rows(at, 1)).rows;
      if (!row?.expandable || row.expanded === open) continue;
      await (open ? tree.expand(row.node) : tree.collapse(row.node));
    }
  }
}
