import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { writeLayout } from "../support/archive.js";
import { inLens, onSite, opened } from "../support/embed.js";
import { estargz, type Estargz } from "../support/estargz.js";

const MIB = 1024 * 1024;
const FILES = 400;

let folder: string;
let stored = 0;

/** A large layer: many files of noise, and one whose first bytes are known. */
function layer(prefix: string): Estargz {
  const files = Array.from({ length: FILES }, (_, number): [string, Buffer] => [
    `${prefix}-${String(number).padStart(3, "0")}`,
    randomBytes(64 * 1024),
  ]);
  const text = Buffer.from(`the text of ${prefix}\n`.repeat(500));
  return estargz([...files.slice(0, 200), [`${prefix}.txt`, text], ...files.slice(200)]);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "oci-lens-toc-"));
  const layers = [layer("base"), layer("top")];
  stored = layers.reduce((sum, { bytes }) => sum + bytes.length, 0);
  await writeLayout(join(folder, "listed.tar"), layers);
  const [base] = layers;
  if (!base) throw new Error("no layer was made");
  const annotations = {
    "containerd.io/snapshot/stargz/toc.digest": `sha256:${"0".repeat(64)}`,
  };
  await writeLayout(join(folder, "refused.tar"), [{ ...base, annotations }]);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

test("files are listed and read without the layers, which are verified when that is asked for", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    await show(`<oci-lens src="/a/listed.tar" view="files" style="height: 700px"></oci-lens>`);
    const lens = page.locator("oci-lens");
    await opened(lens);
    await lens.locator("[role=row][data-path=base-000]").waitFor();
    expect(own.sent("/a/")).toBeLessThan(stored / 20);
    await lens.locator("[data-notice=listed]").waitFor();
    const rows = async () => lens.locator("[role=treegrid]").getAttribute("aria-rowcount");
    // With the row of the head.
    expect(await rows()).toBe(String(2 * (FILES + 1) + 1));
    const listed = await inLens(lens, (element) => element.report());
    expect(listed?.totals.blobs).toMatchObject({ verified: 2, notChecked: 2 });
    expect(listed?.images[0]?.layers.map(({ listedBy }) => listedBy)).toEqual([
      "estargz",
      "estargz",
    ]);

    await inLens(lens, (element) => element.select({ view: "files", path: "/top.txt" }));
    await lens.getByText("the text of top").first().waitFor();
    expect(own.sent("/a/")).toBeLessThan(stored / 20);

    // A folder's tar and checksum are made of the layers themselves.
    await inLens(lens, (element) => element.select({ view: "files", path: "/" }));
    const needing = lens.locator("[data-action=tar], [data-action=checksum]");
    await expect.poll(() => needing.count()).toBe(2);
    const enabled = async () =>
      needing.evaluateAll((all) => all.map((one) => !one.matches(":disabled")));
    expect(await enabled()).toEqual([false, false]);
    await inLens(lens, (element) => element.select({ view: "files", path: "/top.txt" }));

    const verified = await inLens(lens, (element) => element.verify());
    expect(verified.totals.blobs).toMatchObject({ verified: 4, notChecked: 0, mismatch: 0 });
    expect(verified.totals.diffIds).toMatchObject({ verified: 2 });
    expect(verified.images[0]?.layers.map(({ listedBy }) => listedBy)).toEqual([
      undefined,
      undefined,
    ]);
    const codes = verified.images[0]?.layers.flatMap(({ diagnostics }) =>
      diagnostics.map(({ code }) => code),
    );
    expect(codes).toEqual([]);
    await lens.locator("[data-notice=listed]").waitFor({ state: "detached" });
    // The table of contents is an entry of the tar that no table lists.
    await expect.poll(rows).toBe(String(2 * (FILES + 1) + 2));
    await lens.getByText("the text of top").first().waitFor();
    await inLens(lens, (element) => element.select({ view: "files", path: "/" }));
    await expect.poll(enabled).toEqual([true, true]);
  });
});

test("a figure of files says that it is of what tables of contents list", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    await show(`<oci-lens src="/a/listed.tar" view="tree" path="/" depth="1"></oci-lens>`);
    const lens = page.locator("oci-lens");
    await lens.locator("[data-notice=listed]").waitFor();
    await lens.getByText("base-000").first().waitFor();
    expect(own.sent("/a/")).toBeLessThan(stored / 20);
  });
});

test("a table of contents that the manifest does not vouch for is not used", async () => {
  await onSite(async ({ page, own, show }) => {
    own.files("/a/", folder);
    await show(`<oci-lens src="/a/refused.tar" view="files" style="height: 700px"></oci-lens>`);
    const lens = page.locator("oci-lens");
    await lens.locator("[role=row][data-path=base-000]").waitFor();
    await expect
      .poll(async () => (await inLens(lens, (element) => element.report()))?.totals.blobs)
      .toMatchObject({ verified: 3, notChecked: 0 });
    const report = await inLens(lens, (element) => element.report());
    const [found] = report?.images[0]?.layers ?? [];
    expect(found?.diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ["toc-refused", expect.stringMatching(/expected the digest sha256:0000/)],
    ]);
    expect(await lens.locator("[data-notice=listed]").count()).toBe(0);
    expect(own.sent("/a/")).toBeGreaterThan(20 * MIB);
  });
});
