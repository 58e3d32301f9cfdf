import { defineConfig } from "vitest/config";

/** Unit tests need nothing but Node; lattice tests start a real nats-server each, registry tests a docker-registry. */
export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    globalSetup: ["test/support/global-setup.ts"],
    setupFiles: ["test/support/setup.ts"],
    // Loading the host for each file would take longer than the tests.
    isolate: false,
    testTimeout: 20_000,
    expect: { poll: { timeout: 10_000 } },
    // Two cores would get one.
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/unit/**/*.test.ts"] } },
      { extends: true, test: { name: "lattice", include: ["test/lattice/**/*.test.ts"] } },
      { extends: true, test: { name: "registry", include: ["test/registry/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "edge",
          include: ["test/edge/**/*.test.ts"],
          globalSetup: ["test/support/edge/setup.ts"],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      { extends: true, test: { name: "stress", include: ["test/stress/**/*.test.ts"] } },
    ],
  },
});
