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
    "heredoc-unknown": "What was given as a here-document is not recorded.",
    "history-missing": "Some layers have no history entry.",
    "line-breaks": "Line breaks of a command are not as they were.",
    "not-dockerfile": "Some steps were not made by a Dockerfile.",
    "run-flags-unknown": "Mounts and other flags of RUN are not recorded.",
    "run-words-unknown": "How the words of a RUN in JSON form were parted is not recorded.",
    squashed: "Several steps were squashed into one layer.",
    "stages-unknown": "Earlier stages of the build, and what was copied from them, leave no trace.",
  } as Readonly<Record<string, string>>,
} as const;
