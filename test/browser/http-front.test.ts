import type { BrowserContext, Page } from "@playwright/test";
import { startNatsServer } from "../../node/lattice/nats-server.ts";
import type { DashboardServer } from "../../node/start/dashboard-server.ts";
import { testActor } from "../support/actors.ts";
import { type ServedActor, serveActors } from "../support/browser/served-tab.ts";
import { Tab } from "../support/browser/tab.ts";
import { expect, test } from "../support/browser/test.ts";
import { serveDashboard } from "../support/dashboard.ts";

const MIB = 1024 * 1024;
const shortener: ServedActor = { name: "urlshortener", path: "/s", uses: ["weblattice:keyvalue"] };
const served: readonly ServedActor[] = [
  { name: "echo", path: "/echo" },
  { name: "website", path: "/site", callDeadlineMs: 3_000 },
  { name: "filedrop", path: "/drop", uses: ["weblattice:blobstore"] },
  shortener,
];

let server: DashboardServer;
let context: BrowserContext;
let tab: Tab;
/** A page of the origin that has no host and none of this library's code. */
let plain: Page;

test.describe.configure({ mode: "serial" });
test.beforeAll(async ({ browser }) => {
  server = await serveDashboard();
  context = await browser.newContext();
  tab = await Tab.open(await context.newPage(), server.url);
  await serveActors(tab, served);
  plain = await context.newPage();
  await plain.goto(`${server.url}/weblattice.json`);
});
test.afterAll(async () => {
  await context.close();
  await server.stop();
});

interface Asking {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** What a page gets for an address. */
function ask(page: Page, path: string, init: Asking = {}) {
  return page.evaluate(
    async ({ path, init }) => {
      const response = await fetch(path, init);
      const headers = Object.fromEntries([...response.headers]);
      return { status: response.status, headers, text: await response.text() };
    },
    { path, init },
  );
}

/** Sends so many bytes and says whether the same come back, by their hashes. */
function sendBytes(page: Page, path: string, bytes: number, way: "echo" | "store") {
  return page.evaluate(
    async ({ path, bytes, way }) => {
      const words = new Uint32Array(bytes / 4 + 1).map((_, index) => Math.imul(index, 2_654_435_761));
      const body = new Uint8Array(words.buffer).slice(0, bytes);
      const hash = async (data: ArrayBuffer): Promise<string> =>
        new Uint8Array(await crypto.subtle.digest("SHA-256", data)).join();
      const sent = await fetch(path, { method: "PUT", body });
      let back = sent;
      if (way === "store") {
        do back = await fetch(path);
        while (back.status === 202);
      }
      const data = await back.arrayBuffer();
      return {
        sent: sent.status,
        status: back.status,
        isSame: (await hash(data)) === (await hash(body.buffer)),
      };
    },
    { path, bytes, way },
  );
}

test("a plain page's request reaches an actor with its method, headers, query and body", async () => {
  const headers = { "x-Custom": "a;b", "content-type": "text/x-test" };
  const init = { method: "PATCH", body: "héllo", headers };
  const { status, text } = await ask(plain, "/http/echo/a%20b?x=1&y=%C3%A9", init);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toEqual({
    method: "PATCH",
    path: "/a%20b",
    query_string: "x=1&y=%C3%A9",
    headers: expect.objectContaining({
      "x-custom": "a;b",
      "content-type": "text/x-test",
      "content-length": "6",
      "user-agent": expect.stringContaining("Chrome"),
      host: new URL(server.url).host,
      "x-forwarded-prefix": "/http/echo",
    }),
    body: [...new TextEncoder().encode("héllo")],
  });
  const answer = await ask(plain, "/http/site/headers");
  expect(answer).toMatchObject({ status: 201, headers: { "x-one": "1" }, text: "several letters" });
  const methods = ["GET", "DELETE", "OPTIONS", "PUT", "REPORT"];
  const told = await Promise.all(methods.map((method) => ask(plain, "/http/echo", { method })));
  expect(told.map(({ text }) => (JSON.parse(text) as { method: string }).method)).toEqual(methods);
  expect((await ask(plain, "/http/site/large/5", { method: "HEAD" })).text).toBe("");
});

test("8 MiB come through both ways, and one byte more is a 413", async () => {
  expect(await sendBytes(plain, "/http/site/x", 8 * MIB, "echo")).toEqual({
    sent: 200,
    status: 200,
    isSame: true,
  });
  expect(await sendBytes(plain, "/http/site/x", 8 * MIB + 1, "echo")).toMatchObject({ sent: 413 });
  const stored = await sendBytes(plain, "/http/drop/big.bin", MIB, "store");
  expect(stored).toEqual({ sent: 201, status: 200, isSame: true });
});

test("a page that a person opens is answered by the actor, and follows where it leads", async () => {
  const target = `${server.url}/actors/index.json`;
  const made = await ask(plain, "/http/s/", { method: "POST", body: target });
  expect([made.status, made.headers["location"]]).toEqual([201, `${server.url}/http/s/1`]);
  const page = await context.newPage();
  const [link] = await tab.page.getByRole("link", { name: /\/http\/s\/$/ }).all();
  expect(await link?.getAttribute("href")).toBe("/http/s/");
  await page.goto(`${server.url}/http/s/1`);
  expect(page.url()).toBe(target);
  expect((await ask(plain, "/http/s/1/visits")).text).toBe('{"visits":1}');
  await page.close();
});

test("an actor's page has an origin of its own and cannot reach the dashboard's storage", async () => {
  const page = await context.newPage();
  const response = await page.goto(`${server.url}/http/site/x`);
  expect(response?.headers()["content-security-policy"]).toMatch(/^sandbox /);
  const reached = await page.evaluate(async () => {
    const tries = [
      () => localStorage.length,
      () => indexedDB.open("weblattice"),
      () => document.cookie,
      () => navigator.serviceWorker.controller,
    ];
    return {
      origin: self.origin,
      refused: tries.map((attempt) => {
        try {
          attempt();
          return false;
        } catch {
          return true;
        }
      }),
    };
  });
  expect(reached).toEqual({ origin: "null", refused: [true, true, true, true] });
  await page.close();
});

test("what goes wrong has its status and a page to read", async () => {
  const asked = [
    ["/http/site/trap", 502],
    ["/http/site/late", 504],
    ["/http/site/garbage", 500],
    ["/http/site/bad-header", 500],
    ["/http/nobody", 404],
    ["/http/site/..%2fecho", 400],
  ] as const;
  const answers = await Promise.all(asked.map(([path]) => ask(plain, path)));
  expect(answers.map(({ status }, index) => [asked[index]?.[0], status])).toEqual(asked);
  expect(answers[0]?.text).toContain("<h1>502 Bad Gateway</h1>");
  expect((await ask(plain, "/http/site/still", { method: "POST", body: "well" })).text).toBe("well");
});

test("a service worker that was stopped works on", async () => {
  const session = await context.newCDPSession(plain);
  const stopped = new Promise<void>((resolve) => {
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === "stopped")) resolve();
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await stopped;
  await session.detach();
  expect((await ask(plain, "/http/site/x", { method: "POST", body: "again" })).text).toBe("again");
});

test("the tab that runs the actor answers, among all that serve its path", async () => {
  const other = await Tab.open(await context.newPage(), server.url);
  await serveActors(other, [{ name: "website", path: "/site" }]);
  await (await tab.host()).evaluate((host, key) => host.stopActor(key), testActor("website").key);
  expect(await ask(plain, "/http/site/x", { method: "POST", body: "there" })).toMatchObject({
    status: 200,
    text: "there",
  });
  expect((await other.actor("website"))?.calls).toBe(1);
  await other.page.close();
  // A tab that is being closed may answer a last time.
  const status = async (): Promise<number> => (await ask(plain, "/http/site/x")).status;
  await expect.poll(status, { intervals: [10] }).toBe(502);
});

test("an actor of a tab that does not serve it is reached over the lattice", async () => {
  const nats = await startNatsServer();
  const other = await Tab.open(await context.newPage(), server.url);
  await other.startActors("website");
  for (const each of [tab, other]) await each.join(nats.webSocketUrl);
  const answer = await ask(plain, "/http/site/x", { method: "POST", body: "far" });
  expect([answer.status, answer.text]).toEqual([200, "far"]);
  await other.page.close();
  await (await tab.host()).evaluate((host) => host.leave());
  await nats.stop();
});

test("a reload of the tab loses nothing that was acknowledged, and leaves nobody waiting", async () => {
  const writes = await plain.evaluateHandle((address) => {
    const told: { readonly status: number; readonly name: string; readonly address: string }[] = [];
    const state = { isOver: false, told, done: Promise.resolve<unknown>(undefined) };
    const write = async (writer: number): Promise<void> => {
      for (let count = 0; !state.isOver; count++) {
        const body = `${address}?${writer}-${count}`;
        const response = await fetch("/http/s/", { method: "POST", body });
        const name = response.status === 201 ? ((await response.json()) as { name: string }).name : "";
        told.push({ status: response.status, name, address: body });
        if (name === "") await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    state.done = Promise.all([0, 1, 2, 3, 4, 5].map(write));
    return state;
  }, `${server.url}/weblattice.json`);
  await plain.waitForFunction(({ told }) => told.length > 20, writes);
  await tab.page.reload();
  const told = await writes.evaluate(async (state) => {
    state.isOver = true;
    await state.done;
    return state.told;
  });
  const kept = told.filter(({ status }) => status === 201);
  const failed = new Set(told.map(({ status }) => status).filter((status) => status !== 201));
  expect(kept.length).toBeGreaterThan(20);
  expect(failed.size).toBeGreaterThan(0);
  expect([...failed].filter((status) => status !== 502 && status !== 503)).toEqual([]);

  await tab.page.waitForFunction(() => window.weblattice !== undefined);
  await serveActors(tab, [shortener]);
  const found = await plain.evaluate(
    (names) => Promise.all(names.map(async (name) => (await fetch(`/http/s/${name}`)).url)),
    kept.map(({ name }) => name),
  );
  expect(found).toEqual(kept.map(({ address }) => address));
});

test("without a tab that serves, a request is told so at once", async () => {
  await tab.page.close();
  const status = async (): Promise<number> => (await ask(plain, "/http/s/1")).status;
  await expect.poll(status, { intervals: [10] }).toBe(503);
  const { headers, text } = await ask(plain, "/http/s/1");
  expect(headers["retry-after"]).toBe("1");
  expect(text).toContain("<h1>503 Service Unavailable</h1>");
});
