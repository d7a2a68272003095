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

/** What a program of the test's own packages prints, one that may have more in its environment. */
export async function node(
  program: string | { script: string; env: NodeJS.ProcessEnv },
  ...words: string[]
): Promise<string> {
  const { script, env } = typeof program === "string" ? { script: program, env: {} } : program;
  const options = { cwd: here, env: { ...process.env, ...env } };
  return (await promisify(execFile)(process.execPath, [join(here, script), ...words], options))
    .stdout;
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
