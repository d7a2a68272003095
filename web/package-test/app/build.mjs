// Builds this project with a bundler as its own documentation tells: `node app/build.mjs BUNDLER OUT`.
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const [bundler, out] = process.argv.slice(2);
const here = import.meta.dirname ?? dirname(fileURLToPath(import.meta.url));
const main = join(here, "main.js");
const installed = dirname(fileURLToPath(import.meta.resolve("oci-lens/package.json")));

const bundlers = {
  async vite() {
    const { build } = await import("vite");
    await build({
      root: here,
      base: "./",
      logLevel: "warn",
      build: { outDir: out, emptyOutDir: true },
    });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const options = {
      mode: "production",
      entry: main,
      output: { path: out, filename: "main.js", module: true },
      experiments: { outputModule: true },
      performance: false,
    };
    await new Promise((resolve, reject) => {
      webpack(options, (error, stats) => {
        if (error) reject(error);
        else if (stats.hasErrors() || stats.hasWarnings()) reject(new Error(stats.toString()));
        else resolve();
      });
    });
    page();
  },
  async esbuild() {
    const { build } = await import("esbuild");
    await build({
      entryPoints: [main],
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      outdir: out,
      logLevel: "warning",
    });
    cpSync(join(installed, "dist/assets"), join(out, "assets"), { recursive: true });
    page();
  },
  /** No bundler: the page says where the modules are. */
  none() {
    mkdirSync(out, { recursive: true });
    cpSync(join(installed, "dist"), join(out, "oci-lens"), { recursive: true });
    cpSync(join(here, "plain.js"), join(out, "main.js"));
    page();
  },
};

function page() {
  cpSync(join(here, "index.html"), join(out, "index.html"));
}

await bundlers[bundler]();
