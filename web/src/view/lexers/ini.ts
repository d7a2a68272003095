import {
  closing,
  isSpace,
  skipSpace,
  skipWhile,
  wordKind,
  type Emit,
  type Lexer,
} from "./lexer.js";

const TRIPLES = ['"""', "'''"] as const;
const WORD = /[^\s,[\]{}"'=]/;

/** INI, TOML, unit files and the like. */
export const ini: Lexer = (line, state, emit) => {
  if (state !== "") {
    const end = line.indexOf(state);
    if (end < 0) {
      emit(0, line.length, "string");
      return state;
    }
    emit(0, end + state.length, "string");
    return value(line, end + state.length, emit);
  }
  const start = skipSpace(line, 0);
  const first = line[start];
  if (first === "#" || first === ";") {
    emit(start, line.length, "comment");
    return "";
  }
  if (first === "[") {
    const end = line.lastIndexOf("]");
    emit(start, end < 0 ? line.length : end + 1, "name");
    return "";
  }
  const equals = keyEnd(line, start);
  if (equals === undefined) return value(line, start, emit);
  let end = equals;
  while (end > start && isSpace(line[end - 1])) end -= 1;
  emit(start, end, "key");
  emit(equals, equals + 1, "punctuation");
  return value(line, equals + 1, emit);
};

function keyEnd(line: string, start: number): number | undefined {
  for (let at = start; at < line.length; at += 1) {
    const character = line[at];
    if (character === '"' || character === "'") {
      // One that nothing closes is an apostrophe.
      at = (closing(line, at + 1, character, undefined) ?? at + 1) - 1;
    } else if (character === "=" || (character === ":" && !line.startsWith("//", at + 1))) {
      return at;
    }
  }
  return undefined;
}

function value(line: string, at: number, emit: Emit): string {
  for (at = skipSpace(line, at); at < line.length; at = skipSpace(line, at)) {
    const character = line.charAt(at);
    const triple = TRIPLES.find((quotes) => line.startsWith(quotes, at));
    if (triple !== undefined) {
      const end = line.indexOf(triple, at + 3);
      emit(at, end < 0 ? line.length : end + 3, "string");
      if (end < 0) return triple;
      at = end + 3;
    } else if (character === '"' || character === "'") {
      const end =
        closing(line, at + 1, character, character === '"' ? "\\" : undefined) ?? line.length;
      emit(at, end, "string");
      at = end;
    } else if ((character === "#" || character === ";") && isSpace(line[at - 1])) {
      emit(at, line.length, "comment");
      return "";
    } else if (/[,[\]{}=]/.test(character)) {
      emit(at, at + 1, "punctuation");
      at += 1;
    } else {
      const end = Math.max(at + 1, skipWhile(line, at, WORD));
      emit(at, end, wordKind(line.slice(at, end)));
      at = end;
    }
  }
  return "";
}
