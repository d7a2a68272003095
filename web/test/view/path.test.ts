import { describe, expect, test, vi } from "vitest";

import { capabilities } from "../../src/view/path/capabilities.js";
import { newest, shownChanges, versions } from "../../src/view/path/changes.js";
import { contentStream, fileName, PIECE } from "../../src/view/path/read.js";
import type { EntryView, StoryView } from "../../src/view/types.js";

const bytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

describe("capabilities", () => {
  // Set by setcap and read back by getcap of libcap 2.66; the values are what Linux then stores.
  test.each([
    ["0100000200200000000000000000000000000000", "cap_net_raw=ep"],
    ["0100000200140000001400000000000000000000", "cap_net_bind_service,cap_net_admin=eip"],
    ["0000000200000800000000000000000000000000", "cap_sys_ptrace=p"],
    ["010000020000000000000000c000000000000000", "cap_perfmon,cap_bpf=ep"],
    ["0100000300200000000000000000000000000000e8030000", "cap_net_raw=ep [rootid=1000]"],
  ])("%s", (value, expected) => {
    expect(capabilities(bytes(value))).toBe(expected);
  });

  test.each([
    ["nothing", ""],
    ["a version that is not known", "0100000900200000000000000000000000000000"],
    ["a value that is cut off", "01000002002000000000000000000000000000"],
  ])("the kernel would not take %s", (_name, value) => {
    expect(capabilities(bytes(value))).toBeUndefined();
  });
});

describe("changes", () => {
  test.each([
    ["mode", "0644", "4755", "0644", "4755"],
    ["size", "1", "1234", "1 byte", "1,234 bytes"],
    [
      "mtime",
      "0",
      "1000000000000000001",
      "1970-01-01 00:00:00 UTC",
      "2001-09-09 01:46:40.000000001 UTC",
    ],
    ["mtime", undefined, "0", undefined, "1970-01-01 00:00:00 UTC"],
    ["link-name", "a", "../b", "a", "../b"],
    ["hardlink", undefined, "a/b", undefined, "/a/b"],
    ["type", "dir", "file", "directory", "file"],
    ["content", "ab".repeat(32), "cd".repeat(32), "abababababab", "cdcdcdcdcdcd"],
  ] as const)("%s from %s to %s", (field, before, after, shownBefore, shownAfter) => {
    const [shown] = shownChanges([
      {
        field,
        ...(before === undefined ? {} : { before }),
        after,
      },
    ]);
    expect([shown?.before, shown?.after]).toEqual([shownBefore, shownAfter]);
  });
});

describe("versions", () => {
  const entry = (layer: number): EntryView => ({
    place: { layer, entry: 7 },
    type: "file",
    mode: 0o644,
    modeText: "-rw-r--r--",
    uid: 0,
    gid: 0,
    size: "1",
    moreXattrs: 0,
  });
  const story = (more: Partial<StoryView>): StoryView => ({
    path: { path: "a" },
    steps: [
      { layer: 0, event: "made", entry: entry(0), changes: [] },
      { layer: 1, event: "hidden", changes: [] },
    ],
    moreSteps: 0,
    present: false,
    more: 0,
    unfollowed: 0,
    ...more,
  });

  test("of a hidden path, the last one that is stored is shown", () => {
    expect(newest(story({}))?.place.layer).toBe(0);
  });

  test("what is now is a version, even where the story is cut before it", () => {
    const told = story({ present: true, now: entry(5) });
    expect(versions(told).map(({ place }) => place.layer)).toEqual([0, 5]);
    expect(newest(told)?.place.layer).toBe(5);
  });

  test("a directory that no entry made has none", () => {
    expect(newest(story({ steps: [{ layer: 0, event: "implied", changes: [] }] }))).toBeUndefined();
  });
});

describe("contentStream", () => {
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const lengths: number[] = [];
    for (const reader = stream.getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) return lengths;
      lengths.push(value.length);
    }
  };

  test("pieces are read one after the other, and the last is what is left", async () => {
    const size = PIECE + 3;
    const read = vi.fn((_offset: number, length: number) =>
      Promise.resolve({ bytes: new Uint8Array(length), size }),
    );
    const progress: number[] = [];
    const stream = contentStream(read, size, {
      onProgress: ({ done }) => {
        progress.push(done);
      },
    });
    expect(read).not.toHaveBeenCalled();
    expect(await collect(stream)).toEqual([PIECE, 3]);
    expect(read.mock.calls.map(([offset]) => offset)).toEqual([0, PIECE]);
    expect(progress).toEqual([PIECE, size]);
  });

  test("a file that ends early is an error", async () => {
    const stream = contentStream(
      () => Promise.resolve({ bytes: new Uint8Array(), size: 5 }),
      5,
      {},
    );
    await expect(collect(stream)).rejects.toMatchObject({ code: "read-failed" });
  });

  test("an empty file is an empty stream", async () => {
    const read = vi.fn();
    expect(await collect(contentStream(read, 0, {}))).toEqual([]);
    expect(read).not.toHaveBeenCalled();
  });
});

test.each([
  ["/usr/bin/menu", "menu"],
  ["/", "root"],
  ["/a\\b", "a\\b"],
])("%s is saved as %s", (path, name) => {
  expect(fileName(path)).toBe(name);
});
