import { describe, expect, test } from "vitest";

import { fragment, parseFragment, pathBytes, samePath, type Place } from "../../src/view/place.js";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a deep link", () => {
  const cases: readonly [string, Place, string][] = [
    ["names view and image", { view: "overview", image: 0 }, "view=overview&image=0"],
    [
      "names the layers",
      { view: "files", image: 2, range: { first: 1, last: 3 } },
      "view=files&image=2&layers=1-3",
    ],
    [
      "leaves the top layer out where all are meant",
      { view: "files", image: 0, range: { first: 4 } },
      "view=files&image=0&layers=4-",
    ],
    [
      "keeps the slashes of a path",
      { view: "files", image: 0, path: bytes("etc/os release") },
      "view=files&image=0&path=/etc/os%20release",
    ],
    [
      "escapes what would end a part",
      { view: "files", image: 0, path: bytes("a&b=c#d%e") },
      "view=files&image=0&path=/a%26b%3Dc%23d%25e",
    ],
    [
      "gives bytes that are no UTF-8 one by one",
      { view: "files", image: 0, path: Uint8Array.of(0x61, 0xff, 0x2f, 0x62) },
      "view=files&image=0&path=/%61%ff%2f%62",
    ],
    [
      "names a blob",
      { view: "raw", image: 0, blob: "sha256:00ff" },
      "view=raw&image=0&blob=sha256:00ff",
    ],
    [
      "names an outcome",
      { view: "raw", image: 0, status: "not-checked" },
      "view=raw&image=0&status=not-checked",
    ],
    [
      "names a record of a build cache",
      { view: "cache", image: -1, cache: 1, record: 2663 },
      "view=cache&cache=1&record=2663",
    ],
    [
      "names a part of a build cache, and the layer that results end in",
      { view: "cache", image: 0, part: "layers", top: 0 },
      "view=cache&image=0&part=layers&top=0",
    ],
  ];
  test.each(cases)("%s", (_name, place, text) => {
    expect(fragment(place)).toBe(text);
    const { image, ...others } = place;
    expect(parseFragment(`#${text}`)).toEqual(image < 0 ? others : place);
  });

  test("with nonsense says nothing", () => {
    expect(
      parseFragment(
        "#view=nowhere&image=-1&layers=a-b&status=fine&part=files&record=x&top=-1&x&=&%",
      ),
    ).toEqual({});
  });

  test("with one layer means that layer alone", () => {
    expect(parseFragment("layer=3")).toEqual({ range: { first: 3, last: 3 } });
  });
});

test("a path is its exact bytes, however it is shown", () => {
  expect(pathBytes({ path: "a/é" })).toEqual(bytes("a/é"));
  expect(pathBytes({ path: "a\\xff", pathHex: "61ff" })).toEqual(Uint8Array.of(0x61, 0xff));
});

test("paths are the same by their bytes", () => {
  expect(samePath(bytes("a"), bytes("a"))).toBe(true);
  expect(samePath(bytes("a"), bytes("ab"))).toBe(false);
  expect(samePath(undefined, bytes(""))).toBe(false);
  expect(samePath(undefined, undefined)).toBe(true);
});
