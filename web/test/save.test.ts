import { describe, expect, test } from "vitest";

import { fileName } from "../src/save.js";

describe("the name of a file that is kept", () => {
  test.each([
    ["keeps a plain name", "app.oci.tar", "app.oci.tar"],
    ["holds no folder", "../../etc/passwd", "_.._etc_passwd"],
    ["holds no control characters", "a\u0000b\nc", "a_b_c"],
    ["cannot turn the direction of writing", "invoice\u202efdp.exe", "invoice_fdp.exe"],
    ["is not empty", "...", "file"],
  ])("%s", (_rule, given, expected) => {
    expect(fileName(given)).toBe(expected);
  });

  test("is not longer than file systems take", () => {
    expect(fileName("x".repeat(4000))).toHaveLength(120);
  });
});
