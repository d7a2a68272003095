import { describe, expect, test } from "vitest";

import { ini } from "../../src/view/lexers/ini.js";
import { json } from "../../src/view/lexers/json.js";
import type { Lexer } from "../../src/view/lexers/lexer.js";
import { shell } from "../../src/view/lexers/shell.js";
import { xml } from "../../src/view/lexers/xml.js";
import { yaml } from "../../src/view/lexers/yaml.js";

/** The tokens of each line, as `kind text`; what has no kind is left out. */
function lex(lexer: Lexer, text: string): string[][] {
  let state = "";
  return text.split("\n").map((line) => {
    const tokens: string[] = [];
    state = lexer(line, state, (start, end, kind) => {
      if (end > start) tokens.push(`${kind} ${line.slice(start, end)}`);
    });
    return tokens;
  });
}

const words = (lexer: Lexer, text: string) =>
  lex(lexer, text).map((line) => line.filter((token) => !token.startsWith("punctuation")));

describe("JSON", () => {
  test.each([
    ["a string before a colon is a key", '{"a" : "b"}', [['key "a"', 'string "b"']]],
    ["an escaped quote ends no string", '"a\\"b": 1', [['key "a\\"b"', "number 1"]]],
    ["a string ends with its line", '"open\n1', [['string "open'], ["number 1"]]],
    ["numbers and literals", "[-1.5e+3, null]", [["number -1.5e+3", "literal null"]]],
    ["other words have no colour", "nulls NaN", [[]]],
    [
      "a comment goes on over lines",
      "1 /* a\nb */ 2 // c",
      [
        ["number 1", "comment /* a"],
        ["comment b */", "number 2", "comment // c"],
      ],
    ],
  ])("%s", (_name, text, expected) => {
    expect(words(json, text)).toEqual(expected);
  });
});

describe("YAML", () => {
  test.each([
    ["a key ends at a colon and a space", "a b: c:d", [["key a b", "string c:d"]]],
    ["entries of a list", "- - a", [["string a"]]],
    ["numbers, literals and nothing", "[1, true, ~]", [["number 1", "literal true", "literal ~"]]],
    ["a hash in a word is no comment", "a#b # c", [["string a#b", "comment # c"]]],
    [
      "anchors, aliases and tags",
      "a: &b !c *d",
      [["key a", "variable &b", "variable !c", "variable *d"]],
    ],
    [
      "a block scalar goes on while lines are deeper",
      "a:\n  b: |-\n    # text\n\n    text\n  c: 1",
      [["key a"], ["key b"], ["string # text"], [], ["string text"], ["key c", "number 1"]],
    ],
    [
      "a block scalar in a list is deeper than its dash",
      "- >\n  a\n- b",
      [[], ["string a"], ["string b"]],
    ],
    ["a quoted string goes on over lines", '"a\nb": c', [['string "a'], ['string b"', "string c"]]],
    ["quoted keys", "'a': \"b\"", [["key 'a'", 'string "b"']]],
    ["keys in braces", "{a: 1, b: {c: d}}", [["key a", "number 1", "key b", "key c", "string d"]]],
    ["documents and directives", "%YAML 1.2\n--- a", [["keyword %YAML 1.2"], ["string a"]]],
  ])("%s", (_name, text, expected) => {
    expect(words(yaml, text)).toEqual(expected);
  });
});

describe("shell", () => {
  test.each([
    ["a hash in a word is no comment", "a#b #c", [["name a#b", "comment #c"]]],
    ["assignments", "A=1 b", [["key A", "name b"]]],
    ["keywords", "if a; then", [["keyword if", "name a", "keyword then"]]],
    [
      "variables in double quotes alone",
      "echo \"$a ${b}\" '$c'",
      [
        [
          "name echo",
          'string "',
          "variable $a",
          "string  ",
          "variable ${b}",
          'string "',
          "string '",
          "string $c'",
        ],
      ],
    ],
    [
      "a quoted string goes on over lines",
      "echo 'a\nb'",
      [["name echo", "string '", "string a"], ["string b'"]],
    ],
    [
      "a here-document ends with its word alone",
      "cat <<'EOF'\n$a EOF\nEOF\nls",
      [["name cat"], ["string $a EOF"], [], ["name ls"]],
    ],
    ["tabs before the word of <<-", "cat <<-E\n\tE\nls", [["name cat"], [], ["name ls"]]],
    ["a shift is no here-document", "a 1<<2\nls", [["name a"], ["name ls"]]],
  ])("%s", (_name, text, expected) => {
    expect(words(shell, text)).toEqual(expected);
  });
});

describe("INI", () => {
  test.each([
    ["sections and comments", "; a\n [b]", [["comment ; a"], ["name [b]"]]],
    ["keys and values", "a b = 1, yes", [["key a b", "number 1", "literal yes"]]],
    ["an address is no key", "http://a", [["string http://a"]]],
    ["an apostrophe quotes nothing", "don't = x", [["key don't", "string x"]]],
    ["a hash in a value is no comment", "a = b#c #d", [["key a", "string b#c", "comment #d"]]],
    [
      "three quotes go on over lines",
      'a = """b\nc""" 1',
      [
        ["key a", 'string """b'],
        ['string c"""', "number 1"],
      ],
    ],
  ])("%s", (_name, text, expected) => {
    expect(words(ini, text)).toEqual(expected);
  });
});

describe("XML", () => {
  test.each([
    ["tags and attributes", "<a b='c'/>", [["name a", "key b", "string 'c'"]]],
    ["entities", "&amp; & &x", [["variable &amp;"]]],
    [
      "a comment goes on over lines",
      "<!-- <a>\n--> <b>",
      [["comment <!-- <a>"], ["comment -->", "name b"]],
    ],
    [
      "the opening of a comment is not its end",
      "<!-->x\n-->",
      [["comment <!-->x"], ["comment -->"]],
    ],
    [
      "a tag goes on over lines",
      '<a\nb="c\nd">e</a>',
      [["name a"], ["key b", 'string "c'], ['string d"', "name a"]],
    ],
    ["unparsed text", "<![CDATA[<a>\n]]><b>", [["string <![CDATA[<a>"], ["string ]]>", "name b"]]],
    ["a lone bracket is text", "1 < 2", [[]]],
  ])("%s", (_name, text, expected) => {
    expect(words(xml, text)).toEqual(expected);
  });
});

describe("every lexer", () => {
  const lexers: [string, Lexer][] = [
    ["JSON", json],
    ["YAML", yaml],
    ["shell", shell],
    ["INI", ini],
    ["XML", xml],
  ];
  const hostile = [
    '"',
    "'",
    "\\",
    "`",
    "$",
    "${",
    "$(",
    "<<",
    "<<A",
    "<",
    "<!",
    "<!--",
    "<a ",
    "&",
    "&a",
    "[",
    "{",
    "- ",
    ": ",
    "a: ",
    "a:",
    "|",
    "| ",
    ">",
    "#",
    " #",
    "=",
    "a=",
    "a ",
    '"""',
    "/*",
    "*/",
    " ",
    "\t",
    "a",
    "1",
    ",",
    ";",
    "'\"",
    "a'",
    "\u0000",
    "🍵",
  ];

  test.each(lexers)("%s takes time in proportion to a line's length", (_name, lexer) => {
    for (const part of hostile) {
      const line = part.repeat(Math.ceil(100_000 / part.length));
      const before = performance.now();
      lexer(line, "", () => undefined);
      // Once over the line for each of its characters would take minutes.
      expect(performance.now() - before, JSON.stringify(part)).toBeLessThan(1000);
    }
  });

  test.each(lexers)(
    "%s gives tokens in order, within the line and not overlapping",
    (_name, lexer) => {
      let seed = 7;
      const next = (below: number) => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return (seed >>> 8) % below;
      };
      for (let round = 0; round < 500; round += 1) {
        const text = Array.from({ length: next(30) }, () =>
          next(8) === 0 ? "\n" : hostile[next(hostile.length)],
        ).join("");
        let state = "";
        let inOrder = true;
        for (const line of text.split("\n")) {
          let end = 0;
          state = lexer(line, state, (start, to) => {
            inOrder &&= start >= end && to >= start && to <= line.length;
            end = to;
          });
        }
        expect(inOrder, JSON.stringify(text)).toBe(true);
      }
    },
  );
});
