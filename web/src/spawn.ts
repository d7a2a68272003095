/**
 * Starts a module worker. A script of another origin (the element loaded from a
 * package server) cannot be a worker; one of this page's that imports it can.
 */
export function spawnWorker(url: string, name: string): Worker {
  const absolute = new URL(url, self.location.href);
  if (absolute.protocol === "blob:" || absolute.origin === self.origin) {
    return new Worker(absolute, { type: "module", name });
  }
  const script = new Blob([`import ${JSON.stringify(absolute.href)};`], {
    type: "text/javascript",
  });
  const wrapper = URL.createObjectURL(script);
  try {
    return new Worker(wrapper, { type: "module", name });
  } finally {
    // The fetch of the script has begun; it holds on to the blob itself.
    URL.revokeObjectURL(wrapper);
  }
}
