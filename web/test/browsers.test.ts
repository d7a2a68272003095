import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import ts from "typescript";
import { expect, test } from "vitest";

import oldest from "../browsers.json" with { type: "json" };
import { NEEDED } from "../src/lacking.js";
import { NAMES as NEEDED_NAMES } from "../src/refusal.js";
import { BROWSERS } from "../src/text/refusal.js";

const WEB = join(import.meta.dirname, "..");

type Browser = keyof typeof oldest;
const NAMES = Object.keys(oldest) as Browser[];

interface Support {
  readonly version_added: string | boolean | null;
  readonly flags?: unknown;
  readonly prefix?: string;
  readonly alternative_name?: string;
  readonly partial_implementation?: boolean;
}

type Compatibility = Partial<Record<Browser, Support | Support[]>>;

/** MDN's data: what is known of a feature is at `__compat`, its parts are beside that. */
interface Feature {
  readonly __compat?: { readonly support: Compatibility };
  readonly [part: string]: unknown;
}

const DATA = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve("@mdn/browser-compat-data"), "utf8"),
) as Feature;

function compatibility(path: string): Compatibility | undefined {
  let found: Feature | undefined = DATA;
  for (const part of path.split(".")) {
    found = found && Object.hasOwn(found, part) ? (found[part] as Feature) : undefined;
  }
  return found?.__compat?.support;
}

/** The version that a browser has a feature from, by its own name and without a switch. */
function since(support: Compatibility, name: Browser, partly: boolean): number {
  const plain = [support[name] ?? []]
    .flat()
    .filter((each) => !each.flags && !each.prefix && each.alternative_name === undefined)
    .filter((each) => partly || each.partial_implementation !== true)
    .map(({ version_added: version }) => Number(String(version).replace("≤", "")));
  return Math.min(...plain.map((version) => (Number.isNaN(version) ? Infinity : version)));
}

test("the oldest browsers are those that have the youngest of what is asked for", () => {
  expect(NEEDED_NAMES).toHaveLength(NEEDED.length);
  for (const name of NAMES) {
    const youngest = NEEDED_NAMES.map(([, path]) => {
      const support = compatibility(path);
      if (!support) throw new Error(`${path} is not in the data`);
      return since(support, name, false);
    });
    expect(Math.max(...youngest), name).toBe(Number(oldest[name]));
  }
});

test("they are said to readers as the builds have them", () => {
  const { chrome, edge, firefox, safari } = oldest;
  expect(edge).toBe(chrome);
  expect(BROWSERS).toBe(`Chrome or Edge ${chrome}, Firefox ${firefox}, Safari ${safari}, or newer`);
  for (const document of ["index.html", "../README.md", "../docs/embedding.md"]) {
    const words = readFileSync(join(WEB, document), "utf8").replace(/\s+/g, " ");
    expect(words, document).toContain(BROWSERS);
  }
});

/** What only newer browsers have, and what the code does without it. */
const OPTIONAL: Record<string, string> = {
  "api.FileSystemFileHandle.createWritable": "store-files.ts: memory; save.ts: a download",
  "api.FileSystemWritableFileStream.write": "the same",
  "api.ReadableStreamBYOBReader.read": "slices.ts: slices of the blob",
};

const BUILTINS = /(?:^|\/)lib\.es[^/]*\.d\.ts$/;
const DOM = /(?:^|\/)lib\.(?:dom|webworker)[^/]*\.d\.ts$/;

/** Where MDN has a member that a library file declares. */
function pathOf(declaration: ts.Declaration): string | undefined {
  const { fileName } = declaration.getSourceFile();
  const root = BUILTINS.test(fileName) ? "javascript.builtins" : DOM.test(fileName) ? "api" : "";
  const { parent } = declaration;
  const name = ts.getNameOfDeclaration(declaration)?.getText();
  if (root === "" || name === undefined) return undefined;
  if (ts.isInterfaceDeclaration(parent)) {
    const owner = parent.name.text;
    // The language's classes have an interface for their statics, another for what is not changed.
    return `${root}.${owner.replace(/^Readonly(?=[AMS])|Constructor$/, "")}.${name}`;
  }
  // The same of the platform: `declare var URL: { … }`.
  const holder = parent.parent;
  if (ts.isTypeLiteralNode(parent) && ts.isVariableDeclaration(holder)) {
    return `${root}.${holder.name.getText()}.${name}_static`;
  }
  return undefined;
}

test("no script uses a member that they do not have, but what is optional", () => {
  const read = ts.readConfigFile(join(WEB, "tsconfig.json"), (file) => ts.sys.readFile(file));
  const { options, fileNames } = ts.parseJsonConfigFileContent(read.config, ts.sys, WEB);
  const sources = fileNames.filter((file) => file.startsWith(join(WEB, "src/")));
  const program = ts.createProgram(sources, options);
  const checker = program.getTypeChecker();
  const known = new Set<string>();
  const young = new Set<string>();
  const look = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node)) {
      for (const declaration of checker.getSymbolAtLocation(node.name)?.declarations ?? []) {
        const path = pathOf(declaration);
        const support = path === undefined ? undefined : compatibility(path);
        if (path === undefined || !support) continue;
        known.add(path);
        if (NAMES.some((name) => since(support, name, true) > Number(oldest[name])))
          young.add(path);
      }
    }
    ts.forEachChild(node, look);
  };
  for (const source of program.getSourceFiles()) {
    if (sources.includes(source.fileName)) look(source);
  }
  // What it looks for is found at all.
  for (const path of ["api.AbortSignal.any_static", "javascript.builtins.Array.toSorted"]) {
    expect(known).toContain(path);
  }
  expect([...young].sort()).toEqual(Object.keys(OPTIONAL).sort());
}, 120_000);
