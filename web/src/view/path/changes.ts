import { pathText } from "../../text/path.js";
import { exactBytes, exactTime, shortDigest } from "../format.js";
import type { EntryView, Field, FieldChange, StoryView } from "../types.js";

/** A change as it is shown: what of the path, and both sides. */
export interface ShownChange {
  readonly label: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Both sides in full, where they are shortened. */
  readonly title?: string;
}

/** Changes in few words; owner and group are one. */
export function shownChanges(changes: readonly FieldChange[]): ShownChange[] {
  return changes.map(({ field, before, after }) => {
    const short = (value: string | undefined) =>
      value === undefined ? undefined : fieldText(field, value);
    const shown = { label: pathText.fields[field], before: short(before), after: short(after) };
    if (field !== "content") return shown;
    return { ...shown, title: `${before ?? ""} → ${after ?? ""}` };
  });
}

function fieldText(field: Field, value: string): string {
  switch (field) {
    case "size":
      return exactBytes(value);
    case "mtime":
      return /^-?\d+$/.test(value) ? exactTime(value) : value;
    case "content":
      return shortDigest(value);
    case "type":
      return pathText.typeWord(value);
    case "hardlink":
      return `/${value}`;
    case "mode":
    case "uid":
    case "gid":
    case "link-name":
    case "device":
    case "xattrs":
      return value;
  }
}

/** The versions of a path that layers store, oldest first. */
export function versions({ steps, now }: StoryView): EntryView[] {
  const stored = steps.flatMap(({ entry }) => (entry ? [entry] : []));
  // The newest may be missing from a story that is too long to be told whole.
  if (now && !stored.some((entry) => samePlace(entry, now))) stored.push(now);
  return stored;
}

export function samePlace(left: EntryView, right: EntryView): boolean {
  return left.place.layer === right.place.layer && left.place.entry === right.place.entry;
}

/** The version whose contents are shown unless another one is chosen: what is, or what was last. */
export function newest(story: StoryView): EntryView | undefined {
  return story.now ?? versions(story).at(-1);
}
