import { moveBy, type Key, type ListFocus } from "../keys.js";
import type { Change } from "../types.js";

/** What a key asks of the tree. */
export type TreeAction =
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "expand" }
  | { readonly kind: "collapse" }
  | { readonly kind: "parent" };

/** Where the focus is. */
export interface TreeFocus extends ListFocus {
  readonly level: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
}

/** What a key asks of all that is shown. */
export type FilesAction =
  | { readonly kind: "change"; readonly change: Change }
  | { readonly kind: "attributes" | "collapse-all" | "copy" | "sort" };

/** The keys of a treegrid whose rows take the focus, by the ARIA Authoring Practices. */
export function treeAction(pressed: Key, focus: TreeFocus): TreeAction | undefined {
  const to = moveBy(pressed, focus);
  if (to !== undefined) return { kind: "move", to };
  if (pressed.altKey || pressed.metaKey || pressed.ctrlKey) return undefined;
  switch (pressed.key) {
    case "ArrowRight":
      if (!focus.expandable) return undefined;
      return focus.expanded ? { kind: "move", to: focus.index + 1 } : { kind: "expand" };
    case "ArrowLeft":
      if (focus.expandable && focus.expanded) return { kind: "collapse" };
      return focus.level > 1 ? { kind: "parent" } : undefined;
    case "Enter":
    case " ":
      if (!focus.expandable) return undefined;
      return { kind: focus.expanded ? "collapse" : "expand" };
    default:
      return undefined;
  }
}

const CHANGES: Readonly<Record<string, Change>> = {
  a: "added",
  m: "modified",
  r: "removed",
  u: "unchanged",
};

/**
 * dive's keys, with Ctrl as there and as plain letters, for a browser that keeps some for itself.
 * Where no changes are shown, Ctrl+A, R, M and U are the browser's.
 */
export function filesAction(pressed: Key, ranged: boolean): FilesAction | undefined {
  if (pressed.altKey || pressed.metaKey) return undefined;
  const { ctrlKey, key } = pressed;
  const change = CHANGES[key.toLowerCase()];
  if (change) return ranged ? { kind: "change", change } : undefined;
  switch (key.toLowerCase()) {
    case "b":
      return { kind: "attributes" };
    case "o":
      return { kind: "sort" };
    case " ":
      return ctrlKey ? { kind: "collapse-all" } : undefined;
    case "0":
      return ctrlKey ? undefined : { kind: "collapse-all" };
    case "c":
      return { kind: "copy" };
    default:
      return undefined;
  }
}

/** Whether a key asks for the filter. */
export function asksForFilter(pressed: Key): boolean {
  if (pressed.altKey) return false;
  const control = pressed.ctrlKey || pressed.metaKey;
  return control ? pressed.key.toLowerCase() === "f" : pressed.key === "/";
}

/** Whether a key asks for the map, or for the list again. */
export function asksForMap({ key, altKey, ctrlKey, metaKey }: Key): boolean {
  return key === "s" && !altKey && !ctrlKey && !metaKey;
}
