import config from "../vitest.config.js";

const { test } = config;

export default { ...config, test: { ...test, include: ["e2e/firefox/*.firefox.ts"] } };
