declare const __OCI_LENS_BUILD__: unknown;
declare const __OCI_LENS_WORKER_TYPE__: unknown;

/**
 * Names the build that a script belongs to. The page and its workers are
 * separate files that a browser caches separately: they compare this first.
 */
export const BUILD: string =
  typeof __OCI_LENS_BUILD__ === "string" ? __OCI_LENS_BUILD__ : "unbundled";

/**
 * What the workers' scripts are. The page's load their parts one by one; those of the
 * package are whole, so that they also run where a module cannot be a worker.
 */
export const WORKER_TYPE: WorkerType =
  typeof __OCI_LENS_WORKER_TYPE__ === "string" ? "classic" : "module";
