import type { Worker } from "@playwright/test";
import type { DashboardServer } from "../../node/start/dashboard-server.ts";
import { testActor } from "../support/actors.ts";
import { serveWithoutJspi } from "../support/browser/hidden-jspi.ts";
import { sendCall } from "../support/browser/steps.ts";
import type { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";
import { serveDashboard } from "../support/dashboard.ts";

const pinger = testActor("pinger").key;
const ponger = testActor("ponger").key;
const echo = testActor("echo").key;

/** What the engine offers in a worker, asked inside it. */
function engineOf(worker: Worker): Promise<{ readonly jspi: boolean; readonly sharedMemory: boolean }> {
  return worker.evaluate(() => ({
    jspi: "Suspending" in WebAssembly && "promising" in WebAssembly,
    sharedMemory: typeof SharedArrayBuffer === "function",
  }));
}

/** What the engine offers in all workers that hold actors. */
async function enginesOf(tab: Tab): Promise<unknown[]> {
  const workers = await tab.actorWorkers();
  expect(workers.length).toBeGreaterThan(0);
  return Promise.all(workers.map(engineOf));
}

async function expectStrategy(tab: Tab, name: string, text: string): Promise<void> {
  const strategy = tab.page.getByTestId("host-call-strategy");
  await expect(strategy).toHaveAttribute("data-strategy", name);
  await expect(strategy).toHaveText(text);
  await tab.page.getByText("Environment and limits").click();
  await expect(tab.page.getByText("Host calls by").locator("xpath=following-sibling::dd[1]")).toHaveText(
    text,
  );
}

/** Every way in which guests of the examples call out. */
async function callOutEveryWay(tab: Tab): Promise<void> {
  await tab.startActors("ponger", "pinger", "echo", "faulty", "kvcounter");
  const provider = await tab.startKeyValue();
  await tab.linkKeyValue("kvcounter", provider.id);

  await test.step("pinger reaches ponger by alias and by key", async () => {
    for (const target of ["weblattice/examples/ponger", ponger]) {
      expect(await tab.call(pinger, "PingVia", { target, value: 11 })).toEqual({ value: 53 });
    }
  });
  await test.step("the counter reaches its provider", async () => {
    for (const counter of [1, 2, 3]) {
      expect(await tab.call(testActor("kvcounter").key, "Count")).toEqual({ counter });
    }
  });
  await test.step("an answer of 300 KB arrives whole", async () => {
    const payload = Uint8Array.from({ length: 300_000 }, (_, index) => index * 31 + (index >> 8));
    const answer = await tab.ask("weblattice/tests/faulty", "Call", {
      target: echo,
      operation: "Echo",
      payload,
    });
    expect(answer.ok && Buffer.from(answer.reply).equals(payload)).toBe(true);
  });
}

test("with promise integration guests call actors and providers", async ({ tab }) => {
  await expectStrategy(tab, "jspi", "JSPI");
  await callOutEveryWay(tab);
  expect(await enginesOf(tab)).toContainEqual({ jspi: true, sharedMemory: true });
});

test("the pinger is told from the dashboard to ping", async ({ tab }) => {
  const { page } = tab;
  await page.getByRole("button", { name: "Start Ponger" }).click();
  await page.getByRole("button", { name: "Start Pinger" }).click();
  await page.getByRole("button", { name: "Call Pinger" }).click();
  for (const target of ["weblattice/examples/ponger", ponger]) {
    await sendCall(page, { target: pinger, operation: "PingVia", payload: { target, value: target.length } });
    await expect(page.getByTestId("call-reply")).toContainText(`"value": ${target.length + 42}`);
  }
});

test.describe("without promise integration", () => {
  let isolated: DashboardServer;
  let bare: DashboardServer;
  test.beforeAll(async () => {
    isolated = await serveWithoutJspi({ isolated: true });
    bare = await serveWithoutJspi({ isolated: false });
  });
  test.afterAll(async () => {
    await isolated.stop();
    await bare.stop();
  });

  test("guests call out by shared memory", async ({ openTab }) => {
    const tab = await openTab({ url: isolated.url });
    await expectStrategy(tab, "shared-memory", "Shared memory");
    await callOutEveryWay(tab);
    for (const engine of await enginesOf(tab)) expect(engine).toEqual({ jspi: false, sharedMemory: true });
  });

  test("and without shared memory a host call fails with a clear text, and echo works", async ({
    openTab,
  }) => {
    const tab = await openTab({ url: bare.url });
    const { page } = tab;
    await expectStrategy(tab, "none", "None");
    await tab.startActors("ponger", "pinger", "echo");
    for (const engine of await enginesOf(tab)) expect(engine).toEqual({ jspi: false, sharedMemory: false });

    await sendCall(page, { target: pinger, operation: "PingVia", payload: { target: ponger, value: 11 } });
    const error = page.getByTestId("call-error");
    await expect(error).toContainText("Host calls are not available here");
    await expect(error).toContainText("Serve the page with the COOP and COEP headers");

    await sendCall(page, { target: echo, operation: "Echo", payload: { text: "still here" } });
    await expect(page.getByTestId("call-reply")).toContainText("still here");
  });
});

test("a page without isolation headers uses promise integration all the same", async ({ openTab }) => {
  const server = await serveDashboard({ isolated: false });
  try {
    const tab = await openTab({ url: server.url });
    await expectStrategy(tab, "jspi", "JSPI");
    await tab.startActors("ponger", "pinger");
    expect(await enginesOf(tab)).toContainEqual({ jspi: true, sharedMemory: false });
    expect(await tab.call(pinger, "PingVia", { target: ponger, value: 11 })).toEqual({ value: 53 });
  } finally {
    await server.stop();
  }
});

test("the address can forbid promise integration", async ({ openTab }) => {
  const tab = await openTab({ query: { hostCalls: "shared-memory" } });
  await expectStrategy(tab, "shared-memory", "Shared memory");
  await tab.startActors("ponger", "pinger");
  expect(await tab.call(pinger, "PingVia", { target: ponger, value: 11 })).toEqual({ value: 53 });
});
