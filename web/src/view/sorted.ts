/** The first of `length` places for which a question is not answered yes; yes comes before no. */
export function firstNot(length: number, question: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (question(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last of the first `length` ascending values that is no more than `value`; 0 if none is. */
export function lastAtMost(values: ArrayLike<number>, value: number, length: number): number {
  return Math.max(0, firstNot(length, (at) => (values[at] ?? 0) <= value) - 1);
}
