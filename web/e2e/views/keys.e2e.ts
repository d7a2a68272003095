import { createHash } from "node:crypto";

import { expect, test } from "vitest";

import { inBrowser } from "../support/session.js";
import type { Viewer } from "../support/viewer.js";

const sha256 = (bytes: string) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** What the view names as the bytes of each digest, recomputed: how many there are. */
async function recomputed({ element }: Viewer): Promise<number> {
  const shown = await element
    .locator("[data-preimage-of]")
    .evaluateAll((items) =>
      items.map((item) => [
        item.getAttribute("data-preimage-of"),
        item.querySelector("code")?.textContent ?? "",
      ]),
    );
  for (const [digest, bytes] of shown) expect(sha256(bytes ?? "")).toBe(digest);
  return shown.length;
}

/** Keys by their index, of the way of referring to the image that comes last: its index. */
async function keys({ element }: Viewer): Promise<(string | null)[]> {
  return element
    .locator("section.reference")
    .last()
    .locator("[data-key]")
    .evaluateAll((items) => items.map((item) => item.getAttribute("data-key")));
}

const preimage = ({ element }: Viewer, digest: string | null | undefined) =>
  element
    .locator(`[data-preimage-of="${digest ?? ""}"] code`)
    .first()
    .textContent();

test("keys, records and chain IDs are the digests of the bytes shown", async () => {
  await inBrowser(async ({ viewer }) => {
    const { element } = viewer;
    await viewer.sample();
    await viewer.scanned();
    await viewer.view("keys");
    await element.locator("[data-rung]").first().waitFor();
    const report = await viewer.report();
    const [image] = report.images;
    const layers = image?.layers ?? [];
    expect(layers.length).toBeGreaterThan(2);
    const [first, second] = await keys(viewer);
    const index = image?.via.at(-1) ?? image?.digest ?? "";
    const { os, architecture } = image?.platform ?? {};
    expect(await preimage(viewer, first)).toBe(
      JSON.stringify({ Digest: index, OS: os, Arch: architecture }),
    );
    expect(second).toBe(image?.chainId);
    // Of each way two keys, their ops and records, and all but the lowest layer's chain ID.
    const ways = await element.locator("section.reference").count();
    expect(await recomputed(viewer)).toBe(ways * 6 + layers.length - 1);

    // The ladder has the chain IDs that the report has, and says who shares them.
    const rungs = await element
      .locator("[data-rung]")
      .evaluateAll((items) => items.map((item) => item.getAttribute("data-snapshot")));
    expect(rungs).toEqual(layers.map(({ chainId }) => chainId));
    const others = report.images.filter(({ number }) => number !== image?.number);
    const shared = others.filter((other) => other.layers[0]?.chainId === layers[0]?.chainId);
    const said = await element.locator("[data-rung='0'] [data-shared]").count();
    expect(said).toBe(shared.length > 0 ? 1 : 0);

    // A limit is part of the first key, and cuts the chain of the second.
    await element.locator("input[name=limit]").fill("2");
    await element.locator("form.platform button").click();
    await element.locator("[data-rung='2']").waitFor({ state: "detached" });
    const [limited, chain] = await keys(viewer);
    expect(await preimage(viewer, limited)).toBe(
      JSON.stringify({ Digest: index, OS: os, Arch: architecture, Limit: 2 }),
    );
    expect(chain).toBe(layers[1]?.chainId);
    await recomputed(viewer);

    // Another platform is normalised first.
    await element.locator("input[name=limit]").fill("");
    await element.locator("input[name=platform]").fill("linux/aarch64/v8");
    await element.locator("form.platform button").click();
    await element.locator("[data-rung='2']").waitFor();
    const [other] = await keys(viewer);
    expect(await preimage(viewer, other)).toBe(
      JSON.stringify({ Digest: index, OS: "linux", Arch: "arm64" }),
    );

    // More layers than there are: said as BuildKit says it.
    await element.locator("input[name=limit]").fill("99");
    await element.locator("form.platform button").click();
    await element.getByText(`image has ${layers.length} layers, limit is 99`).waitFor();
    await element.locator("input[name=limit]").fill("none");
    await element.locator("form.platform button").click();
    await element.getByText("a whole number above 0").waitFor();
  });
});
