import { execFile } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { startWorkerd } from "../support/edge/workerd.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = `${root}build/readme-edge`;
const run = promisify(execFile);

it("the worker in the README, built by the configuration in the docs with the built package, serves", async () => {
  const [, worker = ""] = /```ts\n(.*?)```/s.exec(await readFile(`${root}README.md`, "utf8")) ?? [];
  const [, config = ""] = /```js\n(.*?)```/s.exec(await readFile(`${root}docs/edge.md`, "utf8")) ?? [];
  const options = { cwd: root, timeout: 120_000 };
  await run(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "edge/build"], options);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/worker.ts`, worker);
  await writeFile(`${folder}/vite.config.mjs`, config);
  await copyFile(`${root}build/actors/kvcounter.wasm`, `${folder}/kvcounter.wasm`);
  await run(process.execPath, [`${root}node_modules/vite/bin/vite.js`, "build"], { ...options, cwd: folder });
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
}, 180_000);
