import { defineConfig, type Rollup } from "vite";

import { offline } from "./offline-plugin.js";
import { stampOf } from "./stamp.js";

// What the entries import, not counting what they load later.
function imported({ getModuleIds, getModuleInfo }: Rollup.ManualChunkMeta): Set<string> {
  const entries = [...getModuleIds()].filter((id) => getModuleInfo(id)?.isEntry === true);
  const found = new Set<string>();
  for (let open = entries; open.length > 0;) {
    open = open
      .flatMap((id) => getModuleInfo(id)?.importedIds ?? [])
      .filter((id) => !found.has(id));
    for (const id of open) found.add(id);
  }
  return found;
}

// One build for both: the page, and the element as a module under a name that does not change.
export default defineConfig(({ command }) => ({
  base: "./",
  define: command === "build" ? { __OCI_LENS_BUILD__: JSON.stringify(stampOf()) } : {},
  plugins: [offline()],
  build: {
    target: "es2022",
    manifest: true,
    // A data: URL would be one that the Content-Security-Policy does not allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { page: "index.html", "oci-lens": "src/index.ts" },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: (chunk) =>
          chunk.name === "oci-lens" ? "oci-lens.js" : "assets/[name]-[hash].js",
        // What both share is a file of its own, whose name changes with it; so is what is loaded later.
        manualChunks: (id, graph) =>
          !/\/(?:page\.ts|page\.css)$/.test(id) && imported(graph).has(id) ? "viewer" : undefined,
      },
    },
  },
  worker: { format: "es" },
}));
