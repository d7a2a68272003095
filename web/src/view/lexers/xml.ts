import { skipSpace, skipWhile, type Lexer } from "./lexer.js";

// What a line begins in: a stretch that ends with these characters, or a tag.
const ENDS: Record<string, readonly ["comment" | "string" | "keyword", string]> = {
  comment: ["comment", "-->"],
  cdata: ["string", "]]>"],
  instruction: ["keyword", "?>"],
  declaration: ["keyword", ">"],
  '"': ["string", '"'],
  "'": ["string", "'"],
};
const OPENINGS = [
  ["<!--", "comment"],
  ["<![CDATA[", "cdata"],
  ["<?", "instruction"],
  ["<!", "declaration"],
] as const;
const TAG = "tag";
const NAME = /[^\s<>/="']/;
const ENTITY = /[#A-Za-z0-9]/;

/** XML and HTML. */
export const xml: Lexer = (line, state, emit) => {
  let at = 0;
  while (at < line.length) {
    const open = ENDS[state];
    if (open) {
      const [kind, end] = open;
      const found = line.indexOf(end, at);
      const to = found < 0 ? line.length : found + end.length;
      emit(at, to, kind);
      at = to;
      if (found >= 0) state = end === state ? TAG : "";
    } else if (state === TAG) {
      at = skipSpace(line, at);
      const character = line.charAt(at);
      if (character === ">") {
        emit(at, at + 1, "punctuation");
        state = "";
        at += 1;
      } else if (character === '"' || character === "'") {
        const found = line.indexOf(character, at + 1);
        const to = found < 0 ? line.length : found + 1;
        emit(at, to, "string");
        if (found < 0) state = character;
        at = to;
      } else if (/[/=]/.test(character)) {
        emit(at, at + 1, "punctuation");
        at += 1;
      } else {
        const end = Math.max(at + 1, skipWhile(line, at, NAME));
        if (at < line.length) emit(at, end, "key");
        at = end;
      }
    } else {
      const opening =
        line[at] === "<" ? OPENINGS.find(([start]) => line.startsWith(start, at)) : undefined;
      if (opening) {
        // Its own characters are no end: `<!-->` is open still.
        const [start, next] = opening;
        const [kind, end] = ENDS[next] ?? ["comment", ""];
        const found = line.indexOf(end, at + start.length);
        const to = found < 0 ? line.length : found + end.length;
        emit(at, to, kind);
        if (found < 0) state = next;
        at = to;
      } else if (line[at] === "<" && /[A-Za-z_/:]/.test(line.charAt(at + 1))) {
        const from = line[at + 1] === "/" ? at + 2 : at + 1;
        const end = skipWhile(line, from, NAME);
        emit(at, from, "punctuation");
        emit(from, end, "name");
        state = TAG;
        at = end;
      } else if (line[at] === "&") {
        const end = skipWhile(line, at + 1, ENTITY);
        if (line[end] === ";") emit(at, end + 1, "variable");
        at = Math.max(end, at + 1);
      } else {
        at += 1;
      }
    }
  }
  return state;
};
