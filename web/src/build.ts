declare const __OCI_LENS_BUILD__: unknown;

/**
 * Names the build that a script belongs to. The page and its workers are
 * separate files that a browser caches separately: they compare this first.
 */
export const BUILD: string =
  typeof __OCI_LENS_BUILD__ === "string" ? __OCI_LENS_BUILD__ : "unbundled";
