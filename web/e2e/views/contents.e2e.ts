import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Locator } from "playwright-core";
import { expect, test } from "vitest";

import type { ExportView } from "../../generated/simd/engine.js";
import { tarMember, writeLayout } from "../support/archive.js";
import { command, fixture, fixtures, url } from "../support/environment.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import { truthTree } from "../support/truth.js";
import type { Viewer } from "../support/viewer.js";

interface Sample {
  name: string;
  base64: string;
  expected: { description: string };
}

// What reference tools made and say of it.
const SAMPLES = JSON.parse(
  readFileSync(join(fixtures, "..", "vectors", "describe.json"), "utf8"),
) as Sample[];

const NAMED = ["elf-pie", "elf-mips", "zip", "gzip", "zstd", "deb"];

const LINES = 300_000;
const line = (n: number): string => `this is line ${String(n).padStart(8, "0")}\n`;

function sample(name: string): Sample {
  const found = SAMPLES.find((sample) => sample.name === name);
  if (!found) throw new Error(`there is no sample ${name}`);
  return found;
}

function* layer(): Generator<Buffer> {
  const file = (name: string, bytes: Buffer) => tarMember(name, bytes.length, [bytes]);
  yield* file("utf16", Buffer.from("\ufeffTēja für zwei\n", "utf16le"));
  yield* file("latin1", Buffer.from("Tee f\u00fcr zwei\n", "latin1"));
  yield* file("utf8", Buffer.from("Tee für 二\n", "utf8"));
  for (const name of NAMED) yield* file(name, Buffer.from(sample(name).base64, "base64"));
  const lines = Array.from({ length: LINES }, (_, n) => line(n));
  yield* file("large.txt", Buffer.from(lines.join(""), "latin1"));
  yield Buffer.alloc(1024);
}

/** Shows a path; its inspector. */
async function show(viewer: Viewer, path: string): Promise<Locator> {
  await viewer.page.evaluate((path) => {
    location.hash = `view=files&image=0&path=${path}`;
  }, path);
  const inspector = viewer.element.locator("oci-lens-path");
  await inspector.locator("h2 bdi", { hasText: new RegExp(`^${path}$`) }).waitFor();
  await inspector.locator(".inspector[aria-busy=false]").waitFor();
  return inspector;
}

/** Files are downloaded: a picker of the system cannot be pressed from here. */
async function withoutPicker(viewer: Viewer): Promise<void> {
  await viewer.page.evaluate(() => {
    Reflect.deleteProperty(globalThis, "showSaveFilePicker");
  });
}

/** What a press of a button downloads. */
async function kept(viewer: Viewer, button: Locator): Promise<Buffer> {
  const download = viewer.page.waitForEvent("download");
  await button.click();
  return readFileSync(await (await download).path());
}

/** What the native command writes. */
function native(...words: string[]): Buffer {
  const { stdout, status, stderr } = spawnSync(command(), words, { maxBuffer: 1 << 28 });
  // 1: something about the archive is not as it should be.
  if (status === null || status > 1) throw new Error(`${words.join(" ")}: ${String(stderr)}`);
  return stdout;
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

test("text is shown in its encoding, large text by pages, bytes in hex, programs are named", async () => {
  await inBrowser(async ({ viewer }) => {
    await inFolder(async (folder) => {
      const archive = join(folder, "contents.tar");
      await writeLayout(archive, [{ tar: layer, compression: "gzip" }]);
      await viewer.pick(archive);
      await viewer.scanned();
      for (const [path, encoding, text] of [
        ["/utf16", "UTF-16 LE", "Tēja für zwei"],
        ["/latin1", "Latin-1", "Tee für zwei"],
        ["/utf8", "UTF-8", "Tee für 二"],
      ] as const) {
        const inspector = await show(viewer, path);
        const shown = inspector.locator("oci-lens-file-text");
        await shown.locator("[data-line]", { hasText: text }).waitFor();
        await shown.getByText(encoding).waitFor();
      }
      for (const name of NAMED) {
        const inspector = await show(viewer, `/${name}`);
        const { description } = sample(name).expected;
        await inspector.locator(".what", { hasText: description }).waitFor();
      }

      const inspector = await show(viewer, "/large.txt");
      await inspector.locator("[data-action=load]").click();
      const text = inspector.locator("oci-lens-file-text");
      await text.locator("[data-line]", { hasText: line(0).trim() }).waitFor();
      const size = LINES * line(0).length;
      const page = 256 * 1024;
      await text.locator("#page").fill(String(Math.ceil(size / page)));
      await text.locator("#page").press("Enter");
      const first = Math.ceil((Math.ceil(size / page) - 1) * (page / line(0).length));
      await text.locator("[data-line]", { hasText: line(first).trim() }).waitFor();

      await inspector.locator("[data-way=hex]").click();
      const hex = inspector.locator("oci-lens-hex");
      const row = hex.locator('.row[data-offset="0"] .ascii');
      await row.waitFor();
      const ascii = (await row.textContent()) ?? "";
      expect(ascii.length).toBeGreaterThan(0);
      expect(ascii).toBe(line(0).slice(0, ascii.length));
      const whole = Array.from({ length: LINES }, (_, n) => line(n)).join("");
      for (const offset of [1_000_000, whole.length - 1, 0x1000, 0, 3_333_333]) {
        await hex.locator("input[name=offset]").fill(String(offset));
        await hex.locator("form button[type=submit]").click();
        const first = offset - (offset % ascii.length);
        const sought = hex.locator(`.row.sought[data-offset="${first}"] .ascii`);
        await sought.waitFor();
        const shown = whole.slice(first, first + ascii.length).replaceAll("\n", ".");
        expect(((await sought.textContent()) ?? "").trimEnd()).toBe(shown.trimEnd());
      }
    });
  });
});

test("a picture is drawn as large as it is", async () => {
  await inBrowser(async ({ viewer, profile }) => {
    await viewer.sample();
    await viewer.scanned();
    const inspector = await show(viewer, "/usr/share/menu/cup.png");
    const picture = inspector.locator("oci-lens-picture img");
    await picture.waitFor();
    const drawn = await picture.evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    const png = native("cat", await sampleFile(profile), "--image", "0", "usr/share/menu/cup.png");
    expect(drawn).toEqual([png.readUInt32BE(16), png.readUInt32BE(20)]);
  });
});

test("paths and digests are copied", async () => {
  await inBrowser(async ({ viewer, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await viewer.pick(fixture("weird"));
    await viewer.scanned();
    const inspector = await show(viewer, "/links/hb1");
    const copied = () => viewer.page.evaluate(() => navigator.clipboard.readText());
    await inspector.locator("h2 button").click();
    await expect.poll(copied).toBe("/links/hb1");
    await inspector.locator("[data-action=digest]").first().click();
    await expect.poll(copied).toMatch(/^sha256:/);
    const bytes = native("cat", fixture("weird"), "links/hb1");
    expect(await copied()).toBe(`sha256:${sha256(bytes)}`);
  });
});

test("a file, a folder and the merged root are downloaded, byte for byte", async () => {
  await inBrowser(async ({ viewer }) => {
    await withoutPicker(viewer);
    const archive = fixture("weird");
    await viewer.pick(archive);
    await viewer.scanned();
    const file = await show(viewer, "/links/hb1");
    const bytes = await kept(viewer, file.locator("[data-action=download]").first());
    expect([bytes.length, sha256(bytes)]).toEqual([
      // As the fixture's truth has it.
      100_000,
      "600b2174b01766c5b88658760fb581f0c05e149623dc07ce6194b9dc631dc7cb",
    ]);

    const folder = await show(viewer, "/links");
    const tar = await kept(viewer, folder.locator("[data-action=tar]"));
    expect(sha256(tar)).toBe(sha256(native("export", archive, "links")));

    await viewer.element.locator("[data-action=root]").click();
    const root = viewer.element.locator("oci-lens-path");
    await root.locator("h2 bdi", { hasText: /^\/$/ }).waitFor();
    const all = await kept(viewer, root.locator("[data-action=tar]"));
    expect(sha256(all)).toBe(sha256(native("export", archive)));
    expect(await root.locator("[data-left-out]").count()).toBe(0);
    // An independent reader finds as many paths in it as the truth has, but for what a storage driver
    // left behind: those are reported, and no files of the image.
    const leftover = Buffer.from(".wh..wh.").toString("hex");
    const truth = truthTree(join(fixtures, "weird"), 0) ?? [];
    const files = truth.filter(({ path }) => !path.startsWith(leftover));
    const listed = spawnSync("tar", ["-tf", "-", "--quoting-style=escape"], {
      input: all,
      maxBuffer: 1 << 26,
      encoding: "latin1",
    });
    const names = listed.stdout.split("\n").filter((name) => name !== "" && name !== "./");
    expect(names.length).toBe(files.length);
  });
});

test("a layer's tar and a hidden file's content are downloaded", async () => {
  await inBrowser(async ({ viewer }) => {
    await withoutPicker(viewer);
    await viewer.sample();
    await viewer.scanned();
    const report = await viewer.report();
    await viewer.element.locator('.layer[data-layer="1"] .twisty').click();
    const button = viewer.element.getByRole("button", { name: "Download tar" });
    const tar = await kept(viewer, button);
    expect(`sha256:${sha256(tar)}`).toBe(report.images[0]?.layers[1]?.diffId.expected);

    const hidden = await show(viewer, "/tmp/build.log");
    await hidden.locator("[data-hidden]").waitFor();
    await hidden.getByText("chmod: done").first().waitFor();
    const bytes = await kept(viewer, hidden.locator("[data-action=download]").first());
    expect(bytes.toString()).toBe("chmod: done\n");
  });
});

test("what a tar lacks is told", async () => {
  await inBrowser(async ({ viewer }) => {
    await withoutPicker(viewer);
    const archive = fixture("broken-layer-truncated");
    await viewer.pick(archive);
    await viewer.scanned();
    await viewer.element.locator("[data-action=root]").click();
    const inspector = viewer.element.locator("oci-lens-path");
    const tar = await kept(viewer, inspector.locator("[data-action=tar]"));
    expect(sha256(tar)).toBe(sha256(native("export", archive)));
    await inFolder(async (folder) => {
      const output = join(folder, "out.tar");
      const view = JSON.parse(
        native("export", archive, "--json", "-o", output).toString(),
      ) as ExportView;
      const notice = inspector.locator("[data-left-out]");
      await notice.waitFor();
      expect(view.leftOutCount + (view.unread ?? []).length).toBeGreaterThan(0);
      expect(await notice.getAttribute("data-left-out")).toBe(String(view.leftOutCount));
      for (const { path, code } of view.leftOut ?? []) {
        const item = notice.locator("li", { hasText: path.path });
        expect(await item.textContent()).toContain(code);
      }
      await notice.locator("[data-action=close]").click();
      await notice.waitFor({ state: "detached" });
    });
  });
});

/** The page's sample, as a file for the native command. */
async function sampleFile(folder: string): Promise<string> {
  const answer = await fetch(new URL("sample.oci.tar", url()));
  const file = join(folder, "sample.oci.tar");
  await writeFile(file, Buffer.from(await answer.arrayBuffer()));
  return file;
}
