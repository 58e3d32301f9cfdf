import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DashboardServer, startDashboard } from "../../node/start/dashboard-server.ts";
import { RegistryClient, registryProxy, throughRegistryProxy } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { registryUser, startRegistry, type TestRegistry } from "../support/docker-registry.ts";
import { startTokenService, type TokenService } from "../support/token-service.ts";

const echo = testActor("echo").bytes;
let tokens: TokenService;
let withPassword: TestRegistry;
let withTokens: TestRegistry;
let dashboard: DashboardServer;

beforeAll(async () => {
  tokens = await startTokenService();
  withPassword = await startRegistry({ auth: "basic" });
  withTokens = await startRegistry({ auth: tokens.authLines });
  const allow = [withPassword.name, withTokens.name, tokens.name];
  dashboard = await startDashboard({ directory: ".", registries: { allow, insecure: allow } });
  for (const { name } of [withPassword, withTokens]) {
    const client = new RegistryClient({ insecure: [name], credentials: () => registryUser });
    await client.push(`${name}/private/echo:1`, echo, { kind: "actor" });
  }
});
afterAll(async () => {
  await dashboard.stop();
  await Promise.all([withPassword.stop(), withTokens.stop(), tokens.stop()]);
});

/** A client that knows registries by https, as pages do, and reaches them through the dashboard's server. */
function client(credentials?: typeof registryUser): RegistryClient {
  const proxy = throughRegistryProxy(`${dashboard.url}/registry-proxy`);
  return new RegistryClient({ proxy, credentials: () => credentials });
}

describe("through the dashboard's server", () => {
  test.each([
    ["a password", () => withPassword],
    ["tokens", () => withTokens],
  ])("a registry with %s gives its images to its user, and to nobody else", async (_how, registry) => {
    const { name } = registry();
    const { bytes } = await client(registryUser).pull(`${name}/private/echo:1`);
    expect(Buffer.compare(bytes, echo)).toBe(0);
    const code = "registry.unauthorized";
    await expect(client().pull(`${name}/private/echo:1`)).rejects.toMatchObject({ code });
    const wrong = { ...registryUser, password: "wrong" } as unknown as typeof registryUser;
    await expect(client(wrong).pull(`${name}/private/echo:1`)).rejects.toMatchObject({ code });
  });

  test("nothing is pushed", async () => {
    const push = client(registryUser).push(`${withPassword.name}/private/echo:2`, echo, { kind: "actor" });
    await expect(push).rejects.toMatchObject({ code: "registry.refused" });
  });

  test("no other registry is reached", async () => {
    await expect(client().pull("127.0.0.1:1/a:1")).rejects.toMatchObject({
      code: "registry.unauthorized",
      message: expect.stringContaining("does not allow 127.0.0.1:1"),
    });
  });

  test("the page is told which it may reach", async () => {
    const offer = (await (await fetch(`${dashboard.url}/weblattice.json`)).json()) as object;
    expect(offer).toMatchObject({ registries: [withPassword.name, withTokens.name, tokens.name] });
  });
});

test("a proxy whose operator allows it takes pushes to a real registry", async () => {
  const { name } = withTokens;
  const handle = registryProxy({ allow: [name, tokens.name], insecure: [name, tokens.name], push: true });
  const pusher = new RegistryClient({
    proxy: throughRegistryProxy("http://localhost/registry-proxy"),
    credentials: () => registryUser,
    fetch: (url, init) => handle(new Request(url, init)),
  });
  const { digest } = await pusher.push(`${name}/private/pushed:1`, echo, { kind: "actor" });
  expect((await client(registryUser).pull(`${name}/private/pushed@${digest}`)).bytes).toHaveLength(
    echo.length,
  );
});
