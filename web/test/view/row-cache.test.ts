import { describe, expect, test, vi } from "vitest";

import { PAGE, RowCache } from "../../src/view/row-cache.js";
import type { RowsView, RowView } from "../../src/view/types.js";
import { FakeTree, largeTree } from "./fake-tree.js";

const settled = () => new Promise((resolve) => setTimeout(resolve));

function cached(files = 2020) {
  const tree = new FakeTree(largeTree(files));
  tree.expandTo(1);
  const fetch = vi.fn((offset: number, limit: number) => Promise.resolve(tree.read(offset, limit)));
  const changed = vi.fn();
  const failed = vi.fn();
  return { tree, fetch, changed, failed, cache: new RowCache(fetch, changed, failed) };
}

describe("RowCache", () => {
  test("a page is read once, whichever of its rows are asked for", async () => {
    const { cache, fetch, changed } = cached();
    expect(cache.get(0)).toBeUndefined();
    expect(cache.get(PAGE - 1)).toBeUndefined();
    await settled();
    expect(fetch.mock.calls).toEqual([[0, PAGE]]);
    expect(changed).toHaveBeenCalledOnce();
    expect(cache.total).toBe(2020);
    expect(cache.get(1)?.path).toBe("folder-00000/file-000.txt");
    expect(cache.get(101)?.path).toBe("folder-00001");
  });

  test("after a change the old rows are shown until the new ones are there", async () => {
    const { cache, tree } = cached();
    await cache.read(102);
    tree.setExpanded(0, false);
    cache.invalidate(0);
    expect(cache.get(101)?.path).toBe("folder-00001");
    await settled();
    expect(cache.get(1)?.path).toBe("folder-00001");
    expect(cache.total).toBe(1920);
  });

  test("rows above a change are not read again", async () => {
    const { cache, fetch } = cached();
    await cache.read(0);
    await cache.read(PAGE);
    cache.invalidate(PAGE);
    cache.get(0);
    cache.get(PAGE);
    await settled();
    expect(fetch.mock.calls.map(([offset]) => offset)).toEqual([0, PAGE, PAGE]);
  });

  test("an answer from before a change is dropped", async () => {
    const answers: ((rows: RowsView) => void)[] = [];
    const cache = new RowCache<RowView>(
      () => new Promise<RowsView>((resolve) => answers.push(resolve)),
      () => undefined,
      () => undefined,
    );
    const tree = new FakeTree(largeTree(101));
    cache.get(0);
    cache.invalidate();
    cache.get(0);
    answers[1]?.(tree.read(0, 1));
    answers[0]?.({ total: 99, offset: 0, rows: [] });
    await settled();
    expect(cache.total).toBe(1);
    expect(cache.get(0)?.name).toBe("folder-00000");
  });

  test("what failed is told once, and asked again only after a change", async () => {
    const failed = vi.fn();
    const fetch = vi.fn(() => Promise.reject(new Error("gone")));
    const cache = new RowCache(fetch, () => undefined, failed);
    cache.get(0);
    await settled();
    cache.get(0);
    expect(await cache.read(0)).toBeUndefined();
    expect(fetch).toHaveBeenCalledOnce();
    expect(failed).toHaveBeenCalledOnce();
    cache.invalidate();
    cache.get(0);
    await settled();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  test("only so many pages are kept", async () => {
    const { cache, fetch } = cached(20_200);
    for (let page = 0; page < 60; page += 1) await cache.read(page * PAGE);
    expect(fetch).toHaveBeenCalledTimes(60);
    await cache.read(59 * PAGE);
    expect(fetch).toHaveBeenCalledTimes(60);
    await cache.read(0);
    expect(fetch).toHaveBeenCalledTimes(61);
  });
});
