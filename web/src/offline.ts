import { hasSimd } from "./simd.js";
import { scriptAddress } from "./trusted.js";

/**
 * Keeps this page for when there is no network. Not on the machine's own
 * host: who serves it there works on it, and wants it as it is now.
 */
export function keepOffline(): void {
  const { protocol, hostname } = location;
  const isOwn = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname);
  if (!protocol.startsWith("http") || isOwn || !("serviceWorker" in navigator)) return;
  const script = `./service-worker.js?wasm=${hasSimd() ? "simd" : "plain"}`;
  // A host may forbid it; then the page needs the network.
  navigator.serviceWorker.register(scriptAddress(script)).catch(() => undefined);
}
