import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDeployment } from "../../edge/build/check-deployment.ts";
import { readSettings } from "../../edge/settings.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = `${root}edge/example/wrangler.json`;
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "weblattice-deploy-"));
afterAll(() => rm(folder, { recursive: true }));

beforeAll(async () => {
  await run(
    process.execPath,
    ["node_modules/vite/bin/vite.js", "build", "--config", "edge/build/example-config.ts"],
    {
      cwd: root,
    },
  );
}, 60_000);

function changed(change: (config: Record<string, unknown>) => void): string {
  const config = JSON.parse(readFileSync(example, "utf8")) as Record<string, unknown>;
  config["main"] = `${root}build/edge/worker.js`;
  change(config);
  const file = join(folder, "wrangler.json");
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe("the check before a deployment", () => {
  it("has nothing against the example", () => {
    expect(checkDeployment(example)).toEqual([]);
    expect(checkDeployment(changed(() => undefined))).toEqual([]);
  });

  it.each<[string, (config: Record<string, unknown>) => void, RegExp]>([
    [
      "a worker that is not built",
      (config) => Object.assign(config, { main: "none.js" }),
      /build the worker first/,
    ],
    ["an early date", (config) => Object.assign(config, { compatibility_date: "2024-01-01" }), /2024-10-14/],
    ["no object", (config) => Object.assign(config, { durable_objects: { bindings: [] } }), /HOST_OBJECT/],
    ["an object without SQLite", (config) => Object.assign(config, { migrations: [] }), /SQLite/],
    [
      "a secret in the open",
      (config) => Object.assign(config, { vars: { NATS_TOKEN: "t0p" } }),
      /secret put NATS_TOKEN/,
    ],
    ["a bad address", (config) => Object.assign(config, { vars: { NATS_URL: "nats://x" } }), /NATS_URL/],
    [
      "a bad prefix",
      (config) => Object.assign(config, { vars: { LATTICE_PREFIX: "a b" } }),
      /LATTICE_PREFIX/,
    ],
    [
      "no date",
      (config) => Object.assign(config, { compatibility_date: "soon" }),
      /compatibility_date: must/,
    ],
    [
      "a secret in the open elsewhere",
      (config) => Object.assign(config, { env: { live: { vars: { NATS_TOKEN: "t0p" } } } }),
      /env\.live\.vars has NATS_TOKEN/,
    ],
    ["bundling twice", (config) => Object.assign(config, { no_bundle: false }), /no_bundle/],
    ["no main", (config) => Object.assign(config, { main: 7 }), /main/],
  ])("finds %s", (_what, change, problem) => {
    const problems = checkDeployment(changed(change));
    expect(problems).toEqual([expect.stringMatching(problem)]);
    expect(problems.join()).not.toContain("t0p");
  });

  it("has nothing against half of what is else a secret", () => {
    expect(checkDeployment(changed((config) => Object.assign(config, { vars: { NATS_JWT: "ey" } })))).toEqual(
      [],
    );
  });

  it("finds a file that is not there", () => {
    expect(checkDeployment(join(folder, "none.json"))).toHaveLength(1);
  });
});

it.each([{ NATS_JWT: "t0p" }, { NATS_SEED: "t0p" }, { NATS_PASSWORD: "t0p" }])(
  "a worker does not connect without its user for want of the rest of %o",
  (variables) => {
    expect(() => readSettings({ NATS_URL: "wss://x", ...variables }, "resident")).toThrow(
      /^NATS_[A-Z]+ (and|goes)/,
    );
  },
);

describe("npm run edge:deploy", () => {
  const deploy = ["--import", "tsx", "edge/build/deploy.ts"];

  it("has wrangler pack the example", async () => {
    const { stdout } = await run(process.execPath, [...deploy, "--dry-run"], {
      cwd: root,
      timeout: 60_000,
      env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
    });
    expect(stdout).toMatch(/kvcounter-[0-9a-f]{16}\.wasm/);
    expect(stdout).toMatch(/env\.HOST_OBJECT/);
  }, 60_000);

  it("refuses what the check has found, and says what to do", async () => {
    const file = changed((config) => Object.assign(config, { migrations: [] }));
    await expect(run(process.execPath, [...deploy, "--config", file], { cwd: root })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("new_sqlite_classes"),
    });
  });
});
