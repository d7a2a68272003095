import { EngineError } from "../../src/errors.js";
import type { Tree } from "../../src/view/api.js";
import type {
  Change,
  LayerRange,
  NodeType,
  PathPattern,
  RowsView,
  RowView,
  SizeView,
  SortKey,
  TreeQuery,
  TreeState,
} from "../../src/view/types.js";
import type { Sapling } from "./fake-tree.js";

interface Node {
  readonly node: number;
  readonly parent: Node | undefined;
  readonly level: number;
  readonly name: string;
  readonly path: string;
  readonly sapling: Sapling;
  readonly children: Node[];
  readonly type: NodeType;
  readonly change: Change;
  readonly mtime: bigint;
  readonly total: number;
}

const LETTERS: Record<NodeType, string> = {
  file: "-",
  dir: "d",
  symlink: "l",
  char: "c",
  block: "b",
  fifo: "p",
};

/** Answers like the engine's tree of some layers, from made-up paths. Its root is node 0. */
export class FakeFiles implements Tree {
  readonly range: LayerRange;
  /** How many layers have been applied. */
  applied: number;
  closed = false;
  readonly calls: string[] = [];
  readonly #layers: number;
  readonly #nodes: Node[] = [];
  readonly #root: Node;
  readonly #open = new Set<number>();
  /** While a pattern is set: what leads to its matches is open if not. */
  readonly #shut = new Set<number>();
  #query: TreeQuery = {};
  #selected = new Set<Node>();
  #kept = new Set<Node>();
  #rows: Node[] | undefined;

  constructor(saplings: readonly Sapling[], layers = 8, range: LayerRange = { first: 0 }) {
    this.range = range;
    this.#layers = layers;
    this.applied = layers;
    this.#root = this.#plant({ name: "", children: [...saplings] }, undefined);
    this.#select();
  }

  showPart(): Promise<undefined> {
    this.calls.push("showPart");
    return Promise.resolve(undefined);
  }

  state(): Promise<TreeState> {
    this.calls.push("state");
    const changes = { added: 0, modified: 0, removed: 0, unchanged: 0 };
    for (const { change } of this.#nodes.slice(1)) changes[change] += 1;
    const none = this.applied === 0;
    return Promise.resolve({
      rows: none ? 0 : this.#visible().length,
      applied: this.applied,
      layers: this.#layers,
      pending: 0,
      paths: none ? 0 : this.#nodes.length - 1,
      matches: this.#selected.size,
      size: String(this.#root.total),
      changes,
    });
  }

  rows(offset: number, limit: number): Promise<RowsView> {
    this.calls.push(`rows ${offset}`);
    const rows = this.applied === 0 ? [] : this.#visible();
    return Promise.resolve({
      total: rows.length,
      offset,
      rows: rows.slice(offset, offset + limit).map((node) => this.#view(node)),
    });
  }

  arrange(query: TreeQuery): Promise<TreeState> {
    this.calls.push(`arrange ${query.sort ?? ""} ${query.pattern?.pattern ?? ""}`.trim());
    try {
      if (query.pattern) expression(query.pattern);
    } catch (error) {
      const message = `the pattern is invalid: ${error instanceof Error ? error.message : ""}`;
      return Promise.reject(new EngineError({ code: "pattern-invalid", message, hints: [] }));
    }
    if (query.pattern?.pattern !== this.#query.pattern?.pattern) this.#shut.clear();
    this.#query = query;
    this.#select();
    return this.state();
  }

  expand(node: number): Promise<void> {
    return this.#set(node, true);
  }

  collapse(node: number): Promise<void> {
    return this.#set(node, false);
  }

  expandTo(depth: number): Promise<void> {
    this.calls.push(`expandTo ${depth}`);
    for (const { node, level } of this.#nodes) this.#setOpen(node, level <= depth);
    return Promise.resolve();
  }

  reveal(path: Uint8Array): Promise<number | undefined> {
    const text = new TextDecoder().decode(path);
    this.calls.push(`reveal ${text}`);
    const node = this.#nodes.find((node) => node.path === text && node !== this.#root);
    if (!node || !this.#kept.has(node)) return Promise.resolve(undefined);
    for (let above = node.parent; above; above = above.parent) this.#setOpen(above.node, true);
    return Promise.resolve(this.#visible().indexOf(node));
  }

  sizes(node: number, depth: number): Promise<SizeView> {
    return Promise.resolve(this.#size(this.#nodes[node] ?? this.#root, depth));
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  #set(node: number, open: boolean): Promise<void> {
    this.calls.push(`${open ? "expand" : "collapse"} ${this.#nodes[node]?.path ?? ""}`);
    this.#setOpen(node, open);
    return Promise.resolve();
  }

  #setOpen(node: number, open: boolean): void {
    const [set, member] = this.#query.pattern ? [this.#shut, !open] : [this.#open, open];
    if (member) set.add(node);
    else set.delete(node);
    this.#rows = undefined;
  }

  #isOpen({ node }: Node): boolean {
    return this.#query.pattern ? !this.#shut.has(node) : this.#open.has(node);
  }

  #plant(sapling: Sapling, parent: Node | undefined): Node {
    const level = parent ? parent.level + 1 : 0;
    const children: Node[] = [];
    const index = this.#nodes.length;
    const own = sapling.children ? 0 : (sapling.size ?? 0);
    const node: Node = {
      node: index,
      parent,
      level,
      name: sapling.name,
      path: parent?.path ? `${parent.path}/${sapling.name}` : sapling.name,
      sapling,
      children,
      type: sapling.type ?? (sapling.children ? "dir" : "file"),
      change: this.#changeOf(sapling, index),
      mtime: 1_767_225_600_000_000_000n - BigInt(index) * 3_600_000_000_000n,
      get total() {
        return children.reduce((sum, child) => sum + child.total, own);
      },
    };
    this.#nodes.push(node);
    for (const child of sapling.children ?? []) children.push(this.#plant(child, node));
    return node;
  }

  #changeOf({ layer = 0 }: Sapling, index: number): Change {
    const { first } = this.range;
    if (first === 0) return "added";
    if (layer < first) return index % 11 === 0 ? "removed" : "unchanged";
    return index % 3 === 0 ? "modified" : "added";
  }

  /** Notes which paths are shown for their own sake, and which for what lies in them. */
  #select(): void {
    const { pattern, changes = [] } = this.#query;
    const shown: readonly Change[] =
      changes.length > 0 ? changes : ["added", "modified", "unchanged"];
    const matches = pattern ? expression(pattern) : /(?:)/;
    this.#selected = new Set(
      this.#nodes.slice(1).filter(({ path, name, change }) => {
        const subject = pattern?.kind === "glob" && !pattern.pattern.includes("/") ? name : path;
        return shown.includes(change) && matches.test(subject);
      }),
    );
    this.#kept = new Set();
    for (const node of this.#selected) {
      for (let at: Node | undefined = node; at && !this.#kept.has(at); at = at.parent) {
        this.#kept.add(at);
      }
    }
    this.#rows = undefined;
  }

  #childrenOf(node: Node): Node[] {
    const { sort = "name", descending = false } = this.#query;
    const kept = node.children.filter((child) => this.#kept.has(child));
    const sign = descending ? -1 : 1;
    return kept.sort((left, right) => sign * compare(left, right, sort));
  }

  #visible(): Node[] {
    if (this.#rows) return this.#rows;
    const rows: Node[] = [];
    const walk = (node: Node) => {
      for (const child of this.#childrenOf(node)) {
        rows.push(child);
        if (this.#isOpen(child)) walk(child);
      }
    };
    walk(this.#root);
    this.#rows = rows;
    return rows;
  }

  #view(node: Node): RowView {
    const { sapling, type, parent } = node;
    const siblings = this.#childrenOf(parent ?? this.#root);
    const mode = sapling.mode ?? (type === "dir" ? 0o755 : type === "symlink" ? 0o777 : 0o644);
    const matches = this.#matches(node);
    return {
      node: node.node,
      level: node.level,
      position: siblings.indexOf(node) + 1,
      siblings: siblings.length,
      name: node.name,
      path: node.path,
      ...(sapling.pathHex === undefined ? {} : { pathHex: sapling.pathHex }),
      type,
      mode,
      modeText: LETTERS[type] + modeText(mode),
      uid: sapling.uid ?? 0,
      gid: sapling.gid ?? 0,
      size: String(type === "file" ? (sapling.size ?? 0) : 0),
      totalSize: String(node.total),
      change: node.change,
      ...(matches ? { matches } : {}),
      mtimeNs: String(node.mtime),
      ...(sapling.layer === undefined ? {} : { layer: sapling.layer }),
      ...(sapling.linkName === undefined ? {} : { linkName: sapling.linkName }),
      ...(sapling.hardlinkTo === undefined ? {} : { hardlinkTo: sapling.hardlinkTo }),
      ...(sapling.device ? { device: sapling.device } : {}),
      expandable: this.#childrenOf(node).length > 0,
      expanded: this.#isOpen(node),
    };
  }

  #matches({ name }: Node): [number, number][] | undefined {
    const { pattern } = this.#query;
    if (!pattern) return undefined;
    const found = expression(pattern).exec(name);
    return found?.[0] ? [[found.index, found[0].length]] : undefined;
  }

  #size(node: Node, depth: number): SizeView {
    const largest = node.children.toSorted((left, right) => right.total - left.total);
    const listed = depth > 0 ? largest.slice(0, 200) : [];
    const rest = depth > 0 ? largest.slice(200) : [];
    return {
      node: node.node,
      name: node.name,
      path: node.path,
      size: String(node.total),
      expandable: node.children.length > 0,
      ...(node.sapling.layer === undefined ? {} : { layer: node.sapling.layer }),
      change: node.change,
      children: listed.map((child) => this.#size(child, depth - 1)),
      more: rest.length,
      moreSize: String(rest.reduce((sum, { total }) => sum + total, 0)),
    };
  }
}

function compare(left: Node, right: Node, sort: SortKey): number {
  const byName = left.name < right.name ? -1 : 1;
  switch (sort) {
    case "name":
      return Number(right.type === "dir") - Number(left.type === "dir") || byName;
    case "size":
      return left.total - right.total || byName;
    case "modified":
      return Number(left.mtime - right.mtime) || byName;
    case "mode":
      return (left.sapling.mode ?? 0) - (right.sapling.mode ?? 0) || byName;
    case "owner":
      return (left.sapling.uid ?? 0) - (right.sapling.uid ?? 0) || byName;
    case "layer":
      return (left.sapling.layer ?? -1) - (right.sapling.layer ?? -1) || byName;
  }
}

function expression({ kind, pattern, caseSensitive }: PathPattern): RegExp {
  const flags = caseSensitive ? "u" : "iu";
  if (kind === "regex") return new RegExp(pattern, flags);
  const literal = pattern.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  if (kind === "text") return new RegExp(literal, flags);
  const glob = literal.replaceAll("\\*\\*", ".*").replaceAll("\\*", "[^/]*").replaceAll("\\?", ".");
  return new RegExp(`^${glob}$`, flags);
}

function modeText(mode: number): string {
  const bits = "rwxrwxrwx";
  let out = "";
  for (let i = 0; i < 9; i += 1) out += mode & (0o400 >> i) ? (bits[i] ?? "") : "-";
  if (mode & 0o4000) out = `${out.slice(0, 2)}s${out.slice(3)}`;
  if (mode & 0o1000) out = `${out.slice(0, 8)}t`;
  return out;
}

/** A folder as deep and as wide as a system has it, for the size map. */
export function systemTree(): Sapling[] {
  const dir = (name: string, layer: number, children: Sapling[]): Sapling => ({
    name,
    layer,
    children,
  });
  const files = (count: number, layer: number, size: (at: number) => number, end = ".so") =>
    Array.from({ length: count }, (_, at) => ({
      name: `lib${NAMES[at % NAMES.length] ?? ""}${at >= NAMES.length ? at : ""}${end}`,
      size: Math.round(size(at)),
      layer: (layer + (at % 5 === 0 ? 1 : 0)) % 8,
    }));
  return [
    dir(
      "bin",
      0,
      files(40, 0, (at) => 900_000 / (at + 1), ""),
    ),
    dir(
      "etc",
      3,
      files(90, 3, (at) => 8_000 / (at + 1), ".conf"),
    ),
    dir("opt", 5, [
      dir("app", 5, [
        { name: "server", size: 48_300_112, mode: 0o755, layer: 6 },
        dir(
          "node_modules",
          5,
          files(300, 5, (at) => 2_400_000 / (at + 2), ".js"),
        ),
        { name: "model.bin", size: 21_000_000, layer: 7 },
      ]),
    ]),
    dir("usr", 0, [
      dir(
        "bin",
        0,
        files(120, 1, (at) => 7_000_000 / (at + 1), ""),
      ),
      dir("lib", 0, [
        dir(
          "x86_64-linux-gnu",
          0,
          files(200, 0, (at) => 9_500_000 / (at + 1)),
        ),
        dir(
          "python3",
          2,
          files(160, 2, (at) => 3_300_000 / (at + 3), ".py"),
        ),
      ]),
      dir("share", 1, [
        dir(
          "doc",
          1,
          files(80, 1, () => 21_000, ".txt"),
        ),
        dir(
          "locale",
          1,
          files(60, 1, () => 90_000, ".mo"),
        ),
      ]),
    ]),
    dir("var", 4, [
      dir(
        "cache",
        4,
        files(12, 4, (at) => 5_000_000 / (at + 1), ".deb"),
      ),
    ]),
    { name: "tmp", type: "dir", mode: 0o1777, layer: 0 },
  ];
}

const NAMES = [
  "c",
  "crypto",
  "ssl",
  "stdc++",
  "icudata",
  "python",
  "m",
  "z",
  "pthread",
  "xml",
  "git",
];
