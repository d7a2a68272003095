import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** Tells the service worker what the page is made of. */
export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    // After the page itself is written.
    enforce: "post",
    generateBundle(_options, bundle) {
      const digest = createHash("sha256");
      const files: Record<"all" | "simd" | "plain", string[]> = { all: [], simd: [], plain: [] };
      const add = (
        name: string,
        content: string | Uint8Array,
        sources: readonly string[],
      ): void => {
        digest.update(name).update(content);
        const variant = (["simd", "plain"] as const).find((variant) =>
          sources.some((source) => source.endsWith(".wasm") && source.includes(`/${variant}/`)),
        );
        // The folder's address: a host may lead from the file's to it.
        files[variant ?? "all"].push(name === "index.html" ? "./" : name);
      };
      for (const item of Object.values(bundle)) {
        if (item.fileName.startsWith(".")) continue;
        if (item.type === "chunk") add(item.fileName, item.code, []);
        else add(item.fileName, item.source, item.originalFileNames);
      }
      for (const name of readdirSync("public")) add(name, readFileSync(`public/${name}`), []);
      const page = JSON.stringify({ build: digest.digest("hex").slice(0, 16), files });
      const source = readFileSync("service-worker.js", "utf8");
      this.emitFile({
        type: "asset",
        fileName: "service-worker.js",
        source: source.replace("__OCI_LENS_PAGE__", () => page),
      });
    },
  };
}
