import { closing, skipSpace, skipWhile, type Lexer } from "./lexer.js";

const COMMENT = "comment";
const WORD = /[A-Za-z0-9_$]/;
const NUMBER = /[-+.0-9eE]/;

/** JSON, with the comments that some tools allow. */
export const json: Lexer = (line, state, emit) => {
  let at = 0;
  if (state === COMMENT) {
    const end = line.indexOf("*/");
    if (end < 0) {
      emit(0, line.length, "comment");
      return COMMENT;
    }
    at = end + 2;
    emit(0, at, "comment");
  }
  while (at < line.length) {
    const character = line.charAt(at);
    if (character === '"') {
      const end = closing(line, at + 1, '"', "\\") ?? line.length;
      emit(at, end, line[skipSpace(line, end)] === ":" ? "key" : "string");
      at = end;
    } else if (character === "/" && line[at + 1] === "/") {
      emit(at, line.length, "comment");
      return "";
    } else if (character === "/" && line[at + 1] === "*") {
      const end = line.indexOf("*/", at + 2);
      emit(at, end < 0 ? line.length : end + 2, "comment");
      if (end < 0) return COMMENT;
      at = end + 2;
    } else if (/[-0-9]/.test(character)) {
      const end = skipWhile(line, at, NUMBER);
      emit(at, end, "number");
      at = end;
    } else if (/[A-Za-z_$]/.test(character)) {
      const end = skipWhile(line, at, WORD);
      if (/^(?:true|false|null)$/.test(line.slice(at, end))) emit(at, end, "literal");
      at = end;
    } else {
      if (/[{}[\],:]/.test(character)) emit(at, at + 1, "punctuation");
      at += 1;
    }
  }
  return "";
};
