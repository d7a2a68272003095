/** A stretch of text as shown, and the code point that it stands for where that would not show. */
export interface Piece {
  readonly text: string;
  /** `U+202E`, for a character that would be invisible or would move others. */
  readonly stands?: string;
}

// The core's own list (`diagnostic::escape`), so that names and contents are shown alike. A tab is
// white space and line feeds end lines; a surrogate alone has no glyph.
const UNSEEN =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}\ud800-\udfff]/u;
const ALL_UNSEEN = new RegExp(UNSEEN.source, "gu");

/** How a character that would not show is shown: as the core writes it in names. */
export function shown(code: number): string {
  return `\\u{${code.toString(16)}}`;
}

/** `U+001B`. */
function codePoint(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** A text with what would not show made visible. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(ALL_UNSEEN)) {
    if (match.index > from) found.push({ text: text.slice(from, match.index) });
    const code = match[0].codePointAt(0) ?? 0;
    found.push({ text: shown(code), stands: codePoint(code) });
    from = match.index + match[0].length;
  }
  if (from < text.length) found.push({ text: text.slice(from) });
  return found;
}

/** How many columns of a fixed-width font a character takes; a tab is the caller's. */
export function cells(code: number): number {
  if (code >= 0x20 && code < 0x7f) return 1;
  const character = String.fromCodePoint(code);
  if (UNSEEN.test(character)) return shown(code).length;
  if (code < 0x300) return 1;
  if (COMBINING.test(character)) return 0;
  return isWide(code) ? 2 : 1;
}

const COMBINING = /^\p{M}$/u;

// The blocks whose characters are wide by UAX #11, close enough for breaking lines.
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff01 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}
