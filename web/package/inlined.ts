/** A worker's script, out of its text. */
export function script(code: string): Blob {
  return new Blob([code], { type: "text/javascript" });
}

/** A wasm module, out of how it is written. */
export function packed(base64: string): Blob {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: "application/gzip" });
}
