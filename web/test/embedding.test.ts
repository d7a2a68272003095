import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

import { expect, test } from "vitest";

const DOCUMENT = join(import.meta.dirname, "../../docs/embedding.md");
const WEB = join(import.meta.dirname, "..");

interface Documented {
  name: string;
  description?: string;
  type?: { text: string };
  kind?: string;
  privacy?: string;
}

type Declaration = Record<string, Documented[] | undefined>;

/** The custom elements manifest of the element. */
function manifest(): { modules: { declarations: (Declaration & { tagName?: string })[] }[] } {
  const folder = mkdtempSync(join(tmpdir(), "oci-lens-manifest-"));
  try {
    const analyzer = join(WEB, "node_modules/@custom-elements-manifest/analyzer/cem.js");
    // It takes the folder for one of the working directory's.
    const to = ["--outdir", relative(WEB, folder)];
    execFileSync(process.execPath, [analyzer, "analyze", "--globs", "src/element.ts", ...to], {
      cwd: WEB,
    });
    return JSON.parse(readFileSync(join(folder, "custom-elements.json"), "utf8")) as ReturnType<
      typeof manifest
    >;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the element's own comments say of it, as tables. */
function tables(): string {
  const { modules } = manifest();
  const element = modules.flatMap((each) => each.declarations).find(({ tagName }) => tagName);
  if (!element) throw new Error("there is no element in it");
  const members = (element["members"] ?? []).filter(({ privacy }) => privacy === undefined);
  const kinds: [title: string, rows: Documented[] | undefined][] = [
    ["Attribute", element["attributes"]],
    ["Property", members.filter(({ kind }) => kind === "field")],
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
  const after = before.replace(marked, (_, begin: string, end: string) => begin + tables() + end);
  await expect(after).toMatchFileSnapshot(DOCUMENT);
});
