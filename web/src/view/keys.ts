/** A key as an event tells it. */
export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Where the focus is in a list. */
export interface ListFocus {
  readonly index: number;
  readonly total: number;
  /** Rows in sight. */
  readonly page: number;
}

/** The row that a key moves the focus to, if it is a key that moves it. */
export function moveBy(pressed: Key, focus: ListFocus): number | undefined {
  if (pressed.altKey || pressed.metaKey) return undefined;
  const last = focus.total - 1;
  const move = (to: number): number => Math.max(0, Math.min(last, to));
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
    default:
      return undefined;
  }
}
