import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    // One browser at a time: memory is measured, and scans are timed against cancels.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // On a busy machine, a second is short.
    expect: { poll: { timeout: 15_000 } },
    pool: "forks",
    poolOptions: {
      // Node 20 has it behind a flag; the tests speak the browser's protocol through it.
      forks: {
        execArgv:
          typeof globalThis.WebSocket === "undefined"
            ? ["--experimental-websocket", "--no-warnings"]
            : [],
      },
    },
  },
});
