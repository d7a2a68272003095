/** An archive that is opened beside the one on display. */
export const besideText = {
  folder: "Open a folder",
  drop: "or drop it here",
  opening: (name: string) => `Opening ${name}`,
  failed: (name: string, why: string) => `${name} could not be opened: ${why}`,
} as const;
