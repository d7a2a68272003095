import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Contender, Run } from "./contender.js";
import type { Layout, StoredLayer } from "./layout.js";

/** The native command, on as many threads as a browser has workers. */
export function native(command: string, workers: number): Contender {
  return program(`native, ${workers} threads`, (archive) => [
    command,
    ["report", archive, "--workers", String(workers)],
  ]);
}

/** Tools that are installed. Each does a part of the work only: none applies the layers. */
export function tools({ layers }: Layout, archive: string, folder: string): Contender[] {
  const found: Contender[] = [];
  if (["bash", "gzip", "sha256sum", "tar"].every(isInstalled) && isUnpackable(layers)) {
    const members = layers.map(({ member }) => member);
    const { status } = spawnSync("tar", ["-xf", archive, "-C", folder, ...members]);
    if (status !== 0) throw new Error(`tar cannot unpack ${archive}`);
    const lines = layers.map(({ member, compression }) => {
      const unpack = compression === "gzip" ? "gzip -dc" : "cat";
      return `sha256sum ${member}; ${unpack} ${member} | tee >(sha256sum >&2) | tar t`;
    });
    found.push(
      program("gzip, sha256sum and tar in a shell", () => [
        "bash",
        ["-c", [`cd ${folder}`, ...lines].join("\n")],
      ]),
    );
  }
  if (isInstalled("skopeo")) {
    const copy = ["--insecure-policy", "copy", `oci-archive:${archive}`];
    found.push(
      program("skopeo copy to a folder", () => [
        "skopeo",
        [...copy, `dir:${join(folder, "skopeo")}`],
      ]),
    );
  }
  return found;
}

function isUnpackable(layers: readonly StoredLayer[]): boolean {
  return layers.every(({ compression }) => compression !== "zstd");
}

function isInstalled(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function program(name: string, words: (archive: string) => [string, string[]]): Contender {
  return {
    name,
    run: async (archive, times) => {
      const done: Run[] = [];
      for (let time = 0; time < times; time += 1) {
        const [program, parameters] = words(archive);
        const start = performance.now();
        const child = spawn(program, parameters, { stdio: "ignore" });
        const [code] = (await once(child, "exit")) as [number | null];
        if (code !== 0) throw new Error(`${name} ended with ${String(code)}`);
        done.push({ time: performance.now() - start });
      }
      return done;
    },
  };
}
