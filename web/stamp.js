import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names what page and workers are built from; they compare it before they talk to each other. */
export function stampOf() {
  const digest = createHash("sha256");
  for (const folder of ["generated", "package", "src"]) {
    const names = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const name of names) digest.update(name).update(readFileSync(name));
  }
  return digest.digest("hex").slice(0, 16);
}
