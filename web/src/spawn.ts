import { WORKER_TYPE } from "./build.js";
import { EngineError, messageOf } from "./errors.js";
import type { Part } from "./protocol.js";
import { scriptAddress } from "./trusted.js";

/** A worker, and what a Content-Security-Policy has to hold for it behind `worker-src`. */
export type SpawnedWorker = Worker & { readonly policy: string };

/**
 * Starts a worker. A script of another origin (the element loaded from a package
 * server) cannot be a worker; one of this page's that loads it can.
 */
export function spawnWorker(script: Part, name: string): SpawnedWorker {
  if (script instanceof Blob) return spawnBlob(script, name, "blob:");
  const { href, origin, protocol } = new URL(script, self.location.href);
  if (protocol === "blob:") return start(href, name, protocol);
  if (origin === self.origin) return start(href, name, "'self'");
  const address = JSON.stringify(href);
  const load = WORKER_TYPE === "module" ? `import ${address};` : `importScripts(${address});`;
  const blob = new Blob([load], { type: "text/javascript" });
  return spawnBlob(blob, name, `blob: ${origin}; script-src ${origin}`);
}

// Its address is made where the worker is: on a page that was opened from a disk, a worker
// has an origin of its own, and may use no address that the page has made.
function spawnBlob(script: Blob, name: string, policy: string): SpawnedWorker {
  const address = URL.createObjectURL(script);
  try {
    return start(address, name, policy);
  } finally {
    // The fetch of the script has begun; it holds on to the blob itself.
    URL.revokeObjectURL(address);
  }
}

function start(address: string, name: string, policy: string): SpawnedWorker {
  try {
    const worker = new Worker(scriptAddress(address), { type: WORKER_TYPE, name });
    return Object.assign(worker, { policy });
  } catch (error) {
    const message = `a worker cannot be started: ${messageOf(error)}`;
    throw new EngineError({ code: "worker-failed", message });
  }
}
