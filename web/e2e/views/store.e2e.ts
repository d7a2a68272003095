import { createHash } from "node:crypto";
import { open, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { expect, test } from "vitest";

import { look, LOOKS, serious } from "../support/axe.js";
import { fixture, served, url } from "../support/environment.js";
import { inBrowser, Session } from "../support/session.js";
import { inFolder } from "../support/temporary.js";
import { Viewer } from "../support/viewer.js";

const MIB = 1 << 20;
const WAIT = { timeout: 10_000 };
// Enough that a page can be closed on the way.
const PIECES = 384;

/** A file of which no two pieces are the same, and its digest. */
async function large(folder: string): Promise<{ path: string; digest: string; size: number }> {
  const path = join(folder, "large.bin");
  const hash = createHash("sha256");
  const file = await open(path, "w");
  for (let number = 0; number < PIECES; number += 1) {
    const piece = Buffer.alloc(MIB, `piece ${number} `);
    hash.update(piece);
    await file.write(piece);
  }
  await file.close();
  return { path, digest: `sha256:${hash.digest("hex")}`, size: PIECES * MIB };
}

const sha256 = (bytes: string | Buffer): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

async function show(viewer: Viewer, part: string): Promise<void> {
  await viewer.pick(fixture("hello-oci-archive"));
  await viewer.scanned();
  await viewer.view("store");
  await go(viewer, part);
}

/** In the view, whatever else is there on the page. */
const find = ({ element }: Viewer, selector: string) =>
  element.locator("oci-lens-store").locator(selector);

async function go(viewer: Viewer, part: string): Promise<void> {
  await find(viewer, `[data-part=${part}]`).click();
}

/** Chooses a file by one of the buttons. */
async function give(viewer: Viewer, action: string, path: string): Promise<void> {
  const chooser = viewer.page.waitForEvent("filechooser");
  await find(viewer, `[data-action=${action}]`).click();
  await (await chooser).setFiles(path);
}

async function fill(viewer: Viewer, values: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    await find(viewer, `[name=${name}]`).fill(value);
  }
}

const ingest = (viewer: Viewer, ref: string, state: string) =>
  viewer.element.locator(`[data-ref="${ref}"][data-state=${state}]`);

async function outcome(viewer: Viewer): Promise<string> {
  const line = viewer.element.locator("[data-outcome]");
  await line.waitFor({ timeout: 60_000 });
  return (await line.textContent()) ?? "";
}

/** Waits until something of it is there, and says how much. */
async function begun(viewer: Viewer, ref: string, state: string): Promise<number> {
  const line = ingest(viewer, ref, state);
  for (;;) {
    await line.waitFor({ timeout: 60_000 });
    const offset = Number(await line.getAttribute("data-offset"));
    if (offset > 0) return offset;
    await viewer.page.waitForTimeout(5);
  }
}

/** Digests of what is stored. */
async function stored(viewer: Viewer): Promise<string[]> {
  await go(viewer, "blobs");
  const marks = await viewer.marks("Blobs");
  return marks.filter((mark) => mark.endsWith(" stored")).map((mark) => mark.split(" ")[0] ?? "");
}

async function secondTab({ context }: Session): Promise<Viewer> {
  const page = await context.newPage();
  await page.goto(url());
  return new Viewer(page);
}

/** Names of all files that the page has. */
function filesOfStore({ page }: Viewer): Promise<string[]> {
  return page.evaluate(async () => {
    const names: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle): Promise<void> => {
      for await (const entry of folder.values()) {
        if (entry.kind === "directory") await walk(entry);
        else names.push(entry.name);
      }
    };
    await walk(await navigator.storage.getDirectory());
    return names;
  });
}

test("an ingest that a closed page left goes on and is committed", async () => {
  await inFolder(async (folder) => {
    const { path, digest, size } = await large(folder);
    await inBrowser(async ({ viewer }) => {
      await show(viewer, "ingests");
      await fill(viewer, { ref: "layer", expected: digest });
      await give(viewer, "ingest-file", path);
      await begun(viewer, "layer", "running");
      await viewer.page.reload();

      await show(viewer, "ingests");
      const left = await begun(viewer, "layer", "left");
      expect(left).toBeLessThan(size);

      // Another file is not taken for its rest.
      const other = join(folder, "other.bin");
      await writeFile(other, Buffer.alloc(size, "other "));
      await give(viewer, "resume", other);
      await viewer.element.getByText("does not begin with the bytes").waitFor({ timeout: 60_000 });

      // Stopped on the way, then gone on with.
      await give(viewer, "resume", path);
      await ingest(viewer, "layer", "running").waitFor();
      await find(viewer, "[data-action=stop]").click();
      await ingest(viewer, "layer", "left").waitFor();
      await give(viewer, "resume", path);
      expect(await outcome(viewer)).toBe(`Stored: ${digest}`);
      await ingest(viewer, "layer", "left").waitFor({ state: "detached" });
      await expect.poll(() => stored(viewer), WAIT).toEqual([digest]);

      await viewer.page.reload();
      await show(viewer, "blobs");
      await expect.poll(() => stored(viewer), WAIT).toEqual([digest]);
    });
  });
});

test("a wrong expected digest is refused and leaves nothing", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "hello");
    await writeFile(path, "hello");
    await inBrowser(async ({ viewer }) => {
      await show(viewer, "ingests");
      const wrong = sha256("other");
      await fill(viewer, { ref: "hello", expected: wrong });
      await give(viewer, "ingest-file", path);
      const alert = viewer.element.locator("oci-lens-store-ingests [role=alert]");
      await alert.waitFor();
      expect(await alert.textContent()).toBe(
        `expected ${wrong}, but found ${sha256("hello")}. Nothing of it was kept.`,
      );
      expect(await viewer.element.locator("[data-ref]").count()).toBe(0);
      await fill(viewer, { expected: "garbage" });
      await give(viewer, "ingest-file", path);
      await viewer.element.getByText("expected a digest of the form").waitFor();
      await expect.poll(() => stored(viewer), WAIT).toEqual([]);
      // Of the files of the store nothing is left, either.
      expect(await filesOfStore(viewer)).toEqual([]);
    });
  });
});

test("a blob is fetched from an address of the page's own host", async () => {
  await inBrowser(async ({ viewer }) => {
    const alert = viewer.element.locator("oci-lens-store-ingests [role=alert]");
    await show(viewer, "ingests");
    const fetched = sha256(await readFile(join(served, "icon.svg")));
    const wrong = sha256("other");
    await fill(viewer, { url: "icon.svg", expected: wrong });
    await find(viewer, "[data-action=ingest-url]").click();
    await alert.getByText("Nothing of it was kept").waitFor();
    expect(await alert.textContent()).toContain(`expected ${wrong}, but found ${fetched}`);
    expect(await filesOfStore(viewer)).toEqual([]);

    await fill(viewer, { url: new URL("icon.svg", url()).href, expected: fetched });
    await find(viewer, "[data-action=ingest-url]").click();
    expect(await outcome(viewer)).toBe(`Stored: ${fetched}`);
    expect(await alert.count()).toBe(0);
    await expect.poll(() => stored(viewer), WAIT).toEqual([fetched]);

    await go(viewer, "ingests");
    await fill(viewer, { url: "https://" });
    await find(viewer, "[data-action=ingest-url]").click();
    await alert.getByText("This is no address that can be loaded.").waitFor();
    expect(await viewer.element.locator("[data-ref]").count()).toBe(0);
    await expect.poll(() => stored(viewer), WAIT).toEqual([fetched]);
  });
});

test("an address of another host is refused before anything is asked of it", async () => {
  // It would answer anyone: only the page's own policy keeps it from being asked.
  const asked: string[] = [];
  const other = createServer(({ url: path = "" }, response) => {
    asked.push(path);
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.end("hello");
  });
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  const { port } = other.address() as AddressInfo;
  const session = await Session.start();
  try {
    const { viewer } = session;
    await show(viewer, "ingests");
    const address = `http://127.0.0.1:${port}/hello`;
    await fill(viewer, { url: address, expected: sha256("hello") });
    await find(viewer, "[data-action=ingest-url]").click();
    const alert = viewer.element.locator("oci-lens-store-ingests [role=alert]");
    await alert.waitFor();
    expect(await alert.textContent()).toBe(
      "The address cannot be loaded: the page, or the other host, does not allow it.",
    );
    expect(await viewer.element.locator("[data-ref]").count()).toBe(0);
    await expect.poll(() => stored(viewer), WAIT).toEqual([]);
    expect(await filesOfStore(viewer)).toEqual([]);
    expect(asked).toEqual([]);
    session.checkRequests();
    // The refusal is all that the browser has to complain of.
    const complaints = await session.complaints();
    expect(complaints).toContain(`violation event: connect-src ${address}`);
    expect(complaints.filter((text) => !/connect-src|Fetch API cannot load/.test(text))).toEqual(
      [],
    );
  } finally {
    await session.stop();
    other.close();
  }
});

test("a blob whose labels cannot be read hides no other, and can be deleted", async () => {
  await inFolder(async (folder) => {
    for (const name of ["hello", "other"]) await writeFile(join(folder, name), name);
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await show(viewer, "ingests");
      const [damaged, whole] = [sha256("hello"), sha256("other")];
      for (const name of ["hello", "other"]) {
        await fill(viewer, { ref: name });
        await give(viewer, "ingest-file", join(folder, name));
        await element.getByText(`Stored: ${sha256(name)}`).waitFor();
      }
      await page.evaluate(async (encoded) => {
        let at = await navigator.storage.getDirectory();
        for (const name of ["oci-lens-content", "labels", "sha256"]) {
          at = await at.getDirectoryHandle(name);
        }
        const record = await (await at.getFileHandle(encoded)).createWritable();
        await record.write("garbage");
        await record.close();
      }, damaged.slice("sha256:".length));

      await page.reload();
      await page.evaluate(() => {
        Reflect.deleteProperty(globalThis, "showSaveFilePicker");
      });
      await show(viewer, "blobs");
      await find(viewer, `[data-mark="${damaged} damaged"]`).waitFor();
      await expect.poll(() => stored(viewer), WAIT).toEqual([whole]);
      const problem = `what the store wrote down of ${damaged} is not readable`;
      expect(await find(viewer, `[data-mark="${damaged} damaged"]`).textContent()).toContain(
        problem,
      );
      await go(viewer, "garbage");
      await find(viewer, "[data-action=plan]").click();
      await element
        .getByText(`what is garbage cannot be told while the labels of ${damaged} cannot be read`)
        .waitFor();
      expect(await find(viewer, "[data-action=collect]").count()).toBe(0);

      await go(viewer, "blobs");
      await find(viewer, `[data-mark="${damaged} damaged"]`).click();
      await find(viewer, "oci-lens-store-blob [role=alert]").getByText(problem).waitFor();
      expect(await find(viewer, "[data-action=edit]").count()).toBe(0);
      const download = page.waitForEvent("download");
      await find(viewer, "[data-action=get]").click();
      expect(await readFile(await (await download).path(), "utf8")).toBe("hello");
      await find(viewer, "[data-action=delete]").click();
      await find(viewer, "[data-action=delete-sure]").click();
      await find(viewer, `[data-mark="${damaged} damaged"]`).waitFor({ state: "detached" });
      await expect.poll(() => stored(viewer), WAIT).toEqual([whole]);
      await go(viewer, "garbage");
      await find(viewer, "[data-action=plan]").click();
      await find(viewer, "[data-clean]").waitFor();
    });
  });
});

test("two pages use the store at once", async () => {
  await inFolder(async (folder) => {
    const { path, digest } = await large(folder);
    const small = join(folder, "small");
    await writeFile(small, "small");
    await inBrowser(async (session) => {
      const { viewer } = session;
      const second = await secondTab(session);
      await show(second, "ingests");
      await show(viewer, "ingests");
      await fill(viewer, { ref: "layer" });
      await give(viewer, "ingest-file", path);
      await ingest(second, "layer", "elsewhere").waitFor();

      await fill(second, { ref: "layer" });
      await give(second, "ingest-file", small);
      await second.element.getByText("is being written to by someone else").waitFor();
      await fill(second, { ref: "small" });
      await give(second, "ingest-file", small);
      expect(await outcome(second)).toBe(`Stored: ${sha256("small")}`);
      expect(await outcome(viewer)).toBe(`Stored: ${digest}`);

      const both = [digest, sha256("small")].sort();
      await expect.poll(() => stored(viewer), WAIT).toEqual(both);
      await expect.poll(() => stored(second), WAIT).toEqual(both);
      // What one removes the other does not show any more.
      await find(viewer, `[data-mark="${digest} stored"]`).click();
      await find(viewer, "[data-action=delete]").click();
      await find(viewer, "[data-action=delete-sure]").click();
      await find(second, `[data-mark="${digest} stored"]`).waitFor({ state: "detached" });
      await expect.poll(() => stored(second), WAIT).toEqual([sha256("small")]);
    });
  });
});

test("an image is kept, labelled, edited, and garbage goes after it was shown", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "hello");
    await writeFile(path, "hello");
    await inBrowser(async ({ viewer }) => {
      const { element, page } = viewer;
      await page.evaluate(() => {
        Reflect.deleteProperty(globalThis, "showSaveFilePicker");
      });
      await show(viewer, "blobs");
      const report = await viewer.report();
      const [image] = report.images;
      const root = image?.digest ?? "";
      await expect.poll(() => stored(viewer), WAIT).toEqual([]);
      await find(viewer, "[data-action=keep-image]").click();
      await find(viewer, `[data-mark="${root} stored"]`).waitFor();
      const expected = 2 + (image?.layers.length ?? 0);
      await element.getByText(`${expected} blobs stored`).waitFor();

      await fill(viewer, { filter: 'labels."containerd.io/gc.root"' });
      await element.getByRole("button", { name: "Apply" }).click();
      await element.getByText("1 blob stored").waitFor();
      expect(await viewer.marks("Blobs")).toEqual([`${root} stored`]);
      await fill(viewer, { filter: "labels." });
      await element.getByRole("button", { name: "Apply" }).click();
      await element.getByText("expected field or quoted").waitFor();
      await fill(viewer, { filter: "" });
      await element.getByRole("button", { name: "Apply" }).click();
      await element.getByText(`${expected} blobs stored`).waitFor();

      // Kept without a root, by its address on this host and by a file.
      await go(viewer, "ingests");
      await find(viewer, "[name=root]").uncheck();
      await fill(viewer, { url: "icon.svg" });
      await find(viewer, "[data-action=ingest-url]").click();
      await outcome(viewer);
      await fill(viewer, { ref: "hello" });
      await give(viewer, "ingest-file", path);
      await element.getByText(`Stored: ${sha256("hello")}`).waitFor();

      await go(viewer, "blobs");
      await find(viewer, `[data-mark="${sha256("hello")} stored"]`).click();
      await fill(viewer, { key: "note", value: "kept for a test" });
      await element.getByRole("button", { name: "Set" }).click();
      await find(viewer, '[data-label="note"]').waitFor();
      const download = page.waitForEvent("download");
      await find(viewer, "[data-action=get]").click();
      expect(await readFile(await (await download).path(), "utf8")).toBe("hello");
      await find(viewer, "[data-action=edit]").click();
      await fill(viewer, { draft: "hello world" });
      await find(viewer, "[data-action=save-edit]").click();
      const edited = sha256("hello world");
      await element.locator(`oci-lens-store-blob [data-digest="${edited}"]`).waitFor();
      await find(viewer, '[data-label="note"]').waitFor();

      await go(viewer, "garbage");
      await find(viewer, "[data-action=plan]").click();
      const goes = find(viewer, "[data-list=remove] li");
      await goes.first().waitFor();
      expect(await goes.count()).toBe(3);
      expect(await find(viewer, "[data-list=keep] li").count()).toBe(expected);
      await expect.poll(() => stored(viewer), WAIT).toHaveLength(expected + 3);
      await go(viewer, "garbage");
      await find(viewer, "[data-action=plan]").click();
      await find(viewer, "[data-action=collect]").click();
      await element.getByText("3 blobs removed").first().waitFor();
      await expect.poll(() => stored(viewer), WAIT).toHaveLength(expected);
      await go(viewer, "garbage");
      await find(viewer, "[data-action=plan]").click();
      await find(viewer, "[data-clean]").waitFor();
    });
  });
});

test("without a file system of its own the page says that nothing is kept", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "hello");
    await writeFile(path, "hello");
    await inBrowser(async ({ viewer }) => {
      const { page } = viewer;
      await page.addInitScript(() => {
        const { Worker: Real } = globalThis;
        Object.assign(globalThis, {
          // The store's worker is started without what its script would find. What comes
          // before that script listens is told again.
          Worker: class extends Real {
            constructor(address: string | URL, options?: WorkerOptions) {
              const script = `
                Reflect.deleteProperty(StorageManager.prototype, "getDirectory");
                const early = [];
                const hold = ({ data }) => early.push(data);
                addEventListener("message", hold);
                await import(${JSON.stringify(String(address))});
                removeEventListener("message", hold);
                for (const data of early) dispatchEvent(new MessageEvent("message", { data }));`;
              const blob = new Blob([script], { type: "text/javascript" });
              super(
                options?.name === "oci-lens-store" ? URL.createObjectURL(blob) : address,
                options,
              );
            }
          },
        });
      });
      await page.reload();
      await show(viewer, "ingests");
      await find(viewer, "[data-place=no-files]").waitFor();
      await fill(viewer, { ref: "hello" });
      await give(viewer, "ingest-file", path);
      expect(await outcome(viewer)).toBe(`Stored: ${sha256("hello")}`);
      await expect.poll(() => stored(viewer), WAIT).toEqual([sha256("hello")]);
      await page.reload();
      await show(viewer, "blobs");
      await expect.poll(() => stored(viewer), WAIT).toEqual([]);
    });
  });
});

test.each(LOOKS)(
  "axe finds nothing serious in the store: %s, %o",
  async (colorScheme, viewport) => {
    await inFolder(async (folder) => {
      const path = join(folder, "hello");
      await writeFile(path, "hello");
      const { path: layer } = await large(folder);
      await inBrowser(async ({ viewer, protocol }) => {
        const check = async (name: string): Promise<void> => {
          expect.soft(await serious(viewer), name).toEqual([]);
        };
        await look(viewer, colorScheme, viewport);
        await show(viewer, "blobs");
        await find(viewer, "[data-action=keep-image]").click();
        await find(viewer, '[data-mark$=" stored"]').first().waitFor();
        await check("blobs");
        await find(viewer, '[data-mark$=" stored"]').first().click();
        await find(viewer, "[data-action=edit]").waitFor();
        await find(viewer, "[data-action=delete]").click();
        await check("blob");
        await go(viewer, "ingests");
        await fill(viewer, { expected: sha256("other") });
        await give(viewer, "ingest-file", path);
        await find(viewer, "oci-lens-store-ingests [role=alert]").waitFor();
        await check("a refused ingest");
        await find(viewer, "[name=root]").uncheck();
        await fill(viewer, { ref: "hello", expected: "" });
        await give(viewer, "ingest-file", path);
        await outcome(viewer);
        await fill(viewer, { ref: "layer" });
        await give(viewer, "ingest-file", layer);
        await begun(viewer, "layer", "running");
        // Held on the way, for as long as it is looked at.
        const session = protocol.workers("oci-lens-store")[0]?.session;
        await protocol.send("Debugger.enable", {}, session);
        await protocol.send("Debugger.pause", {}, session);
        await check("an ingest that is on its way");
        await find(viewer, "[data-action=stop]").click();
        await protocol.send("Debugger.resume", {}, session);
        await ingest(viewer, "layer", "left").waitFor();
        await check("an ingest that was left");
        await go(viewer, "garbage");
        await find(viewer, "[data-action=plan]").click();
        await find(viewer, "[data-list=remove]").waitFor();
        await find(viewer, "[data-list=keep]").waitFor();
        await check("garbage");
      });
    });
  },
);
