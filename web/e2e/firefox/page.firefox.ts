import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { dist, fixture, fixtures, url } from "../support/environment.js";
import { inFirefox, type Firefox, type Scheme } from "../support/firefox.js";
import { Host } from "../support/host.js";
import { testOnReal } from "../support/real.js";

const FIXTURE = "hello-multiarch";

/** What the viewer shows: this much of what it says of itself by attributes. */
interface Shown {
  readonly scan: string | undefined;
  /** Blobs, and diff IDs, by outcome. */
  readonly counts: Record<string, number>;
  readonly paths: string[];
  /** BuildKit's keys, where they are looked at. */
  readonly keys: string[];
  /** Colour of its text. */
  readonly ink: string;
}

/** What an element of the page shows. */
function shown(firefox: Firefox, lens = "oci-lens"): Promise<Shown> {
  return firefox.evaluate((selector) => {
    const all = (within: ParentNode, wanted: string): Element[] => [
      ...within.querySelectorAll(wanted),
      ...[...within.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
        shadowRoot ? all(shadowRoot, wanted) : [],
      ),
    ];
    const root = document.querySelector(selector)?.shadowRoot;
    if (!root) throw new Error(`${selector} is not defined`);
    const valuesOf = (name: string): string[] =>
      all(root, `[${name}]`).map((element) => element.getAttribute(name) ?? "");
    const app = root.querySelector(".app");
    return {
      scan: valuesOf("data-scan")[0],
      counts: Object.fromEntries(
        all(root, "[data-group] [data-status]").map((item) => [
          `${item.closest("[data-group]")?.getAttribute("data-group") ?? ""} ${item.getAttribute("data-status") ?? ""}`,
          Number(item.getAttribute("data-count")),
        ]),
      ),
      paths: all(root, "[role=row][data-path]").map((row) => row.getAttribute("data-path") ?? ""),
      keys: valuesOf("data-key"),
      ink: app ? getComputedStyle(app).color : "",
    };
  }, lens);
}

/** Clicks on what is in the first element. */
function click(firefox: Firefox, selector: string): Promise<void> {
  return firefox.evaluate((wanted) => {
    const target = document.querySelector("oci-lens")?.shadowRoot?.querySelector(wanted);
    if (!(target instanceof HTMLElement)) throw new Error(`there is no ${wanted}`);
    target.click();
  }, selector);
}

/** Waits until all is read, and a path is among the rows. */
async function verified(firefox: Firefox, path: string, lens?: string): Promise<Shown> {
  await expect
    .poll(async () => (await shown(firefox, lens)).scan, { timeout: 60_000 })
    .toBe("done");
  await expect.poll(async () => (await shown(firefox, lens)).paths).toContain(path);
  return shown(firefox, lens);
}

const chooseFile = () => document.querySelector("oci-lens")?.shadowRoot?.querySelector("#file");

/** Drops a file on the page: a browser lets no driver do that, so that the page does it itself. */
async function drop(firefox: Firefox, file: string): Promise<void> {
  await firefox.evaluate(() => {
    const input = document.createElement("input");
    input.type = "file";
    input.id = "dropped";
    document.body.append(input);
  });
  await firefox.choose(() => document.querySelector("#dropped"), [file]);
  await firefox.evaluate(() => {
    const input = document.querySelector<HTMLInputElement>("#dropped");
    const dataTransfer = new DataTransfer();
    for (const each of input?.files ?? []) dataTransfer.items.add(each);
    input?.remove();
    const target = document.querySelector("oci-lens")?.shadowRoot?.querySelector(".app");
    for (const type of ["dragenter", "dragover", "drop"]) {
      const event = { dataTransfer, bubbles: true, composed: true, cancelable: true };
      target?.dispatchEvent(new DragEvent(type, event));
    }
  });
}

interface Truth {
  readonly images: {
    readonly via: string[];
    readonly config: {
      readonly os: string;
      readonly architecture: string;
      readonly rootfs: { readonly diff_ids: string[] };
    };
  }[];
}

/** The keys of an image with one layer, by an index: BuildKit's pull/resolver hashes this. */
function keysOf(name: string): string[] {
  const truth = JSON.parse(readFileSync(join(fixtures, name, "truth.json"), "utf8")) as Truth;
  const [image] = truth.images;
  if (!image) throw new Error("the fixture has no image");
  const { os, architecture, rootfs } = image.config;
  const hashed = JSON.stringify({ Digest: image.via.at(-1), OS: os, Arch: architecture });
  return [`sha256:${createHash("sha256").update(hashed).digest("hex")}`, ...rootfs.diff_ids];
}

const INKS: Record<Scheme, string> = {
  light: "rgb(21, 33, 42)",
  dark: "rgb(230, 237, 238)",
};

describe.each<Scheme>(["light", "dark"])("in %s colours", (scheme) => {
  test("the page opens its sample, a chosen file and a dropped one, and shows keys", async () => {
    await inFirefox(scheme, async (firefox) => {
      await firefox.goTo(url());
      await click(firefox, "[data-action=sample]");
      const sample = await verified(firefox, "etc");
      expect(sample.counts).toMatchObject({ "blobs mismatch": 1, "blobs missing": 1 });
      expect(sample.ink).toBe(INKS[scheme]);

      await firefox.choose(chooseFile, [fixture(FIXTURE)]);
      const chosen = await verified(firefox, "hello");
      expect(chosen.counts).toMatchObject({
        "blobs verified": 31,
        "blobs mismatch": 0,
        "blobs missing": 0,
        "blobs not-checked": 0,
        "diff-ids verified": 10,
      });
      await click(firefox, "[data-tab=keys]");
      await expect
        .poll(async () => (await shown(firefox)).keys)
        .toEqual(expect.arrayContaining(keysOf(FIXTURE)));

      await drop(firefox, fixture("weird"));
      await verified(firefox, "case");
    });
  });

  test("another page embeds the sample and an archive", async () => {
    const host = await Host.start();
    try {
      host.files("/lens/", dist);
      host.files("/a/", fixtures);
      const style = `style="height: 700px"`;
      host.text(
        "/page.html",
        `<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">
         <meta name="color-scheme" content="light dark">
         <script type="module" src="/lens/oci-lens.js"></script>
         <oci-lens src="/lens/sample.oci.tar" view="files" ${style}></oci-lens>
         <oci-lens id="archive" src="/a/${FIXTURE}/image.tar" view="files" loading="eager" ${style}></oci-lens>`,
      );
      await inFirefox(scheme, async (firefox) => {
        await firefox.goTo(`${host.origin}/page.html`);
        expect((await verified(firefox, "etc")).ink).toBe(INKS[scheme]);
        const archive = await verified(firefox, "hello", "#archive");
        expect(archive.counts).toMatchObject({ "blobs verified": 31, "diff-ids verified": 10 });
      });
    } finally {
      await host.close();
    }
  });
});

testOnReal("a real image of 70 MB verifies in full", "debian-app-zstd", async (folder) => {
  await inFirefox("light", async (firefox) => {
    await firefox.goTo(url());
    await firefox.choose(chooseFile, [join(folder, "image.tar")]);
    const { counts } = await verified(firefox, "usr");
    for (const group of ["blobs", "diff-ids"]) {
      expect(counts[`${group} verified`]).toBeGreaterThan(0);
      for (const outcome of ["mismatch", "missing", "not-checked"]) {
        expect(counts[`${group} ${outcome}`]).toBe(0);
      }
    }
  });
});
