import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(
      `${name} is not set: tests are run by "cargo xtask test", benches by "cargo xtask bench"`,
    );
  }
  return value;
}

/** Address of the page. */
export const url = (): string => required("OCI_LENS_URL");
/** The server's log: a line for each answer. */
export const serverLog = (): string => required("OCI_LENS_SERVER_LOG");
export const chromium = (): string => required("OCI_LENS_CHROMIUM");
/** The native command. */
export const command = (): string => required("OCI_LENS_BIN");
const root = required("OCI_LENS_ROOT");
export const fixtures = join(root, "tests", "fixtures");
export const vectors = join(root, "tests", "vectors");
/** The built page, and the element's module. */
export const dist = join(root, "web", "dist");
/** Files that the page's server has as they are. */
export const served = join(root, "web", "public");

/** A real image, where the folder of them is there. */
export function corpus(name: string): string | undefined {
  const folder = process.env["OCI_LENS_CORPUS"];
  if (folder === undefined || folder === "") return undefined;
  const image = join(folder, name);
  return existsSync(image) ? image : undefined;
}

/** The archive of a fixture. */
export function fixture(name: string): string {
  return join(fixtures, name, "image.tar");
}

/** Names of all fixtures. */
export function fixtureNames(): string[] {
  return readdirSync(fixtures).sort();
}
