import { tarHeader, tarMember, writeLayout } from "./archive.js";

/** A row of the opened tree, as it has to be shown. */
export interface ExpectedRow {
  path: string;
  type: "dir" | "file";
  level: number;
  position: number;
  siblings: number;
  size: number;
}

interface Folder {
  path: string;
  folders: Folder[];
  /** Names and sizes, in the order of the tar. */
  files: [name: string, size: number][];
}

const TOP_FOLDERS = 20;
const FOLDERS_EACH = 19;
const FILES_EACH = 499;

/** Names whose order as numbers, as letters of any case and by bytes is not the same. */
const FORMS = [
  (number: number) => `entry-${number}.txt`,
  (number: number) => `Upper-${number}`,
  (number: number) => `.hidden-${number}`,
  (number: number) => `ä-${number}.so.1.2.3`,
  (number: number) => `a-rather-long-name-as-packages-of-some-languages-have-them-${number}.js`,
];

/** Writes an archive of one gzip layer with 200,000 paths, and says what the opened tree looks like. */
export async function writeManyRows(archive: string): Promise<ExpectedRow[]> {
  const top = folder("", TOP_FOLDERS);
  top.files = [];
  for (const each of top.folders) each.folders = folder(each.path, FOLDERS_EACH).folders;
  await writeLayout(archive, [{ tar: () => tarOf(top), compression: "gzip" }]);
  return expectedRows(top, 1);
}

function folder(path: string, folders: number): Folder {
  return {
    path,
    folders: Array.from({ length: folders }, (_, at) => folder(`${path}folder-${at}/`, 0)),
    files: Array.from({ length: FILES_EACH }, (_, at) => [nameOf(at), at % 10 === 0 ? at : 0]),
  };
}

function nameOf(number: number): string {
  return FORMS[number % FORMS.length]?.(number) ?? "";
}

function* tarOf({ path, folders, files }: Folder, depth = 0): Generator<Buffer> {
  if (path !== "") yield tarHeader(path, "5", 0);
  for (const [name, size] of files) yield* tarMember(path + name, size, [Buffer.alloc(size)]);
  for (const each of folders) yield* tarOf(each, depth + 1);
  if (depth === 0) yield Buffer.alloc(1024);
}

/** Folders first, then files, each by the bytes of their names. */
function expectedRows({ path, folders, files }: Folder, level: number): ExpectedRow[] {
  const siblings = folders.length + files.length;
  const byBytes = <T>(name: (each: T) => string) => {
    return (a: T, b: T): number => Buffer.compare(Buffer.from(name(a)), Buffer.from(name(b)));
  };
  return [
    ...[...folders]
      .sort(byBytes(({ path }) => path.slice(0, -1)))
      .flatMap((each, at): ExpectedRow[] => [
        {
          path: each.path.slice(0, -1),
          type: "dir",
          level,
          position: at + 1,
          siblings,
          size: 0,
        },
        ...expectedRows(each, level + 1),
      ]),
    ...[...files].sort(byBytes(([name]) => name)).map(([name, size], at): ExpectedRow => ({
      path: path + name,
      type: "file",
      level,
      position: folders.length + at + 1,
      siblings,
      size,
    })),
  ];
}
