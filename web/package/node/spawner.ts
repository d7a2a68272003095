import type { WorkerScope } from "../../src/answerer.js";
import type { WorkerLike } from "../../src/caller.js";
import { spawnWorker } from "./spawn.js";

// A thread starts threads itself, and what it posts to them is packed.

export function spawnAsAsked(): () => void {
  return () => undefined;
}

export function askForWorker(): WorkerLike {
  return spawnWorker(new URL("./scan-worker.js", import.meta.url).href, "oci-lens-scan");
}

export function whenLinked(scope: WorkerScope, linked: (link: WorkerScope) => void): void {
  linked(scope);
}
