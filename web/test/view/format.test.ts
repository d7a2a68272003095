import { describe, expect, test } from "vitest";

import {
  bytes,
  created,
  exactBytes,
  exactTime,
  platform,
  shortDigest,
  splitDigest,
  time,
} from "../../src/view/format.js";

describe("bytes", () => {
  test.each([
    [0, "0 B"],
    [1023, "1,023 B"],
    [1024, "1.0 KiB"],
    [10_240, "10.0 KiB"],
    [102_400, "100 KiB"],
    [1_048_575, "1.0 MiB"],
    ["5368709120", "5.0 GiB"],
    ["18446744073709551615", "16.0 EiB"],
    ["-5", "-5"],
    ["many", "many"],
  ])("%s is %s", (value, expected) => {
    expect(bytes(value)).toBe(expected);
  });

  test.each([
    [1, "1 byte"],
    ["18446744073709551615", "18,446,744,073,709,551,615 bytes"],
  ])("%s is exactly %s", (value, expected) => {
    expect(exactBytes(value)).toBe(expected);
  });
});

describe("time", () => {
  test.each([
    ["0", "1970-01-01 00:00", "1970-01-01 00:00:00 UTC"],
    ["-1", "1969-12-31 23:59", "1969-12-31 23:59:59.999999999 UTC"],
    ["1767225600000000001", "2026-01-01 00:00", "2026-01-01 00:00:00.000000001 UTC"],
    [
      "9223372036854775807000000000",
      "9,223,372,036,854,775,807 s",
      "9223372036854775807000000000 ns",
    ],
  ])("%s", (ns, short, exact) => {
    expect([time(ns), exactTime(ns)]).toEqual([short, exact]);
  });

  test.each([
    ["2026-01-01T02:00:00.5+02:00", "2026-01-01 00:00:00 UTC"],
    ["yesterday", "yesterday"],
  ])("a config's %s", (given, expected) => {
    expect(created(given)).toBe(expected);
  });
});

test("platforms", () => {
  expect(platform({ os: "linux", architecture: "arm", variant: "v7" })).toBe("linux/arm/v7");
  expect(platform({ os: "windows", architecture: "amd64", osVersion: "10.0.17763" })).toBe(
    "windows/amd64 (10.0.17763)",
  );
});

test("a digest in two parts is the digest", () => {
  for (const digest of ["sha256:0123456789abcdef", "x:", "", "sha512:" + "ab".repeat(64)]) {
    expect(splitDigest(digest).join("")).toBe(digest);
  }
  expect(shortDigest("sha256:0123456789abcdef")).toBe("0123456789ab");
});
