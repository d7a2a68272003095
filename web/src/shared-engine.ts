import { createEngine, type Engine } from "./client.js";

let shared: Engine | undefined;
let users = 0;

/** The engine that the viewers of a page share: one worker, and each module compiled once. */
export function shareEngine(): Engine {
  users += 1;
  return (shared ??= createEngine());
}

/** Gives it back; with its last user it ends. */
export function releaseEngine(): void {
  users -= 1;
  if (users > 0) return;
  shared?.close();
  shared = undefined;
}
