// The project's own documentation: its pages are where a Git host shows them, too.
import { copyFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../../../..");

const GUIDE = [
  ["Opening an archive", "opening"],
  ["Images and platforms", "images"],
  ["Layers and verification", "layers"],
  ["Files", "files"],
  ["Cache keys", "keys"],
  ["Comparing images", "comparing"],
  ["Exporting", "exporting"],
  ["The native command", "command"],
];

/** Files that pages link to, and that are no pages. */
const FILES = ["docs/report.schema.json"];

/** A Git host shows a folder's `README.md` where a site has its `index`. */
function linksToIndexes(markdown) {
  markdown.core.ruler.push("links-to-indexes", ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === "link_open" ? token.attrGet("href") : null;
      if (href && !/^\w+:/.test(href)) {
        token.attrSet("href", href.replace(/(^|\/)README\.md(?=#|$)/, "$1index.md"));
      }
    }
  });
}

/** Pages are elsewhere, but what they are compiled to takes its packages from beside this folder. */
const packages = {
  name: "packages",
  enforce: "pre",
  resolveId(source, importer, options) {
    if (!/^vue(\/|$)/.test(source) || importer === import.meta.filename) return null;
    return this.resolve(source, import.meta.filename, { ...options, skipSelf: true });
  },
};

export default {
  title: "oci-lens",
  description: "Look into OCI and Docker image archives in the browser",
  head: [["link", { rel: "icon", href: "/icon.svg" }]],

  srcDir: root,
  srcExclude: [
    "{benches,examples,fuzz,inflate,sha256,src,target,tests,wasm,xtask}/**",
    "web/!(package)/**",
  ],
  rewrites: { "README.md": "index.md", "web/package/README.md": "web/package/index.md" },
  markdown: { config: linksToIndexes, image: { lazyLoading: true } },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "oci-lens" } } },
  // The icon and the sample are the page's.
  vite: { publicDir: join(root, "web/public"), plugins: [packages] },

  buildEnd({ outDir }) {
    for (const file of FILES) copyFileSync(join(root, file), join(outDir, file));
  },

  themeConfig: {
    logo: "/icon.svg",
    search: { provider: "local" },
    aside: false,
    nav: [
      { text: "Guide", link: "/docs/guide/opening" },
      { text: "Embedding", link: "/docs/embedding" },
    ],
    sidebar: [
      { text: "What it is", link: "/" },
      {
        text: "Guide",
        items: GUIDE.map(([text, page]) => ({ text, link: `/docs/guide/${page}` })),
      },
      {
        text: "In your own pages",
        items: [
          { text: "Embedding", link: "/docs/embedding" },
          { text: "Documentation sites", link: "/docs/docs-generators" },
          { text: "The npm package", link: "/web/package/" },
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "Diagnostics", link: "/docs/diagnostics" },
          { text: "Dockerfiles from a history", link: "/docs/dockerfile" },
        ],
      },
      {
        text: "The project",
        items: [
          { text: "Development", link: "/docs/development" },
          { text: "Performance", link: "/docs/performance" },
          { text: "Changelog", link: "/CHANGELOG" },
        ],
      },
    ],
  },
};
