import { closing, isSpace, skipSpace, skipWhile, wordKind, type Lexer } from "./lexer.js";

const BLOCK = "block:";
const ANCHOR = /[^\s,[\]{}]/;
const INDICATOR = /^[|>][-+0-9]{0,3}[ \t]*(?:#.*)?$/;

/** YAML. */
export const yaml: Lexer = (line, state, emit) => {
  let at = 0;
  const indent = skipWhile(line, 0, / /);
  if (state.startsWith(BLOCK)) {
    // A block scalar goes on as long as lines are deeper than what it is the value of.
    if (indent === line.length || indent > Number(state.slice(BLOCK.length))) {
      emit(indent, line.length, "string");
      return state;
    }
  } else if (state === '"' || state === "'") {
    const end = closing(line, 0, state, state === '"' ? "\\" : undefined);
    emit(0, end ?? line.length, "string");
    if (end === undefined) return state;
    at = end;
  }
  if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) {
    emit(0, 3, "punctuation");
    at = 3;
  } else if (line.startsWith("%")) {
    emit(0, line.length, "keyword");
    return "";
  }
  // The column that a block scalar must be deeper than.
  let parent = -1;
  // Whether only dashes came so far, so that another one begins an entry.
  let entry = true;
  let depth = 0;
  for (at = skipSpace(line, at); at < line.length; at = skipSpace(line, at)) {
    const character = line.charAt(at);
    const spaced = at === 0 || isSpace(line[at - 1]);
    if (character === "#" && spaced) {
      emit(at, line.length, "comment");
      return "";
    }
    if (entry && character === "-" && (isSpace(line[at + 1]) || at + 1 === line.length)) {
      emit(at, at + 1, "punctuation");
      parent = at;
      at += 1;
      continue;
    }
    if ((character === "|" || character === ">") && depth === 0) {
      // A comment may follow the indicator; a longer rest is no indicator.
      if (INDICATOR.test(line.slice(at))) {
        const end = skipWhile(line, at, /[-+|>0-9]/);
        emit(at, end, "punctuation");
        emit(skipSpace(line, end), line.length, "comment");
        return `${BLOCK}${parent}`;
      }
    }
    entry = false;
    if (/[[\]{},]/.test(character) && (depth > 0 || character === "[" || character === "{")) {
      if (character === "[" || character === "{") depth += 1;
      if (character === "]" || character === "}") depth -= 1;
      emit(at, at + 1, "punctuation");
      at += 1;
    } else if (character === ":" || character === "?") {
      emit(at, at + 1, "punctuation");
      at += 1;
    } else if (/[&*!]/.test(character)) {
      const end = skipWhile(line, at + 1, ANCHOR);
      emit(at, end, "variable");
      at = end;
    } else if (character === '"' || character === "'") {
      const end = closing(line, at + 1, character, character === '"' ? "\\" : undefined);
      if (end === undefined) {
        emit(at, line.length, "string");
        return character;
      }
      const key = isKeyEnd(line, skipSpace(line, end), depth);
      if (key) parent = at;
      emit(at, end, key ? "key" : "string");
      at = end;
    } else {
      const end = plainEnd(line, at, depth);
      const key = isKeyEnd(line, skipSpace(line, end), depth);
      if (key) parent = at;
      emit(at, end, key ? "key" : wordKind(line.slice(at, end)));
      at = end;
    }
  }
  return "";
};

// A colon ends a key where a value or nothing follows.
function isKeyEnd(line: string, at: number, depth: number): boolean {
  if (line[at] !== ":") return false;
  const next = line[at + 1];
  return next === undefined || isSpace(next) || (depth > 0 && /[[\]{},"']/.test(next));
}

/** Where a plain scalar ends, without white space behind it. */
function plainEnd(line: string, start: number, depth: number): number {
  let end = start + 1;
  for (let at = start; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (isSpace(character)) continue;
    if (character === "#" && at > start && isSpace(line[at - 1])) break;
    if (at > start && isKeyEnd(line, at, depth)) break;
    if (depth > 0 && at > start && /[[\]{},]/.test(character)) break;
    end = at + 1;
  }
  return end;
}
