import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { DEEP_LENGTH, DEEP_OFFSETS, DeepLayer, type DeepRead } from "../e2e/support/deep.js";
import { corpus, fixture } from "../e2e/support/environment.js";
import { node, outFolder } from "./installed.js";
import { withSite } from "./site.js";

interface Verified {
  blobs: unknown;
  paths: string[];
}

async function verified(...archives: string[]): Promise<Verified[]> {
  return JSON.parse(await node("app/node.mjs", ...archives)) as Verified[];
}

const HELLO: Verified = {
  blobs: { verified: 3, mismatch: 0, missing: 0, notChecked: 0 },
  paths: ["hello"],
};

test("the engine alone reads files, packed ones, folders and blobs in Node", async () => {
  const folder = outFolder("layout");
  const unpacked = spawnSync("tar", ["-xf", fixture("hello-oci-archive"), "-C", folder]);
  expect(unpacked.status).toBe(0);
  const file = fixture("hello-oci-archive");
  const packed = fixture("outer-gzip");
  const [plain, unpackedOuter, layout, blob] = await verified(file, packed, folder, `blob:${file}`);
  expect(plain).toEqual(HELLO);
  expect(layout).toEqual(HELLO);
  expect(blob).toEqual(HELLO);
  expect(unpackedOuter?.blobs).toMatchObject({ mismatch: 0, missing: 0, notChecked: 0 });
  expect(unpackedOuter?.paths).toEqual(HELLO.paths);
});

test("the engine alone reads what a server has in Node", async () => {
  const folder = outFolder("served");
  cpSync(fixture("hello-oci-archive"), join(folder, "hello.tar"));
  mkdirSync(join(folder, "layout"));
  spawnSync("tar", ["-xf", join(folder, "hello.tar"), "-C", join(folder, "layout")]);
  await withSite(folder, {}, async ({ url }) => {
    const [file, layout] = await verified(`${url}hello.tar`, `${url}layout/index.json`);
    expect(file).toEqual(HELLO);
    expect(layout).toEqual(HELLO);
  });
});

test("a file deep in a layer is read from a seek point in Node", async () => {
  const path = join(outFolder("deep"), "deep.tar");
  const layer = new DeepLayer();
  await layer.write(path);
  const places = DEEP_OFFSETS.map((offset) => `${offset}+${DEEP_LENGTH}`);
  layer.expectRead(JSON.parse(await node("app/deep.mjs", path, ...places)) as DeepRead[]);
});

// A `Blob` of Node is in the process's memory all the same: it is the core that keeps fewer then.
test("no history of a seek point is made a blob in Node", async () => {
  const folder = outFolder("blobs");
  const [path, blobs] = [join(folder, "deep.tar"), join(folder, "blobs")];
  await new DeepLayer().write(path);
  // Options by themselves are not those of threads.
  const env = { BLOBS: blobs, NODE_OPTIONS: "--import ./app/blobs.mjs" };
  await node({ script: "app/node.mjs", env }, path);
  const lines = readFileSync(blobs, "utf8").trimEnd().split("\n");
  const threads = lines.filter((line) => /^thread \d+$/u.test(line));
  expect(threads.length).toBeGreaterThan(2);
  expect(lines).toEqual(threads);
});

test("what is broken is told in Node as in a page", async () => {
  const [broken] = await verified(fixture("broken-layer-bitflip"));
  expect(broken?.blobs).toMatchObject({ mismatch: 1 });
});

test("a file that is no archive, or is not there, has its code in Node", async () => {
  const folder = outFolder("no-archive");
  const text = join(folder, "text");
  writeFileSync(text, "not an archive");
  const answers = JSON.parse(
    await node("app/node.mjs", "--code", text, join(folder, "none")),
  ) as unknown;
  expect(answers).toEqual(["not-an-archive", "read-failed"]);
});

const real = corpus("debian-app-zstd");
test.skipIf(real === undefined)("a real image of 70 MB verifies in Node", async () => {
  const [image] = await verified(join(real ?? "", "image.tar"));
  expect(image?.blobs).toMatchObject({ mismatch: 0, missing: 0, notChecked: 0 });
});
