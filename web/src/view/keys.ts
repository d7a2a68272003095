/** What a key asks of the tree. */
export type TreeAction =
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "expand" }
  | { readonly kind: "collapse" }
  | { readonly kind: "parent" };

/** Where the focus is. */
export interface TreeFocus {
  readonly index: number;
  readonly total: number;
  /** Rows in sight. */
  readonly page: number;
  readonly level: number;
  readonly expandable: boolean;
  readonly expanded: boolean;
}

/** A key as an event tells it. */
export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The keys of a treegrid whose rows take the focus, by the ARIA Authoring Practices. */
export function treeAction(pressed: Key, focus: TreeFocus): TreeAction | undefined {
  if (pressed.altKey || pressed.metaKey) return undefined;
  const last = focus.total - 1;
  const move = (to: number): TreeAction => ({ kind: "move", to: Math.min(last, Math.max(0, to)) });
  switch (pressed.key) {
    case "ArrowDown":
      return move(focus.index + 1);
    case "ArrowUp":
      return move(focus.index - 1);
    case "PageDown":
      return move(focus.index + Math.max(1, focus.page - 1));
    case "PageUp":
      return move(focus.index - Math.max(1, focus.page - 1));
    case "Home":
      return move(0);
    case "End":
      return move(last);
    case "ArrowRight":
      if (!focus.expandable) return undefined;
      return focus.expanded ? move(focus.index + 1) : { kind: "expand" };
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
