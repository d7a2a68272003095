import { defineConfig, type Rollup } from "vite";

import browsers from "./browsers.json" with { type: "json" };
import { offline } from "./offline-plugin.js";
import { stampOf } from "./stamp.js";

// What an entry imports, not counting what it loads later.
function imported(
  name: RegExp,
  { getModuleIds, getModuleInfo }: Rollup.ManualChunkMeta,
): Set<string> {
  const entries = [...getModuleIds()].filter((id) => name.test(id));
  const found = new Set<string>();
  for (let open = entries; open.length > 0;) {
    open = open
      .flatMap((id) => getModuleInfo(id)?.importedIds ?? [])
      .filter((id) => !found.has(id));
    for (const id of open) found.add(id);
  }
  return found;
}

// One build for all: the page, and under names that do not change the element, and it with the engine.
export default defineConfig(({ command }) => ({
  base: "./",
  define: command === "build" ? { __OCI_LENS_BUILD__: JSON.stringify(stampOf()) } : {},
  plugins: [offline()],
  build: {
    target: Object.entries(browsers).map(([name, version]) => name + version),
    manifest: true,
    // A data: URL would be one that the Content-Security-Policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { page: "index.html", "oci-lens": "src/define.ts", index: "src/index.ts" },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: (chunk) =>
          ["oci-lens", "index"].includes(chunk.name) ? "[name].js" : "assets/[name]-[hash].js",
        // What both share is a file of its own, whose name changes with it; so is what is loaded
        // later: of a page with the element alone, all of the viewer.
        manualChunks: (id, graph) => {
          if (/\/(?:page\.ts|page\.css|define\.ts|src\/index\.ts)$/.test(id)) return undefined;
          if (imported(/\/src\/define\.ts$/, graph).has(id)) return "element";
          return imported(/\/src\/page\.ts$/, graph).has(id) ? "viewer" : undefined;
        },
      },
    },
  },
  worker: { format: "es" },
}));
