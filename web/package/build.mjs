// Builds the npm package: `node package/build.mjs OUT`, in `web`, with what `cargo xtask pack` makes before.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

import { build as bundle } from "esbuild";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

import { stampOf } from "../stamp.js";
import { npmLicences } from "./licences.mjs";

const out = resolve(process.argv[2] ?? "");
const crates = process.env.OCI_LENS_CRATE_LICENCES;
if (process.argv.length !== 3 || crates === undefined) {
  throw new Error("package/build.mjs is started by `cargo xtask pack`");
}
const dist = join(out, "dist");
const assets = join(dist, "assets");
const { name, version, description, license, engines } = JSON.parse(
  readFileSync("package.json", "utf8"),
);

/** Everything that some bundle is made of. */
const inputs = new Set();

/** One call of esbuild, with what all have in common. */
async function bundled(options) {
  const result = await bundle({
    bundle: true,
    minify: true,
    target: "es2022",
    format: "esm",
    charset: "utf8",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    write: false,
    outdir: dist,
    ...options,
    define: {
      __OCI_LENS_BUILD__: JSON.stringify(stampOf()),
      __OCI_LENS_WORKER_TYPE__: '"classic"',
    },
  });
  for (const input of Object.keys(result.metafile.inputs)) inputs.add(input);
  return result;
}

/** Takes one module's place by another one. */
function instead(of, file) {
  return {
    name: `instead of ${of}`,
    setup({ onResolve }) {
      onResolve({ filter: new RegExp(`/${of}\\.js$`) }, ({ importer }) =>
        resolve(importer) === resolve(file) ? undefined : { path: resolve(file) },
      );
    },
  };
}

/** `list.simd.wasm` for the module of that name and build. */
function assetName(path) {
  const wasm = /\/(simd|plain)\/(\w+)_bg\.wasm$/.exec(path);
  return wasm ? `${wasm[2]}.${wasm[1]}.wasm` : basename(path).replace(/\.ts$/, ".js");
}

/** Vite's `?url`, in the words that all bundlers understand. */
const addresses = {
  name: "addresses",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?(worker&)?url$/ }, ({ path }) => ({
      path: assetName(path.replace(/\?.*/, "")),
      namespace: "address",
    }));
    onLoad({ filter: /./, namespace: "address" }, ({ path }) => ({
      contents: `export default new URL("./assets/${path}", import.meta.url).href;`,
    }));
  },
};

/** Parts as texts in the bundle: scripts as they are, wasm packed. */
function inlined(scripts) {
  const text = (path) =>
    scripts.get(path) ??
    gzipSync(readFileSync(join(assets, path)), { level: 9 }).toString("base64");
  return {
    name: "inlined",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^inlined:/ }, ({ path }) => ({
        path: path.slice("inlined:".length),
        namespace: "inlined",
      }));
      onLoad({ filter: /./, namespace: "inlined" }, ({ path }) => ({
        contents: text(path),
        loader: "text",
      }));
    },
  };
}

const banner = `/*! ${name} ${version} | ${license} | of what is bundled: THIRD-PARTY-LICENSES.txt */`;

function write(path, content) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Each worker's script is whole: it loads nothing but what it is told of. */
async function writeWorkers() {
  const scripts = new Map();
  for (const worker of ["worker", "scan-worker", "store-worker"]) {
    const { outputFiles } = await bundled({ entryPoints: [`src/${worker}.ts`], format: "iife" });
    scripts.set(`${worker}.js`, outputFiles[0].text);
    write(join(assets, `${worker}.js`), `${banner}\n${outputFiles[0].text}`);
  }
  for (const build of ["simd", "plain"]) {
    for (const file of readdirSync(`generated/${build}`)) {
      if (!file.endsWith("_bg.wasm")) continue;
      cpSync(`generated/${build}/${file}`, join(assets, assetName(`/${build}/${file}`)));
    }
  }
  return scripts;
}

/** Element and engine, sharing what both need; returns the files that do something when they are loaded. */
async function writeModules() {
  const { outputFiles, metafile } = await bundled({
    entryPoints: { "oci-lens": "src/define.ts", engine: "src/client.ts" },
    splitting: true,
    chunkNames: "[name]-[hash]",
    plugins: [addresses],
  });
  // esbuild's own helpers are a chunk without inputs, imported also where none of them is used.
  const helpers = Object.entries(metafile.outputs)
    .filter(([, { inputs }]) => Object.keys(inputs).length === 0)
    .map(([file]) => `import"./${basename(file)}";`);
  const entries = new Set(["oci-lens.js", "engine.js"]);
  for (const { path, text } of outputFiles) {
    const code = helpers.reduce((code, each) => code.replace(each, ""), text);
    write(path, entries.has(basename(path)) ? `${banner}\n${code}` : code);
  }
  const imports = (file) => [
    file,
    ...metafile.outputs[file].imports
      .filter(({ kind }) => kind === "import-statement")
      .flatMap(({ path }) => imports(path)),
  ];
  const files = Object.keys(metafile.outputs);
  const pure = new Set(imports(files.find((file) => basename(file) === "engine.js")));
  return files.filter((file) => !pure.has(file)).map((file) => `./dist/${basename(file)}`);
}

async function writeInlined(scripts) {
  const parts = ["core-parts", "store-parts"].map((module) =>
    instead(module, `package/${module}-inlined.ts`),
  );
  const plugins = [...parts, inlined(scripts)];
  const { outputFiles } = await bundled({
    entryPoints: { "oci-lens.inlined": "src/index.ts" },
    plugins,
    banner: { js: banner },
  });
  write(outputFiles[0].path, outputFiles[0].contents);

  const page = await bundled({ entryPoints: { page: "src/page.ts" }, format: "iife", plugins });
  const text = (extension) => page.outputFiles.find(({ path }) => path.endsWith(extension)).text;
  write(join(out, "oci-lens.html"), onePage(text(".js"), text(".css")));
}

/** The page in one file, which asks nothing of anybody. */
function onePage(script, style) {
  const data = (type, file) => `data:${type};base64,${readFileSync(file).toString("base64")}`;
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = [
    "default-src 'none'",
    `script-src ${hash(script)} 'wasm-unsafe-eval' blob:`,
    "worker-src blob:",
    `style-src ${hash(style)}`,
    "connect-src data:",
    "img-src data: blob:",
  ].join("; ");
  const replaced = [
    ["<head>", `<head>\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`],
    ["./icon.svg", data("image/svg+xml", "public/icon.svg")],
    ["./sample.oci.tar", `${data("application/x-tar", "public/sample.oci.tar")}#/sample.oci.tar`],
    ['    <script type="module" src="./src/page.ts"></script>\n', `    <style>${style}</style>\n`],
    // Behind the body: a script that is no module runs where it stands.
    ["  </body>", `    <script>${script}</script>\n  </body>`],
  ];
  let page = readFileSync("index.html", "utf8");
  for (const [from, to] of replaced) {
    if (page.split(from).length !== 2) throw new Error(`index.html has not one ${from}`);
    page = page.replace(from, () => to);
  }
  return page.replace("<!doctype html>\n", `<!doctype html>\n<!-- ${banner.slice(4, -3)} -->\n`);
}

/** The engine for Node: workers are threads, and archives are read from paths. */
async function writeNode() {
  const node = { platform: "node", outdir: join(dist, "node"), target: "node20" };
  const plugins = ["core-parts", "spawn", "spawner", "scratch"].map((module) =>
    instead(module, `package/node/${module}.ts`),
  );
  const { outputFiles } = await bundled({
    ...node,
    entryPoints: ["engine", "worker", "scan-worker"].map((entry) => `package/node/${entry}.ts`),
    plugins,
    banner: { js: banner },
  });
  for (const { path, contents } of outputFiles) write(path, contents);
}

/** One file of types for each entry, with those of lit inside. */
async function writeTypes() {
  const entries = {
    "oci-lens": "src/define.ts",
    "oci-lens.inlined": "src/index.ts",
    engine: "src/client.ts",
    "node/engine": "package/node/engine.ts",
  };
  const types = await rollup({
    input: entries,
    plugins: [dts({ respectExternal: true })],
    onLog: (level, log) => {
      // What lit's decorators do with their types is theirs.
      if (level !== "debug" && log.code !== "CIRCULAR_DEPENDENCY") console.warn(log.message);
    },
  });
  await types.write({ dir: dist, chunkFileNames: "types-[hash].d.ts" });
  await types.close();
}

function manifest(sideEffects) {
  const entry = (file) => ({ types: `./dist/${file}.d.ts`, default: `./dist/${file}.js` });
  return {
    name,
    version,
    description,
    keywords: ["oci", "docker", "container", "image", "web-component", "wasm"],
    license,
    type: "module",
    engines,
    exports: {
      ".": entry("oci-lens"),
      "./inlined": entry("oci-lens.inlined"),
      "./engine": { node: entry("node/engine"), ...entry("engine") },
      "./assets/*": "./dist/assets/*",
      "./package.json": "./package.json",
    },
    // For those who know only of these two.
    module: "./dist/oci-lens.js",
    types: "./dist/oci-lens.d.ts",
    sideEffects: [...sideEffects, "./dist/oci-lens.inlined.js"].sort(),
  };
}

rmSync(out, { recursive: true, force: true });
const scripts = await writeWorkers();
const sideEffects = await writeModules();
await writeInlined(scripts);
await writeNode();
await writeTypes();
write(join(out, "package.json"), `${JSON.stringify(manifest(sideEffects), null, 2)}\n`);
write(
  join(out, "THIRD-PARTY-LICENSES.txt"),
  `${npmLicences(inputs)}\n${readFileSync(crates, "utf8")}`,
);
cpSync("package/README.md", join(out, "README.md"));
for (const file of ["LICENSE-APACHE", "LICENSE-MIT"]) cpSync(`../${file}`, join(out, file));
