import { counted } from "../view/format.js";

/** A list of images, one of which is chosen. */
export const imageChoiceText = {
  matches: (n: number) => (n === 0 ? "No image matches." : counted(n, "image")),
} as const;
