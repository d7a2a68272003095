// Starts main.ts, which Node cannot read by itself.
import { spawnSync } from "node:child_process";
import { runnerImport } from "vite";

if (typeof globalThis.WebSocket === "undefined") {
  // Node 20 has it behind a flag.
  const words = ["--experimental-websocket", "--no-warnings", ...process.argv.slice(1)];
  process.exit(spawnSync(process.execPath, words, { stdio: "inherit" }).status ?? 1);
}
const { module } = await runnerImport("/bench/main.ts", { logLevel: "error" });
await module.main(process.argv.slice(2), (url) => import(url));
