export const dockerfileText = {
  lead: "Made up from the history: what each step recorded, not the file that was built from.",
  copy: "Copy all",
  save: "Save",
  step: (n: number) => `Step ${n}`,
  layer: (n: number) => `Layer ${n}`,
  empty: "no layer",
  show: (n: number) => `Show what layer ${n} did`,
  none: "The config has no history.",
  caveats: {
    "base-unknown": "Which image it was built from is not recorded.",
    "files-unknown":
      "The files that were copied or added are in the layers, their sources are not.",
    "history-missing": "Some layers have no history entry.",
    "history-mismatch": "History entries and layers are not as many as each other.",
    squashed: "Several steps were squashed into one layer.",
    "multi-stage": "Earlier stages of the build leave no trace.",
  } as Readonly<Record<string, string>>,
} as const;
