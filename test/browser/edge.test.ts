import { decode, encode } from "@msgpack/msgpack";
import { testActor } from "../support/actors.ts";
import { joinByDialog } from "../support/browser/steps.ts";
import { expect, test } from "../support/browser/test.ts";
import { buildWorker } from "../support/edge/build.ts";
import { startWorkerd, type Workerd } from "../support/edge/workerd.ts";

const TOKEN = "only for those who watch";

let edge: Workerd | undefined;
let directory = "";
test.beforeAll(async () => {
  directory = test.info().outputPath("worker");
  await buildWorker("test/edge/worker/worker.ts", directory);
});
test.afterEach(() => edge?.stop());

async function startEdge(bindings: Record<string, string>): Promise<Workerd> {
  edge = await startWorkerd({
    rootPath: directory,
    scriptPath: "worker.js",
    modules: true,
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"] }],
    compatibilityDate: "2026-04-01",
    bindings,
    durableObjects: {
      HOST_OBJECT: { className: "HostObject", useSQLite: true },
      STORE: { className: "StoreObject", useSQLite: true },
      KEYVALUE: { className: "KeyValueObject", useSQLite: true },
    },
  });
  return edge;
}

/** Calls a method of the object that holds the host. */
async function ask(
  url: string,
  method: string,
  ...args: unknown[]
): Promise<{ ok: boolean; value: Uint8Array }> {
  const body = new Uint8Array(encode({ binding: "HOST_OBJECT", name: "host", method, args }));
  const response = await fetch(`${url}/_test`, { method: "POST", body });
  return (decode(await response.arrayBuffer()) as { answer: { ok: boolean; value: Uint8Array } }).answer;
}

test("a host in a tab and one on the edge call each other's actors", async ({ nats, tab }) => {
  const { url } = await startEdge({ NATS_URL: nats.webSocketUrl });
  await tab.startActors("ponger");
  await joinByDialog(tab.page, nats.webSocketUrl);
  // The first request wakes the object, which then joins.
  expect((await fetch(`${url}/echo`)).status).toBe(200);

  await expect
    .poll(() => tab.call(testActor("echo").key, "Echo", [1, 2, 3]).catch(String))
    .toEqual([1, 2, 3]);

  const question = encode({ target: testActor("ponger").key, value: 1 });
  const answer = await ask(url, "call", testActor("pinger").key, "PingVia", question);
  expect(answer.ok && decode(answer.value)).toEqual({ value: 43 });
});

test("the page shows what a host on the edge tells, to those who have the token", async ({ tab }) => {
  const { url } = await startEdge({ FEED_TOKEN: TOKEN, HOST_LABELS: "zone=edge" });
  const { page } = tab;
  const panel = page.locator("#edge-host");
  await panel.getByRole("button", { name: "Watch a host" }).click();
  await panel.getByLabel("Address").fill("edge.example.com");
  await panel.getByLabel("Feed token").fill("of another host");
  await panel.getByRole("button", { name: "Watch", exact: true }).click();
  await expect(panel.getByRole("alert")).toHaveText(/begins with https:/);
  await panel.getByLabel("Address").fill(url);
  await panel.getByRole("button", { name: "Watch", exact: true }).click();
  await expect(panel.getByTestId("edge-error")).toHaveAttribute("data-code", "feed.refused");

  await panel.getByRole("button", { name: "Watch another" }).click();
  await panel.getByLabel("Feed token").fill(TOKEN);
  await panel.getByLabel("Feed token").press("Enter");
  const echo = panel.getByRole("listitem", { name: "Echo on the edge host" });
  await expect(echo).toBeVisible();
  await expect(panel.getByText("zone=")).toBeVisible();
  await ask(url, "stopActor", testActor("echo").key);
  await expect(echo).toBeHidden();
  await expect(panel.getByRole("log")).toContainText("Echo");
  await expect(page.getByTestId("edge-error")).toBeHidden();

  await edge?.stop();
  await expect(panel.getByTestId("edge-error")).toHaveAttribute("data-code", "feed.closed");
  await expect(panel.getByRole("listitem", { name: "Pinger on the edge host" })).toBeVisible();
  await panel.getByRole("button", { name: "Watch again" }).click();
  await expect(panel.getByTestId("edge-error")).toHaveAttribute("data-code", "feed.refused");
  await panel.getByRole("button", { name: "Dismiss", exact: true }).click();
  await expect(panel.getByText("for those who have its feed token")).toBeVisible();
});
