import { test } from "vitest";

import { corpus } from "./environment.js";

/** A test on a real image. Where the image is not there, it is skipped, and the output says so. */
export function testOnReal(
  name: string,
  image: string,
  work: (folder: string) => Promise<void>,
): void {
  const folder = corpus(image);
  if (folder !== undefined) {
    test(name, () => work(folder));
    return;
  }
  const set = process.env["OCI_LENS_CORPUS"] ? "has no such folder" : "is not set";
  console.warn(`skipped: ${name}: needs ${image}, but OCI_LENS_CORPUS ${set}`);
  test.skip(name);
}
