import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { required } from "../e2e/support/environment.js";

const root = required("OCI_LENS_ROOT");
const here = join(root, "web", "package-test");

/** The built page. */
export const dist = join(root, "web", "dist");

/** The package as it was installed from its tarball. */
export const installed = join(here, "node_modules", "oci-lens");

/** The same beside the packages of a generator that has a folder of its own. */
export const installedFor = (generator: string): string =>
  join(here, generator, "node_modules", "oci-lens");

/** The tarball itself. */
export const tarball = (): string => required("OCI_LENS_PACKAGE");

/** What a program of the test's own packages prints. */
export async function node(script: string, ...words: string[]): Promise<string> {
  const program = [join(here, script), ...words];
  return (await promisify(execFile)(process.execPath, program, { cwd: here })).stdout;
}

/** An empty folder for what is built. */
export function outFolder(name: string): string {
  const out = join(root, "target", "package-test", name);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  return out;
}

/** A copy of a folder, which may be changed. */
export function copied(folder: string, name: string): string {
  const out = outFolder(name);
  cpSync(folder, out, { recursive: true });
  return out;
}
