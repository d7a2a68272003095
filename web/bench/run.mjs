// Starts main.ts, which Node cannot read by itself.
import { runnerImport } from "vite";

const { module } = await runnerImport("/bench/main.ts", { logLevel: "error" });
await module.main(process.argv.slice(2), (url) => import(url));
