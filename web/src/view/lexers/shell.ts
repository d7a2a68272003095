import { isSpace, skipWhile, type Emit, type Lexer } from "./lexer.js";

const HEREDOC = "<<";
const HEREDOC_TABS = "<<-";
const WORD = /[^\s;&|()<>"'`$\\]/;
const NAME = /[A-Za-z0-9_]/;
/** A longer word is no delimiter that anybody means. */
const LONGEST_DELIMITER = 100;

const KEYWORDS = new Set(
  (
    "if then elif else fi for while until do done case esac in function select time return exit " +
    "break continue local export readonly declare typeset unset set shift trap eval exec source"
  ).split(" "),
);

/** Shell scripts. */
export const shell: Lexer = (line, state, emit) => {
  if (state.startsWith(HEREDOC)) return heredoc(line, state, emit);
  let at = 0;
  let next = "";
  if (state !== "") {
    const end = quoted(line, 0, state, emit);
    if (end === undefined) return state;
    at = end;
  }
  // What a word that begins here is: a value ends with the word that its name began.
  let place: "command" | "value" | "argument" = "command";
  while (at < line.length) {
    const character = line.charAt(at);
    if (isSpace(character)) {
      if (place === "value") place = "command";
      at += 1;
    } else if (character === "#" && (at === 0 || /[\s;&|()]/.test(line.charAt(at - 1)))) {
      emit(at, line.length, "comment");
      return next;
    } else if (character === '"' || character === "'" || character === "`") {
      if (place === "command") place = "argument";
      emit(at, at + 1, "string");
      const end = quoted(line, at + 1, character, emit);
      if (end === undefined) return character;
      at = end;
    } else if (character === "$") {
      if (line[at + 1] === "(") place = "command";
      else if (place === "command") place = "argument";
      at = variable(line, at, emit);
    } else if (character === "\\") {
      at += 2;
    } else if (line.startsWith("<<", at) && line[at + 2] !== "<") {
      const found = delimiter(line, at);
      emit(at, found.end, "punctuation");
      if (found.state !== undefined) next = found.state;
      at = found.end;
    } else if (/[;&|()<>]/.test(character)) {
      place = /[<>]/.test(character) ? "argument" : "command";
      emit(at, at + 1, "punctuation");
      at += 1;
    } else {
      const end = Math.max(at + 1, skipWhile(line, at, WORD));
      const word = line.slice(at, end);
      const equals = at + word.indexOf("=");
      if (place === "value") {
        at = end;
      } else if (KEYWORDS.has(word)) {
        emit(at, end, "keyword");
        // What follows is a command again, but for a list of words.
        place = word === "for" || word === "case" || word === "in" ? "argument" : "command";
        at = end;
      } else if (place === "command" && equals > at && isName(line, at, equals)) {
        emit(at, equals, "key");
        place = "value";
        at = equals + 1;
      } else {
        if (place === "command") emit(at, end, "name");
        else if (word.startsWith("-")) emit(at, end, "variable");
        place = "argument";
        at = end;
      }
    }
  }
  return next;
};

function isName(line: string, from: number, to: number): boolean {
  return !/[0-9]/.test(line.charAt(from)) && skipWhile(line, from, NAME) >= to;
}

/** The inside of quotes up to their end, which is undefined where it is on another line. */
function quoted(line: string, at: number, quote: string, emit: Emit): number | undefined {
  let from = at;
  while (at < line.length) {
    const character = line[at];
    if (character === quote) {
      emit(from, at + 1, "string");
      return at + 1;
    }
    if (character === "\\" && quote !== "'") {
      at += 2;
    } else if (character === "$" && quote !== "'") {
      emit(from, at, "string");
      at = variable(line, at, emit);
      from = at;
    } else {
      at += 1;
    }
  }
  emit(from, line.length, "string");
  return undefined;
}

/** `$name`, `${…}` and `$(`; gives where it ends. */
function variable(line: string, at: number, emit: Emit): number {
  const next = line.charAt(at + 1);
  let end = at + 1;
  if (next === "{") {
    const close = line.indexOf("}", at);
    end = close < 0 ? line.length : close + 1;
  } else if (next === "(") {
    end = at + 2;
  } else if (/[A-Za-z_]/.test(next)) {
    end = skipWhile(line, at + 1, NAME);
  } else if (/[0-9@*#?$!-]/.test(next)) {
    end = at + 2;
  }
  emit(at, end, "variable");
  return end;
}

/** `<<EOF`, `<<-EOF`, `<<'EOF'`: where it ends, and the state of the lines after. */
function delimiter(line: string, at: number): { end: number; state?: string } {
  const tabs = line[at + 2] === "-";
  let from = at + (tabs ? 3 : 2);
  while (isSpace(line[from])) from += 1;
  const quote = line[from] === '"' || line[from] === "'" ? line[from] : undefined;
  if (quote !== undefined || line[from] === "\\") from += 1;
  const to = skipWhile(line, from, /[A-Za-z0-9_.-]/);
  // `1 << 2` is no here-document.
  if (!/[A-Za-z_]/.test(line.charAt(from)) || to - from > LONGEST_DELIMITER) return { end: at + 2 };
  const end = quote !== undefined && line[to] === quote ? to + 1 : to;
  return { end, state: `${tabs ? HEREDOC_TABS : HEREDOC} ${line.slice(from, to)}` };
}

function heredoc(line: string, state: string, emit: Emit): string {
  const [kind, word = ""] = state.split(" ");
  const from = kind === HEREDOC_TABS ? skipWhile(line, 0, /\t/) : 0;
  if (line.length - from === word.length && line.startsWith(word, from)) {
    emit(from, line.length, "punctuation");
    return "";
  }
  emit(0, line.length, "string");
  return state;
}
