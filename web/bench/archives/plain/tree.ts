/** What a plain page knows of an entry of a layer. */
export interface PlainEntry {
  readonly name: string;
  readonly type: string | undefined;
  readonly size: number;
}

/** Applies layers, from the bottom, as such pages do: a map by path, whiteouts taken out. */
export function merged(layers: readonly (readonly PlainEntry[])[]): Map<string, PlainEntry> {
  const tree = new Map<string, PlainEntry>();
  for (const entries of layers) {
    for (const { name } of entries) {
      const path = name.replace(/^\.?\/+|\/+$/g, "");
      const slash = path.lastIndexOf("/") + 1;
      const last = path.slice(slash);
      if (!last.startsWith(".wh.")) continue;
      const folder = path.slice(0, slash);
      const hidden = last === ".wh..wh..opq" ? folder : folder + last.slice(4);
      for (const known of tree.keys()) {
        if (known === hidden || known.startsWith(hidden.endsWith("/") ? hidden : `${hidden}/`)) {
          tree.delete(known);
        }
      }
    }
    for (const entry of entries) {
      const path = entry.name.replace(/^\.?\/+|\/+$/g, "");
      if (!path.slice(path.lastIndexOf("/") + 1).startsWith(".wh.")) tree.set(path, entry);
    }
  }
  return tree;
}
