import { WORKER_TYPE } from "./build.js";
import type { Part } from "./protocol.js";

/**
 * Starts a worker. A script of another origin (the element loaded from a package
 * server) cannot be a worker; one of this page's that loads it can.
 */
export function spawnWorker(script: Part, name: string): Worker {
  if (script instanceof Blob) return spawnBlob(script, name);
  const absolute = new URL(script, self.location.href);
  if (absolute.protocol === "blob:" || absolute.origin === self.origin) {
    return new Worker(absolute, { type: WORKER_TYPE, name });
  }
  const address = JSON.stringify(absolute.href);
  const load = WORKER_TYPE === "module" ? `import ${address};` : `importScripts(${address});`;
  return spawnBlob(new Blob([load], { type: "text/javascript" }), name);
}

// Its address is made where the worker is: on a page that was opened from a disk, a worker
// has an origin of its own, and may use no address that the page has made.
function spawnBlob(script: Blob, name: string): Worker {
  const address = URL.createObjectURL(script);
  try {
    return new Worker(address, { type: WORKER_TYPE, name });
  } finally {
    // The fetch of the script has begun; it holds on to the blob itself.
    URL.revokeObjectURL(address);
  }
}
