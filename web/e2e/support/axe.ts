import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type Axe from "axe-core";

import type { Viewer } from "./viewer.js";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

/** Colours and widths that views are looked at in. */
export const LOOKS = [
  ["light", WIDE],
  ["dark", WIDE],
  ["light", NARROW],
  ["dark", NARROW],
] as const;

/** Shows the page in one of them. */
export async function look(
  { page }: Viewer,
  colorScheme: "light" | "dark",
  viewport: typeof WIDE,
): Promise<void> {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
}

/** What axe finds serious on the page as it is now. */
export async function serious({ page }: Pick<Viewer, "page">): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => {
    const { axe } = globalThis as unknown as { axe: typeof Axe };
    // Of what passes, which is most of the page, one example of each rule is described.
    return axe.run({ resultTypes: ["violations"] });
  });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}
