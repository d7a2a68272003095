/** A piece of a text, and whether a pattern matched it. */
export interface Stretch {
  readonly text: string;
  readonly matched: boolean;
}

/** A text cut where matches begin and end; each match is a start and a length. */
export function stretches(
  text: string,
  matches: readonly (readonly [number, number])[],
): readonly Stretch[] {
  const out: Stretch[] = [];
  let at = 0;
  const push = (end: number, matched: boolean) => {
    if (end > at) out.push({ text: text.slice(at, end), matched });
    at = Math.max(at, end);
  };
  for (const [start, length] of matches.toSorted(([left], [right]) => left - right)) {
    push(Math.min(start, text.length), false);
    push(Math.min(start + length, text.length), true);
  }
  push(text.length, false);
  return out;
}
