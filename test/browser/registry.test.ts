import type { Page } from "@playwright/test";
import type { DashboardServer } from "../../node/start/dashboard-server.ts";
import type * as registryModule from "../../src/registry/index.ts";
import { RegistryClient } from "../../src/registry/index.ts";
import { testActor } from "../support/actors.ts";
import { serveRegistryPage } from "../support/browser/registry-page.ts";
import { expect, test } from "../support/browser/test.ts";
import { registryUser, startRegistry, type TestRegistry } from "../support/docker-registry.ts";
import { startTokenService, type TokenService } from "../support/token-service.ts";

const echo = testActor("echo").bytes;
let server: DashboardServer;
let open: TestRegistry;
let closed: TestRegistry;
let tokens: TokenService;
let withTokens: TestRegistry;

test.beforeAll(async () => {
  closed = await startRegistry({ auth: "basic" });
  tokens = await startTokenService();
  withTokens = await startRegistry({ auth: tokens.authLines });
  const allow = [closed.name, withTokens.name, tokens.name];
  server = await serveRegistryPage({ registries: { allow, insecure: allow } });
  open = await startRegistry({ pageOrigin: server.url });
  for (const { name } of [open, closed, withTokens]) {
    const client = new RegistryClient({ insecure: [name, tokens.name], credentials: () => registryUser });
    await client.push(`${name}/actors/echo:1`, echo, { kind: "actor" });
  }
});
test.afterAll(async () => {
  await Promise.all([server, open, closed, withTokens, tokens].map((each) => each.stop()));
});

/** How a page pulls. */
interface Pulling {
  readonly registry: string;
  readonly insecure?: boolean;
  readonly user?: { readonly user: string; readonly password: string };
  readonly proxied?: boolean;
}

/** What a page gets: the bytes as numbers, or the code and the hint of the error. */
async function pullInPage(page: Page, pulling: Pulling): Promise<number[] | { code: string; hint: string }> {
  await page.goto(server.url);
  return page.evaluate(async ({ registry, insecure, user, proxied }) => {
    const address = "/registry.js";
    const module: typeof registryModule = await import(address);
    const proxy = module.throughRegistryProxy(new URL("/registry-proxy", location.href).href);
    const client = new module.RegistryClient({
      insecure: insecure === true ? [registry] : [],
      credentials: () => user,
      ...(proxied === true ? { proxy } : {}),
    });
    try {
      return Array.from((await client.pull(`${registry}/actors/echo:1`)).bytes);
    } catch (error) {
      const { code, hint } = error as { code: string; hint: string };
      return { code, hint };
    }
  }, pulling);
}

test("a page pulls from a registry that allows it", async ({ page }) => {
  expect(await pullInPage(page, { registry: open.name, insecure: true })).toEqual(Array.from(echo));
});

test("a page is told of CORS and the proxy where a registry does not allow it", async ({ page }) => {
  expect(await pullInPage(page, { registry: closed.name, insecure: true, user: registryUser })).toEqual({
    code: "registry.unreachable",
    hint: expect.stringMatching(/CORS.*proxy/),
  });
});

test("a page pulls through its server's proxy from a registry that wants a password", async ({ page }) => {
  const pulling = { registry: closed.name, user: registryUser, proxied: true };
  expect(await pullInPage(page, pulling)).toEqual(Array.from(echo));
});

test("a page pulls through its server's proxy from a registry that wants a token", async ({ page }) => {
  const pulling = { registry: withTokens.name, user: registryUser, proxied: true };
  expect(await pullInPage(page, pulling)).toEqual(Array.from(echo));
});

test("a page without the password learns that at once: the browser asks nobody for it", async ({ page }) => {
  const pulling = { registry: closed.name, proxied: true };
  expect(await pullInPage(page, pulling)).toMatchObject({ code: "registry.unauthorized" });
});
