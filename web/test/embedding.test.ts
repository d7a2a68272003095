import { readFileSync } from "node:fs";
import { join } from "node:path";

import type * as typescript from "typescript";
import { expect, test } from "vitest";

const DOCUMENT = join(import.meta.dirname, "../../docs/embedding.md");
const SOURCE = join(import.meta.dirname, "../src/element.ts");

interface Documented {
  name: string;
  description?: string;
  type?: { text: string };
  kind?: string;
  static?: boolean;
  privacy?: string;
}

type Declaration = Record<string, Documented[] | undefined>;

interface Manifest {
  modules: { declarations: (Declaration & { tagName?: string })[] }[];
}

interface Analyzer {
  create: (given: { modules: readonly typescript.SourceFile[] }) => Manifest;
  ts: typeof typescript;
}

/** The custom elements manifest of the element. */
async function manifest(): Promise<Manifest> {
  // It has no types for this.
  const { create, ts } =
    (await import("@custom-elements-manifest/analyzer")) as unknown as Analyzer;
  const text = readFileSync(SOURCE, "utf8");
  return create({ modules: [ts.createSourceFile(SOURCE, text, ts.ScriptTarget.ES2022, true)] });
}

/** What the element's own comments say of it, as tables. */
async function tables(): Promise<string> {
  const { modules } = await manifest();
  const element = modules.flatMap((each) => each.declarations).find(({ tagName }) => tagName);
  if (!element) throw new Error("there is no element in it");
  const members = (element["members"] ?? []).filter(({ privacy }) => privacy === undefined);
  const kinds: [title: string, rows: Documented[] | undefined][] = [
    ["Attribute", element["attributes"]],
    ["Property", members.filter((member) => member.kind === "field" && member.static !== true)],
    [
      "Method",
      members.filter(({ kind }) => kind === "method").filter(({ name }) => !/Callback$/.test(name)),
    ],
    ["Event", element["events"]],
    ["Slot", element["slots"]],
    ["CSS part", element["cssParts"]],
    ["Custom property", element["cssProperties"]],
    ["State", element["cssStates"]],
  ];
  return kinds
    .map(([title, rows = []]) => {
      expect(rows.length, title).toBeGreaterThan(0);
      const lines = rows.map(({ name, type, description = "" }) => {
        expect(description, name).not.toBe("");
        const said = type ? ` (\`${type.text.replaceAll("|", "\\|")}\`)` : "";
        return `| \`${name}\` | ${description.replace(/\s+/g, " ")}${said} |`;
      });
      return [`| ${title} | |`, "|---|---|", ...lines].join("\n");
    })
    .join("\n\n");
}

// Written anew by `npx vitest run test/embedding.test.ts --update`.
test("the guide has what the code says of itself", async () => {
  const before = readFileSync(DOCUMENT, "utf8");
  const marked = /(<!-- element -->\n)[^]*(\n<!-- \/element -->)/;
  expect(before).toMatch(marked);
  const now = await tables();
  const after = before.replace(marked, (_, begin: string, end: string) => begin + now + end);
  await expect(after).toMatchFileSnapshot(DOCUMENT);
  // The compiler reads all of the element's sources first.
}, 60_000);
