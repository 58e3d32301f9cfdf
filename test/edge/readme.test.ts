import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { serveStandalone } from "../support/edge/standalone.ts";
import { startWorkerd } from "../support/edge/workerd.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}build/readme-edge`;
const run = promisify(execFile);

const options = { cwd: root, timeout: 120_000 };
const build = (): Promise<unknown> =>
  run(process.execPath, [`${root}node_modules/vite/bin/vite.js`, "build"], { ...options, cwd: folder });
const docs = await readFile(`${root}docs/edge.md`, "utf8");
const [, config = ""] = /```js\n(.*?)```/s.exec(docs) ?? [];
const [, types = ""] = /```typescript\n(.*?)```/s.exec(docs) ?? [];
const [, server = ""] = /```ts\n(.*?)```/s.exec(docs) ?? [];

describe("the worker in the README, built with the built package", () => {
  beforeAll(async () => {
    const [, worker = ""] = /```ts\n(.*?)```/s.exec(await readFile(`${root}README.md`, "utf8")) ?? [];
    await run(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "edge/build"], options);
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFile(`${folder}/worker.ts`, worker);
    await writeFile(`${folder}/server.ts`, server);
    await copyFile(`${root}build/actors/kvcounter.wasm`, `${folder}/kvcounter.wasm`);
  }, 150_000);

  it("is right by TypeScript, with the declaration in the docs", async () => {
    await writeFile(`${folder}/actors.d.ts`, types);
    const flags =
      "--noEmit --strict --module esnext --moduleResolution bundler --target es2022 --skipLibCheck";
    const command = ["node_modules/typescript/bin/tsc", "--ignoreConfig", ...flags.split(" ")];
    await run(process.execPath, [...command, `${folder}/worker.ts`, `${folder}/actors.d.ts`], options);
  }, 60_000);

  it("serves on workerd, by the configuration in the docs", async () => {
    await writeFile(`${folder}/vite.config.mjs`, config);
    await build();
    const workerd = await startWorkerd({
      rootPath: `${folder}/dist`,
      scriptPath: "worker.js",
      modules: true,
      modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
      compatibilityDate: "2026-04-01",
      durableObjects: { HOST_OBJECT: { className: "HostObject", useSQLite: true } },
    });
    try {
      expect(await (await fetch(`${workerd.url}/count`)).json()).toEqual({ counter: 1 });
    } finally {
      await workerd.stop();
    }
  }, 60_000);

  it("serves on Bun, by the file in the docs", async () => {
    const standalone = config.replace('entry: "worker.ts"', 'entry: "server.ts", runtime: "standalone"');
    expect(standalone).not.toBe(config);
    await writeFile(`${folder}/vite.config.mjs`, standalone);
    await build();
    const served = await serveStandalone("bun", "worker.js", { PORT: "0" }, `${folder}/dist`);
    try {
      expect(await (await fetch(`${served.url}/count`)).json()).toEqual({ counter: 1 });
    } finally {
      await served.stop();
    }
  }, 60_000);
});
