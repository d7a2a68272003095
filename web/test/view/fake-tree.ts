import type { NodeType, RowsView, RowView } from "../../src/view/types.js";

/** A path of a made-up tree. */
export interface Sapling {
  name: string;
  type?: NodeType;
  mode?: number;
  uid?: number;
  gid?: number;
  size?: number;
  layer?: number;
  linkName?: string;
  hardlinkTo?: string;
  pathHex?: string;
  device?: [number, number];
  children?: Sapling[];
}

interface Node {
  node: number;
  level: number;
  position: number;
  siblings: number;
  path: string;
  sapling: Sapling;
  children: Node[];
  expanded: boolean;
}

const LETTERS: Record<NodeType, string> = {
  file: "-",
  dir: "d",
  symlink: "l",
  char: "c",
  block: "b",
  fifo: "p",
};

/** Answers like the engine's tree. */
export class FakeTree {
  readonly paths: number;
  readonly #nodes: Node[] = [];
  readonly #roots: Node[];
  #visible: Node[] | undefined;

  constructor(saplings: readonly Sapling[]) {
    this.#roots = this.#plant(saplings, 1, "");
    this.paths = this.#nodes.length;
  }

  get rows(): number {
    return this.#flat().length;
  }

  read(offset: number, limit: number): RowsView {
    const flat = this.#flat();
    return {
      total: flat.length,
      offset,
      rows: flat.slice(offset, offset + limit).map((node) => this.#row(node)),
    };
  }

  setExpanded(node: number, expanded: boolean): void {
    const found = this.#nodes[node];
    if (found) found.expanded = expanded;
    this.#visible = undefined;
  }

  expandTo(depth: number): void {
    for (const node of this.#nodes) node.expanded = node.level <= depth;
    this.#visible = undefined;
  }

  #plant(saplings: readonly Sapling[], level: number, base: string): Node[] {
    return saplings.map((sapling, index) => {
      const path = base === "" ? sapling.name : `${base}/${sapling.name}`;
      const node: Node = {
        node: this.#nodes.length,
        level,
        position: index + 1,
        siblings: saplings.length,
        path,
        sapling,
        children: [],
        expanded: false,
      };
      this.#nodes.push(node);
      node.children = this.#plant(sapling.children ?? [], level + 1, path);
      return node;
    });
  }

  #flat(): Node[] {
    if (this.#visible) return this.#visible;
    const flat: Node[] = [];
    const walk = (nodes: readonly Node[]) => {
      for (const node of nodes) {
        flat.push(node);
        if (node.expanded) walk(node.children);
      }
    };
    walk(this.#roots);
    this.#visible = flat;
    return flat;
  }

  #row({ sapling, children, expanded, node, level, position, siblings, path }: Node): RowView {
    const type = sapling.type ?? (sapling.children ? "dir" : "file");
    const mode = sapling.mode ?? (type === "dir" ? 0o755 : type === "symlink" ? 0o777 : 0o644);
    return {
      node,
      level,
      position,
      siblings,
      name: sapling.name,
      path,
      ...(sapling.pathHex === undefined ? {} : { pathHex: sapling.pathHex }),
      type,
      mode,
      modeText: LETTERS[type] + modeText(mode),
      uid: sapling.uid ?? 0,
      gid: sapling.gid ?? 0,
      size: String(type === "file" ? (sapling.size ?? 0) : 0),
      totalSize: String(sapling.size ?? 0),
      change: "added",
      mtimeNs: "1767225600000000000",
      ...(sapling.layer === undefined ? {} : { layer: sapling.layer }),
      ...(sapling.linkName === undefined ? {} : { linkName: sapling.linkName }),
      ...(sapling.hardlinkTo === undefined ? {} : { hardlinkTo: sapling.hardlinkTo }),
      ...(sapling.device ? { device: sapling.device } : {}),
      expandable: children.length > 0,
      expanded,
    };
  }
}

function modeText(mode: number): string {
  const bits = "rwxrwxrwx";
  let out = "";
  for (let i = 0; i < 9; i += 1) out += mode & (0o400 >> i) ? (bits[i] ?? "") : "-";
  if (mode & 0o4000) out = `${out.slice(0, 2)}s${out.slice(3)}`;
  if (mode & 0o1000) out = `${out.slice(0, 8)}t`;
  return out;
}

/** A tree like an image's, with odd names among the plain ones. */
export function smallTree(): Sapling[] {
  const long = `${"a-very-long-name-that-goes-on-".repeat(8)}end.txt`;
  return [
    {
      name: "bin",
      layer: 0,
      children: [
        { name: "busybox", mode: 0o755, size: 841_288, layer: 0 },
        { name: "sh", type: "symlink", linkName: "/bin/busybox", layer: 0 },
        { name: "su", mode: 0o4755, size: 55_672, layer: 1 },
      ],
    },
    {
      name: "dev",
      layer: 0,
      children: [
        { name: "null", type: "char", mode: 0o666, device: [1, 3], layer: 0 },
        { name: "sda", type: "block", mode: 0o660, device: [8, 0], layer: 0 },
        { name: "initctl", type: "fifo", mode: 0o600, layer: 0 },
      ],
    },
    {
      name: "etc",
      layer: 3,
      children: [
        { name: "passwd", size: 1172, layer: 1 },
        { name: "shadow", size: 402, mode: 0o640, gid: 42, layer: 1 },
        { name: "menu.conf", size: 12_345_678, layer: 4, uid: 1000, gid: 1000 },
      ],
    },
    {
      name: "odd",
      layer: 5,
      children: [
        { name: long, size: 12, layer: 5 },
        { name: "<img src=x onerror=alert(1)>", size: 3, layer: 5 },
        { name: "right\\u{202e}txt.exe", size: 3, layer: 5 },
        { name: "not-utf-8-\\xff\\xfe", pathHex: "6f6464", size: 3, layer: 5 },
        { name: "日本語のファイル名 🍵", size: 1_500, layer: 6, uid: 4_294_967_294, gid: 65_534 },
        { name: "  two  spaces  ", size: 0, layer: 6 },
        { name: "copy", size: 841_288, hardlinkTo: "bin/busybox", layer: 7 },
        { name: "deep", type: "symlink", linkName: `../${long}`, layer: 7 },
      ],
    },
    { name: "implied", children: [{ name: "file", size: 5_368_709_120, layer: 2 }] },
    { name: "tmp", type: "dir", mode: 0o1777, layer: 0 },
  ];
}

/** Folders of a hundred files each. */
export function largeTree(files: number): Sapling[] {
  return Array.from({ length: Math.ceil(files / 101) }, (_, folder) => ({
    name: `folder-${String(folder).padStart(5, "0")}`,
    layer: folder % 8,
    children: Array.from({ length: 100 }, (_, file) => ({
      name: `file-${String(file).padStart(3, "0")}.txt`,
      size: (folder * 7919 + file * 104_729) % 3_000_000,
      layer: (folder + file) % 8,
    })),
  }));
}
