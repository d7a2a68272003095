import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";

import type { Contender, Run } from "./contender.js";
import type { Layout } from "./layout.js";

/** What is measured beside the page's engine and has its core. */
export interface Natives {
  /** The command as it is. */
  readonly command: string;
  /** `examples/baseline.rs`, which stays as it is. */
  readonly baseline: string;
}

/** On as many threads as a browser has workers. */
export function natives({ command, baseline }: Natives, workers: number): Contender[] {
  const threads = String(workers);
  return [
    program(`native baseline, ${threads} threads`, (archive) => [baseline, [archive, threads]]),
    program(`native command, ${threads} threads`, (archive) => [
      command,
      ["report", archive, "--workers", threads],
    ]),
  ];
}

/** Tools that are installed. Each does a part of the work only. */
export function tools({ layers }: Layout, archive: string, folder: string): Contender[] {
  const found: Contender[] = [];
  const unpackers = layers.map(({ compression }) => UNPACKERS[compression]);
  if (["bash", "sha256sum", "tar", "tee", ...unpackers].every((each) => isInstalled(first(each)))) {
    const members = layers.map(({ member }) => member);
    const { status } = spawnSync("tar", ["-xf", archive, "-C", folder, ...members]);
    if (status !== 0) throw new Error(`tar cannot unpack ${archive}`);
    const lines = members.map((member, at) => {
      const unpack = `${unpackers[at] ?? ""} ${member}`;
      return `sha256sum ${member}; ${unpack} | tee >(sha256sum >&2) | tar t`;
    });
    found.push(
      program(
        `${[...new Set(unpackers.map(first))].join(", ")}, sha256sum and tar in a shell`,
        () => ["bash", ["-c", [`cd ${folder}`, ...lines].join("\n")]],
      ),
    );
  }
  if (isInstalled("skopeo")) {
    const copy = (to: string) => ["--insecure-policy", "copy", `oci-archive:${archive}`, to];
    const target = `dir:${join(folder, "skopeo")}`;
    found.push(program("skopeo copy to a folder", () => ["skopeo", copy(target)]));
    const layout = join(folder, "umoci");
    if (isInstalled("umoci") && spawnSync("skopeo", copy(`oci:${layout}:bench`)).status === 0) {
      // It unpacks to a folder that is not there yet.
      const bundle = join(folder, "bundle");
      const unpack = ["unpack", "--rootless", "--image", `${layout}:bench`, bundle];
      const before = (): void => {
        rmSync(bundle, { recursive: true, force: true });
      };
      found.push(program("umoci unpack", () => ["umoci", unpack], before));
    }
    // dive opens what docker saves.
    const saved = join(folder, "docker.tar");
    if (isInstalled("dive") && spawnSync("skopeo", copy(`docker-archive:${saved}`)).status === 0) {
      const analyse = ["--source", "docker-archive", saved, "--json", join(folder, "dive.json")];
      found.push(program("dive", () => ["dive", analyse]));
    }
  }
  return found;
}

/** What unpacks a layer to its output. */
const UNPACKERS = { none: "cat", gzip: "gzip -dc", zstd: "zstd -dc" };

const first = (words: string): string => words.split(" ")[0] ?? "";

/** Whether a program is found. */
export function isInstalled(program: string): boolean {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

function program(
  name: string,
  words: (archive: string) => [string, string[]],
  before = (): void => {},
): Contender {
  return {
    name,
    run: async (archive, times) => {
      const done: Run[] = [];
      for (let time = 0; time < times; time += 1) {
        before();
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
