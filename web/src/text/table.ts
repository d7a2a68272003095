import { count } from "../view/format.js";

/** Every English word of long tables. */
export const tableText = {
  notPrinted: (n: number) => `${count(n)} more ${n === 1 ? "row is" : "rows are"} not printed.`,
} as const;
