/** A part of the sheet of keys. */
export interface KeyGroup {
  readonly title: string;
  /** Keys that do the same, and what they do. */
  readonly keys: readonly (readonly [readonly string[], string])[];
}

/** Every key that the viewer knows. */
export const sheetText: readonly KeyGroup[] = [
  {
    title: "Anywhere",
    keys: [
      [["?"], "this sheet"],
      [["1", "…", "9"], "a view, by the order of its tab"],
      [["]"], "the next layer up"],
      [["["], "the next layer down"],
    ],
  },
  {
    title: "Tabs",
    keys: [[["←", "→", "Home", "End"], "another view"]],
  },
  {
    title: "Layers",
    keys: [
      [["Enter"], "show what this layer did"],
      [["Shift", "Enter"], "from the layer chosen before to this one"],
      [["a"], "all up to this layer"],
      [["l"], "this layer alone"],
    ],
  },
];
