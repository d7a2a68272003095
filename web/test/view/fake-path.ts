import { EngineError } from "../../src/errors.js";
import type { OpenedArchive } from "../../src/view/api.js";
import { lossy } from "../../src/view/place.js";
import type {
  ContentView,
  EntryPlace,
  EntryView,
  Language,
  NodeType,
  PathView,
  StoryStep,
  StoryView,
} from "../../src/view/types.js";

const encoder = new TextEncoder();

interface FakeFile {
  size: number;
  view: ContentView;
  read: (offset: number, length: number) => Uint8Array<ArrayBuffer>;
}

const path = (text: string): PathView => ({ path: text });

let entries = 0;
const files = new Map<number, FakeFile>();

function entry(layer: number, type: NodeType, more: Partial<EntryView> = {}): EntryView {
  entries += 1;
  const letter = { file: "-", dir: "d", symlink: "l", char: "c", block: "b", fifo: "p" }[type];
  const mode = more.mode ?? (type === "dir" ? 0o755 : type === "symlink" ? 0o777 : 0o644);
  const bits = "rwxrwxrwx".replaceAll(/./g, (bit, at: number) =>
    mode & (0o400 >> at) ? bit : "-",
  );
  return {
    place: { layer, entry: entries },
    type,
    mode,
    modeText: letter + bits,
    uid: 0,
    gid: 0,
    size: "0",
    mtimeNs: "1767225600123456789",
    moreXattrs: 0,
    ...more,
  };
}

function file(layer: number, content: FakeFile, more: Partial<EntryView> = {}): EntryView {
  const made = entry(layer, "file", { size: String(content.size), ...more });
  files.set(made.place.entry, content);
  return { ...made, content: made.place };
}

function text(content: string, language: Language, description: string): FakeFile {
  const bytes = encoder.encode(content);
  return {
    size: bytes.length,
    view: { kind: "text", description, encoding: "utf8", language },
    read: (offset, length) => bytes.slice(offset, offset + length),
  };
}

/** A text of any size, made where it is read. */
function log(size: number): FakeFile {
  const line = (n: number) =>
    `2026-01-01T00:${String(n % 60).padStart(2, "0")}:00Z menu[${n % 977}]: poured cup ${n}`.padEnd(
      79,
      ".",
    ) + "\n";
  return {
    size,
    view: { kind: "text", description: "ASCII text", encoding: "ascii", language: "plain" },
    read: (offset, length) => {
      const first = Math.floor(offset / 80);
      let made = "";
      for (let n = first; made.length < length + 80; n += 1) made += line(n);
      return encoder.encode(made).slice(offset - first * 80, offset - first * 80 + length);
    },
  };
}

function binary(size: number): FakeFile {
  const head = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0];
  return {
    size,
    view: {
      kind: "executable",
      description: "ELF 64-bit little-endian executable, x86-64, dynamically linked",
    },
    read: (offset, length) =>
      Uint8Array.from(
        { length },
        (_, at) => head[offset + at] ?? (Math.imul(offset + at, 2_654_435_761) >>> 13) & 0xff,
      ),
  };
}

const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAYAAACqaXHeAAABDElEQVR42u3bMRLDIAxEUdW5NEUukptuKk+KEBMPGC" +
  "32L1QyY70Cy7COx+sZu1Uatfj6AAAAAAAAAIA7A1y8wdZ6ACY/gL6qVOtSANqt0qiFAbYGegG2WgbgVwO9AHUIMwBN" +
  "AJAjwNEGegE+EN0A+Ztc6ibZCyADAAGQBCAjAM0GkCGAAJgEIGMAAXDyeYBDg0O/JgEA4H8ALQQgAAAAAIDR5wFuDb" +
  "bWD58EAQAAgHsDxEIAAQAA5+UD3Aeh02+Gbg8QxgABwMTLUTeAlNthF4AAIDEfkA2Qng+IxEHILilqd+ydEZW1GnQy" +
  "s8IWrzmHsHTqJueWFp8egyMuDwD/C/C/AAAAAAAAAADU6w2Vp7tiUDhd4wAAAABJRU5ErkJggg==";

function png(): FakeFile {
  const bytes = Uint8Array.from(atob(PNG), (character) => character.charCodeAt(0));
  return {
    size: bytes.length,
    view: { kind: "image", description: "PNG picture", mediaType: "image/png", pixels: [64, 64] },
    read: (offset, length) => bytes.slice(offset, offset + length),
  };
}

const YAML = `# What the teahouse serves
menu: &menu
  - name: Sencha   # green
    grams: 4.5
    water: "70 °C"
    tags: [green, japan, "first flush"]
  - name: 'Lapsang Souchong'
    grams: 5
    notes: |
      Smoked over pine.
      # not a comment
    iced: false
winter:
  <<: *menu
  closed: ~
`;

const JSON_TEXT = `{
  "schemaVersion": 2,
  "config": {
    "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 2345
  },
  "annotations": { "cups": [1, 2.5e3, -7, null, true] }
}
`;

const SHELL = `#!/bin/sh
# Brews what is asked for.
set -eu
CUPS=\${1:-2}
for tea in sencha "lapsang \${CUPS}"; do
  if [ -f "/etc/menu/$tea.conf" ]; then
    cat <<EOF > /tmp/order
one $tea for $(whoami)
EOF
  fi
done | sort -u
`;

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<!-- The menu as a feed -->
<feed xmlns="http://www.w3.org/2005/Atom" cups='2'>
  <title>Tea &amp; biscuits</title>
  <![CDATA[ <not a="tag"> ]]>
  <entry id="sencha"/>
</feed>
`;

const INI = `; served from 9 to 6
[server]
listen = 0.0.0.0:8080
workers = 4
secure = yes

[menu]
title = "Teahouse"   # quoted
seasons = ["spring", "autumn"]
`;

const ODD = `plain line
escape \u001b[31mred\u001b[0m and a null \u0000 byte
access = "user\u202e \u2066// only admins\u2069 \u2066"
zero\u200bwidth, \u00adsoft, عربى then 日本語 🍵
tab\there\tand\tthere
${"long ".repeat(400)}end
`;

const step = (
  layer: number,
  event: StoryStep["event"],
  made?: EntryView,
  more: Partial<StoryStep> = {},
): StoryStep => ({ layer, event, changes: [], ...(made ? { entry: made } : {}), ...more });

function story(
  at: string | PathView,
  steps: StoryStep[],
  more: Partial<StoryView> = {},
): StoryView {
  const last = steps.at(-1);
  const present = more.present ?? last?.event !== "hidden";
  const now = present ? last?.entry : undefined;
  return {
    path: typeof at === "string" ? path(at) : at,
    steps,
    moreSteps: 0,
    present,
    ...(now ? { now } : {}),
    more: 0,
    unfollowed: 0,
    ...more,
  };
}

function stories(): StoryView[] {
  const first = file(0, text(INI, "ini", "ASCII text"), { mtimeNs: "1735689600000000000" });
  const second = { ...first, place: { layer: 1, entry: 901 }, mode: 0o640, uid: 1000, gid: 1000 };
  const third = file(4, text(`${INI}debug = true\n`, "ini", "ASCII text"), {
    mode: 0o640,
    uid: 1000,
    gid: 1000,
    sha256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
  });
  const secret = file(1, text("token = 5f4dcc3b5aa765d61d8327deb882cf99\n", "ini", "ASCII text"), {
    mode: 0o600,
  });
  const menu = file(2, binary(12_345_678), {
    mode: 0o4755,
    modeText: "-rwsr-xr-x",
    xattrs: [
      {
        name: "security.capability",
        value: "\\u{1}\\u{0}\\u{0}\\u{2}\\u{0} \\u{0}\\u{0}\\u{0}\\u{0}…",
        base64: "AQAAAgAgAAAAAAAAAAAAAAAAAAA=",
      },
      { name: "user.maker", value: "teahouse\nkitchen", base64: "dGVhaG91c2UKa2l0Y2hlbg==" },
      { name: "user.empty", value: "", base64: "" },
    ],
  });
  const long = `${"a-very-long-folder-name/".repeat(9)}and-a-file-at-its-end.yaml`;
  const link = entry(0, "symlink", { linkName: "../usr/bin/busybox" });
  return [
    story("etc/menu.conf", [
      step(0, "made", first),
      step(1, "attributes", second, {
        changes: [
          { field: "mode", before: "0644", after: "0640" },
          { field: "uid", before: "0", after: "1000" },
          { field: "gid", before: "0", after: "1000" },
        ],
      }),
      step(3, "hidden", undefined, {
        hiddenBy: "opaque-whiteout",
        by: path("etc/.wh..wh..opq"),
      }),
      step(4, "restored", third, {
        changes: [
          { field: "size", before: "136", after: "149" },
          { field: "mtime", before: "1735689600000000000", after: "1767225600123456789" },
          {
            field: "content",
            before: "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
            after: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
          },
        ],
      }),
    ]),
    story("root/.token", [
      step(1, "made", secret),
      step(5, "hidden", undefined, { hiddenBy: "whiteout", by: path("root/.wh..token") }),
    ]),
    story("usr/bin/menu", [step(2, "made", menu)], {
      hardlinks: Array.from({ length: 12 }, (_, n) => path(`usr/bin/menu-${n}`)),
      pointedAtBy: [path("bin/menu"), path("usr/local/bin/menu")],
      more: 31,
    }),
    story("bin/sh", [step(0, "made", link)], {
      follows: [path("usr/bin/busybox"), path("usr/bin/busybox-1.36")],
      resolves: true,
    }),
    story("bin/gone", [step(0, "made", { ...link, linkName: "/nowhere" })], {
      follows: [path("nowhere")],
      resolves: false,
    }),
    story("usr/share", [step(0, "made", entry(0, "dir")), step(3, "rewritten", entry(3, "dir"))], {
      below: { paths: 1204, size: "48210334" },
    }),
    story("implied", [step(2, "implied")], { below: { paths: 1, size: "12" } }),
    story("dev/null", [step(0, "made", entry(0, "char", { mode: 0o666, device: [1, 3] }))]),
    story("usr/share/icon.png", [step(3, "made", file(3, png()))]),
    story("etc/menu.yaml", [step(3, "made", file(3, text(YAML, "yaml", "UTF-8 text")))]),
    story("etc/menu.json", [step(3, "made", file(3, text(JSON_TEXT, "json", "ASCII text")))]),
    story("usr/bin/brew.sh", [
      step(3, "made", file(3, text(SHELL, "shell", "ASCII text"), { mode: 0o755 })),
    ]),
    story("usr/share/menu.xml", [step(3, "made", file(3, text(XML, "xml", "ASCII text")))]),
    story("var/log/menu.log", [step(5, "made", file(5, log(52_428_800)))]),
    story("etc/odd.txt", [step(5, "made", file(5, text(ODD, "ini", "UTF-8 text")))]),
    story("etc/empty", [step(5, "made", file(5, text("", "plain", "empty")))]),
    story(long, [step(5, "made", file(5, text(YAML, "yaml", "UTF-8 text")))]),
    story(
      {
        path: "odd/right\\u{202e}txt.exe\\xff",
        pathHex: "6f64642f7269676874e280ae7478742e657865ff",
      },
      [step(5, "made", file(5, text("MZ\n", "plain", "ASCII text")))],
    ),
  ];
}

export interface FakePathOptions {
  /** The story is never told. */
  stuck?: boolean;
  /** Contents are read in many small steps. */
  slow?: boolean;
  /** What is asked for fails. */
  failing?: "story" | "content";
}

const failure = () =>
  new EngineError({
    code: "read-failed",
    message: "the layer could not be read: expected 512 bytes, but found 17",
  });

/** Stands in for an archive with the paths above. */
export function fakePathArchive({ stuck, slow, failing }: FakePathOptions = {}): OpenedArchive {
  const all = stories();
  const fileAt = ({ entry: number }: EntryPlace) => {
    const found = files.get(number);
    if (!found) throw new Error(`no content at ${number}`);
    return found;
  };
  const archive: Partial<OpenedArchive> = {
    story: (_image, wanted) => {
      if (stuck === true) return new Promise(() => undefined);
      if (failing === "story") return Promise.reject(failure());
      const name = lossy(wanted);
      const found = all.find(({ path: { path: shown, pathHex } }) =>
        pathHex === undefined ? shown === name : hex(wanted) === pathHex,
      );
      return Promise.resolve(found ?? story(name, [], { present: false }));
    },
    content: async (_image, place, { offset = 0, length, signal, onProgress } = {}) => {
      if (failing === "content") throw failure();
      const found = fileAt(place);
      for (let at = 0; slow === true && at < 1000; at += 1) {
        signal?.throwIfAborted();
        onProgress?.({ done: found.size * (at / 1000), total: found.size });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return { bytes: found.read(offset, length ?? found.size), size: found.size };
    },
    describe: (bytes) => {
      const found = [...files.values()].find((candidate) =>
        candidate.read(0, bytes.length).every((byte, at) => byte === bytes[at]),
      );
      return Promise.resolve(found?.view ?? { kind: "binary", description: "data" });
    },
    contentDigest: async (_image, _place, { onProgress } = {}) => {
      for (let at = 0; at < 20; at += 1) {
        onProgress?.({ done: at, total: 20 });
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    },
    exportTar: () =>
      Promise.resolve({
        view: { paths: 1, files: 1, bytes: 3, layers: [0], leftOutCount: 0 },
        stream: new Blob(["tar"]).stream(),
      }),
  };
  // The inspector asks for nothing else.
  return archive as OpenedArchive;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
