import { defineConfig } from "vitest/config";

import others from "../vitest.config.js";

export default defineConfig({ test: { ...others.test, include: ["package-test/docs/*.docs.ts"] } });
