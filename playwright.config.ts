import { defineConfig } from "@playwright/test";
import { chromiumFlags, findChromium } from "./test/support/chromium.ts";

const executablePath = findChromium();

/** Browser tests: the built dashboard in a real Chromium. A test that passes only sometimes has failed. */
export default defineConfig({
  testDir: "test/browser",
  outputDir: "build/test-results",
  forbidOnly: true,
  retries: 0,
  workers: 2,
  projects: [
    { name: "tabs", testIgnore: "stress.test.ts" },
    // Measures the processor: alone.
    { name: "stress", testMatch: "stress.test.ts", dependencies: ["tabs"] },
  ],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: "chromium",
    screenshot: "only-on-failure",
    trace: "off",
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...chromiumFlags],
    },
  },
});
