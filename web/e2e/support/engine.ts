import type { JSHandle, Page } from "playwright-core";

/** The engine API, as a page loads it. */
export type Module = typeof import("../../src/index.js");

/** A file that was chosen on a page, and the engine API: handles into the page. */
export interface ChosenFile {
  module: JSHandle<Module>;
  input: JSHandle<HTMLInputElement>;
}

/** Chooses a file without the viewer, for what is done with the engine alone. */
export async function chooseFile(page: Page, path: string): Promise<ChosenFile> {
  const input = await page.evaluateHandle(() => {
    const made = Object.assign(document.createElement("input"), { type: "file" });
    document.body.append(made);
    return made;
  });
  await input.setInputFiles(path);
  // As text: what builds these tests would make another thing of an import.
  const module = await page.evaluateHandle<Module>('import("/index.js")');
  return { module, input };
}
