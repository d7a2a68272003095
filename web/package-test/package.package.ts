import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { expect, test } from "vitest";

import { installed, node, tarball } from "./installed.js";

test("publint has nothing to say", async () => {
  const said = await node("node_modules/publint/src/cli.js", tarball(), "--strict");
  expect(said).toContain("All good!");
});

test("types are what each way of importing gets", async () => {
  await node("node_modules/@arethetypeswrong/cli/dist/index.js", tarball(), "--profile=esm-only");
});

test("nothing but the package is needed, and nothing tells where it was built", () => {
  const manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as object;
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("peerDependencies");
  for (const file of files(installed)) {
    const text = readFileSync(join(installed, file), "latin1");
    expect(text.includes(process.env["OCI_LENS_ROOT"] ?? "\0"), file).toBe(false);
    // In the text of a comment of lit's, there is an asterisk before it.
    expect(/^(?! \*).*(?:from|import) ?["']lit/m.test(text), file).toBe(false);
  }
});

test("the licences of all that is bundled are passed on", () => {
  const licences = readFileSync(join(installed, "THIRD-PARTY-LICENSES.txt"), "utf8");
  for (const name of [
    "npm lit ",
    "npm lit-html ",
    "npm lit-element ",
    "npm @lit/reactive-element ",
  ])
    expect(licences).toContain(name);
  // One of a crate that every module has, and ones of those that read layers.
  for (const name of ["serde_core", "sha2", "structured-zstd", "xz4rust", "wasm-bindgen"])
    expect(licences).toMatch(new RegExp(`^crate ${name} \\d`, "m"));
  expect(licences).not.toMatch(/^crate (?:clap|syn|serde_derive) /m);
});

/** The most that each way of using the package may weigh, in bytes of brotli. */
const BUDGETS: readonly { entry: string; of: readonly string[]; limit: number }[] = [
  { entry: "oci-lens", of: closure("dist/oci-lens.js"), limit: 10_000 },
  { entry: "the viewer", of: closure(`dist/${viewer()}`), limit: 60_000 },
  { entry: "oci-lens/engine", of: closure("dist/engine.js"), limit: 5_000 },
  {
    entry: "the engine worker and its first module",
    of: ["dist/assets/worker.js", "dist/assets/list.simd.wasm"],
    limit: 160_000,
  },
  { entry: "oci-lens/inlined", of: ["dist/oci-lens.inlined.js"], limit: 2_200_000 },
  { entry: "oci-lens.html", of: ["oci-lens.html"], limit: 2_200_000 },
];

test.each(BUDGETS)("$entry keeps to its budget", ({ entry, of, limit }) => {
  const sizes = of.map((file) => brotliCompressSync(readFileSync(join(installed, file))).length);
  const size = sizes.reduce((sum, each) => sum + each);
  console.log(`${entry}: ${size} bytes by brotli, ${limit} at most`);
  expect(size).toBeLessThanOrEqual(limit);
});

test("npm packs what was built, and no more", () => {
  const listed = execFileSync("tar", ["-tzf", tarball()], { encoding: "utf8" }).trim().split("\n");
  expect(listed.map((path) => path.replace(/^package\//, "")).sort()).toEqual(files(installed));
});

/** What the element loads when it is in view. */
function viewer(): string {
  const code = closure("dist/oci-lens.js").map((file) =>
    readFileSync(join(installed, file), "utf8"),
  );
  const [, name] = /import\("\.\/(viewer-[^"]+)"\)/.exec(code.join("\n")) ?? [];
  if (name === undefined) throw new Error("the element loads no viewer");
  return name;
}

/** A module with all that it imports at once. */
function closure(file: string): string[] {
  const found = new Set([file]);
  for (const each of found) {
    const code = readFileSync(join(installed, each), "utf8");
    for (const [, name] of code.matchAll(/(?:from|import)\s?"\.\/([^"]+)"/g)) {
      found.add(`dist/${name}`);
    }
  }
  return [...found];
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => statSync(join(folder, file)).isFile())
    .sort();
}
