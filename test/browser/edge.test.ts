import { decode, encode } from "@msgpack/msgpack";
import { testActor } from "../support/actors.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";
import { buildWorker } from "../support/edge/build.ts";
import { startWorkerd, type Workerd } from "../support/edge/workerd.ts";

let edge: Workerd | undefined;
test.afterEach(() => edge?.stop());

test("a host in a tab and one on the edge call each other's actors", async ({ nats, tab }) => {
  const directory = test.info().outputPath("worker");
  await buildWorker("test/edge/worker/worker.ts", directory);
  edge = await startWorkerd({
    rootPath: directory,
    scriptPath: "worker.js",
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
    bindings: { NATS_URL: nats.webSocketUrl },
    durableObjects: {
      HOST_OBJECT: { className: "HostObject", useSQLite: true },
      STORE: { className: "StoreObject", useSQLite: true },
      KEYVALUE: { className: "KeyValueObject", useSQLite: true },
    },
  });
  const { url } = edge;
  await tab.startActors("ponger");
  await joinByDialog(tab.page, nats.webSocketUrl);
  // The first request wakes the object, which then joins.
  expect((await fetch(`${url}/echo`)).status).toBe(200);

  await expect
    .poll(() => tab.call(testActor("echo").key, "Echo", [1, 2, 3]).catch(String))
    .toEqual([1, 2, 3]);

  const question = encode({ target: testActor("ponger").key, value: 1 });
  const args = [testActor("pinger").key, "PingVia", question];
  const body = new Uint8Array(encode({ binding: "HOST_OBJECT", name: "host", method: "call", args }));
  const response = await fetch(`${url}/_test`, { method: "POST", body });
  const { answer } = decode(await response.arrayBuffer()) as { answer: { ok: boolean; value: Uint8Array } };
  expect(answer.ok && decode(answer.value)).toEqual({ value: 43 });
});
