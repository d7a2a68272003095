import { json } from "./lexers/json.js";
import { ini } from "./lexers/ini.js";
import { shell } from "./lexers/shell.js";
import { xml } from "./lexers/xml.js";
import { yaml } from "./lexers/yaml.js";
import type { Lexer, Token } from "./lexers/lexer.js";
import { lastAtMost } from "./sorted.js";
import type { Lines } from "./text-rows.js";
import type { Language } from "./types.js";

/** What comes after this in a line has no colours: nobody reads it, and it would take long. */
export const COLOURED = 100_000;

/** Lines whose tokens are kept: some screens. */
const KEEP = 500;

const LEXERS: Record<Language, Lexer | undefined> = {
  json,
  yaml,
  shell,
  ini,
  xml,
  plain: undefined,
};

const none: readonly Token[] = [];

/**
 * The colours of a text. A line's depend on the lines above it, which are gone through a stretch
 * at a time; until then it has none.
 */
export class Highlighter {
  readonly #lines: Lines;
  readonly #lexer: Lexer | undefined;
  // The state that lines begin with, where it is another than the line's above.
  readonly #changedAt: number[] = [0];
  readonly #states: string[] = [""];
  #known = 1;
  readonly #tokens = new Map<number, readonly Token[]>();

  constructor(lines: Lines, language: Language) {
    this.#lines = lines;
    this.#lexer = LEXERS[language];
  }

  /** Whether the lines before this one are gone through. */
  knows(line: number): boolean {
    return !this.#lexer || line < this.#known;
  }

  /** Goes through lines up to `line`, for no longer than `budget` milliseconds and a line. */
  advance(line: number, budget: number): void {
    const lexer = this.#lexer;
    if (!lexer) return;
    const end = performance.now() + budget;
    let state = this.#states.at(-1) ?? "";
    while (this.#known <= line && this.#known < this.#lines.count) {
      const next = lexer(this.#coloured(this.#known - 1), state, ignore);
      if (next !== state) {
        this.#changedAt.push(this.#known);
        this.#states.push(next);
        state = next;
      }
      this.#known += 1;
      if (performance.now() >= end) return;
    }
  }

  /** A line's tokens, in order; none as long as they are not known. */
  tokens(line: number): readonly Token[] {
    const lexer = this.#lexer;
    if (!lexer || line >= this.#known) return none;
    const kept = this.#tokens.get(line);
    if (kept) return kept;
    const tokens: Token[] = [];
    lexer(this.#coloured(line), this.#stateAt(line), (start, end, kind) => {
      if (end > start) tokens.push({ start, end, kind });
    });
    if (this.#tokens.size >= KEEP) this.#tokens.clear();
    this.#tokens.set(line, tokens);
    return tokens;
  }

  #coloured(line: number): string {
    const text = this.#lines.get(line);
    return text.length > COLOURED ? text.slice(0, COLOURED) : text;
  }

  #stateAt(line: number): string {
    const change = lastAtMost(this.#changedAt, line, this.#changedAt.length);
    return this.#states[change] ?? "";
  }
}

const ignore = (): void => undefined;
