import { join } from "node:path";

import { expect, test } from "vitest";

import { tarHeader, tarMember, writeLayout } from "../support/archive.js";
import { inBrowser } from "../support/session.js";
import { inFolder } from "../support/temporary.js";

const LONG = "n".repeat(3990);

/** Names, and how they are told apart from what they try to be. */
const NAMES: [name: string, shown: string][] = [
  ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ["<b>bold&amp;", "<b>bold&amp;"],
  ["{{7*7}}${7*7}", "{{7*7}}${7*7}"],
  ["gnp.\u202egpj.exe", "gnp.\\u{202e}gpj.exe"],
  ["bell\u0007", "bell\\u{7}"],
  ["esc-\u001b[31mred", "esc-\\u{1b}[31mred"],
  ["line\nbreak", "line\\u{a}break"],
  ["zero\u200bwidth", "zero\\u{200b}width"],
  ["back\\slash", "back\\\\slash"],
  ["caf\u00e9", "caf\u00e9"],
  ["cafe\u0301", "cafe\u0301"],
  [LONG, LONG],
];

/** A name that is no UTF-8. */
const BYTES = Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x62, 0x69, 0x6e]);

function* tar(): Generator<Buffer> {
  for (const [name] of NAMES) {
    if (Buffer.byteLength(name) > 90) {
      const pair = ` path=${name}\n`;
      let length = pair.length;
      while (String(length).length + pair.length !== length) length += 1;
      const record = Buffer.from(`${length}${pair}`);
      yield tarHeader("pax", "x", record.length);
      yield record;
      if (record.length % 512 > 0) yield Buffer.alloc(512 - (record.length % 512));
    }
    yield* tarMember(name.slice(0, 90), 2, [Buffer.from("x\n")]);
  }
  yield tarHeader(BYTES, "0", 0);
  yield Buffer.alloc(1024);
}

test("names that try to be something else are shown as they are, and copied exactly", async () => {
  await inFolder(async (folder) => {
    const archive = join(folder, "odd.tar");
    await writeLayout(archive, [{ tar, compression: "none" }]);
    await inBrowser(async ({ viewer }) => {
      const { element, page, grid } = viewer;
      await page.evaluate(() => {
        Object.assign(globalThis, {
          alert: () => {
            throw new Error("a name became a script");
          },
        });
        Object.defineProperty(navigator.clipboard, "writeText", {
          value: (text: string) => {
            Object.assign(globalThis, { copied: text });
            return Promise.resolve();
          },
        });
      });
      const copied = () => page.evaluate(() => (globalThis as { copied?: string }).copied);
      await viewer.drop(archive);
      expect(await viewer.scanned()).toBe("done");
      const rows = await viewer.readRows();
      expect(rows).toHaveLength(NAMES.length + 1);

      for (const [name, shown] of NAMES) {
        const at = rows.findIndex((row) => row.path === shown);
        expect(at, shown.slice(0, 40)).toBeGreaterThanOrEqual(0);
        const row = grid.locator(`[data-index="${at}"]`);
        expect(await row.locator(".label").textContent()).toBe(shown);
        // Text and nothing else, in one line that goes nowhere.
        expect(await row.locator(".label *").count()).toBe(0);
        const box = await row.boundingBox();
        expect(box?.height).toBe(28);
        await row.focus();
        await page.keyboard.press("c");
        await expect.poll(copied).toBe(`/${name}`);

        await page.keyboard.press("Enter");
        const title = element.locator("oci-lens-path h2 bdi");
        await expect.poll(() => title.textContent()).toBe(`/${shown}`);
        await element.locator("oci-lens-path h2 .copy").click();
        await expect.poll(copied).toBe(`/${name}`);
        expect(new URL(page.url()).hash).toContain(
          `path=/${encodeURIComponent(name).slice(0, 20)}`,
        );
      }
      // The two forms of one letter are two paths.
      expect(rows.filter(({ path }) => path.normalize() === "caf\u00e9")).toHaveLength(2);

      // Bytes that are no text: told as such, and to be had in hex.
      const bytes = rows.find(({ pathHex }) => pathHex === BYTES.toString("hex"));
      expect(bytes?.path).toBe("f\\xff\\xfe.bin");
      await grid.locator(`[data-index="${bytes?.index ?? -1}"]`).click();
      const hex = element.locator("oci-lens-path .hex");
      expect(await hex.locator("code").textContent()).toBe(BYTES.toString("hex"));
      await hex.locator(".copy").click();
      await expect.poll(copied).toBe(BYTES.toString("hex"));
      expect(viewer.fragment).toContain("path=/%66%ff%fe%2e%62%69%6e");

      // Nothing that was named widens the page.
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wide).toBe(0);
    });
  });
});
