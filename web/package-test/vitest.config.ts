import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["package-test/**/*.package.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
