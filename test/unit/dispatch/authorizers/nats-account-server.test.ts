import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type NatsAccountServerOptions, natsAccountServer } from "../../../../src/dispatch/index.ts";
import { KeyPair } from "../../../../src/keys/index.ts";
import { STORE } from "../dispatcher-setting.ts";
import {
  body,
  listing,
  newAccount,
  type Route,
  signedBy,
  status,
  useAccountServer,
} from "./account-server.ts";

const server = useAccountServer();
const NOW = 1_700_000_000;

function asks(issuer: string, options: Partial<NatsAccountServerOptions> = {}): Promise<boolean> {
  const authorizer = natsAccountServer({ root: server.root, now: () => NOW * 1_000, ...options });
  return Promise.resolve(authorizer.canLoad(signedBy(issuer)));
}

const failed = (reason: unknown) => ({ code: "dispatch.authorizer_failed", message: reason });
/** A token as NATS writes it; nobody looks at its signature. */
const token = (claims: object): string =>
  ["{}", JSON.stringify(claims), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

/** The address of a server that need not speak HTTP. */
async function rawServer(onConnection: (socket: Socket) => void): Promise<string> {
  const raw = createServer((socket) => onConnection(socket.on("error", () => undefined))).listen(
    0,
    "127.0.0.1",
  );
  await once(raw, "listening");
  onTestFinished(() => void raw.close());
  return `http://127.0.0.1:${(raw.address() as AddressInfo).port}/jwt/v1`;
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

describe("an account server", () => {
  it.each<[string, (account: string) => string]>([
    ["a listing", (account) => listing(account)],
    ["a listing with an expiry", (account) => listing(account, NOW + 1)],
    ["JSON", (account) => JSON.stringify({ sub: account, exp: NOW + 1 })],
    ["JSON that never expires, as NATS writes it", (account) => JSON.stringify({ sub: account, exp: 0 })],
    ["a token", (account) => token({ sub: account, name: "ÿ?>" })],
  ])("that knows the issuer lets its actors load and call: %s", async (_form, write) => {
    const account = await newAccount();
    server.answer(account, body(write(account)));
    const authorizer = natsAccountServer({ root: server.root, now: () => NOW * 1_000 });
    expect(await authorizer.canLoad(signedBy(account))).toBe(true);
    expect(await authorizer.canInvoke(signedBy(account), STORE, "Get")).toBe(true);
  });

  it("that does not know the issuer refuses its actors", async () => {
    const authorizer = natsAccountServer({ root: server.root });
    const claims = signedBy(await newAccount());
    expect(await authorizer.canLoad(claims)).toBe(false);
    expect(await authorizer.canInvoke(claims, STORE, "Get")).toBe(false);
  });

  it.each<[string, (account: string) => string]>([
    ["a listing", (account) => listing(account, NOW - 1)],
    ["JSON", (account) => JSON.stringify({ sub: account, exp: NOW - 1 })],
    ["a token", (account) => token({ sub: account, exp: NOW - 1 })],
  ])("that tells of an account which has expired refuses its actors: %s", async (_form, write) => {
    const account = await newAccount();
    server.answer(account, body(write(account)));
    expect(await asks(account)).toBe(false);
  });

  it.each(["", "/", "//"])("is asked below its whole root, which ends with %j", async (end) => {
    const account = await newAccount();
    server.answer(account, body(listing(account)));
    expect(await asks(account, { root: server.root + end })).toBe(true);
    expect(server.requests).toEqual([`/jwt/v1/accounts/${account}?check=true&decode=true`]);
  });

  it("is not asked about what is no key of an account", async () => {
    const { publicKey: operator } = await KeyPair.generate("operator");
    for (const issuer of ["", "AA", "../../secret?", operator, `${await newAccount()}/..`]) {
      expect(await asks(issuer)).toBe(false);
    }
    expect(server.requests).toEqual([]);
  });
});

describe("nothing is allowed by an account server", () => {
  it.each<[string, Route, string]>([
    ["has an error", status(500), "answered 500"],
    ["asks for credentials", status(401), "answered 401"],
    ["redirects", status(302, { location: "/elsewhere" }), "answered 302"],
    ["says that nothing changed", status(304), "answered 304"],
  ])("that %s", async (_what, route, reason) => {
    const account = await newAccount();
    server.answer(account, route);
    await expect(asks(account)).rejects.toMatchObject(failed(`The account server ${server.root} ${reason}`));
    expect(server.requests).toHaveLength(1);
  });

  it.each<[string, (account: string) => string | Uint8Array]>([
    ["nothing", () => ""],
    ["a page", (account) => `<!doctype html><p>Log in to see ${account}</p>`],
    ["another account", () => listing(`A${"B".repeat(55)}`)],
    ["an account within another", (account) => JSON.stringify({ nats: { sub: account } })],
    ["an expiry that is no number", (account) => listing(account, NOW).replace(`${NOW}`, "<parse error>")],
    ["an expiry that is a text", (account) => JSON.stringify({ sub: account, exp: "never" })],
    ["JSON that is no object", () => "null"],
    ["a token that is no base64", (account) => `a.${account}!.c`],
    ["bytes that are no text", (account) => Buffer.concat([Buffer.of(0xff), Buffer.from(listing(account))])],
    ["more than it needs", (account) => listing(account) + " ".repeat(1_048_576)],
  ])("that answers with %s", async (_what, write) => {
    const account = await newAccount();
    server.answer(account, body(write(account)));
    await expect(asks(account)).rejects.toMatchObject(
      failed(`The account server ${server.root} answered with something other than the account`),
    );
  });

  it.each<[string, Route]>([
    ["at all", () => undefined],
    ["to the end", (_request, response) => void response.write("{")],
  ])("that does not answer in time %s, and it is no longer waited for", async (_what, route) => {
    const account = await newAccount();
    let closed: Promise<unknown> | undefined;
    server.answer(account, (request, response) => {
      closed = once(response, "close");
      route(request, response);
    });
    await expect(asks(account, { timeoutMs: 200 })).rejects.toMatchObject(
      failed(`The account server ${server.root} did not answer within 200 ms`),
    );
    expect(closed).toBeDefined();
    await closed;
  });

  it("that breaks off", async () => {
    const account = await newAccount();
    server.answer(account, (_request, response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write(listing(account), () => response.destroy());
    });
    await expect(asks(account)).rejects.toMatchObject(failed(expect.stringContaining("cannot be asked: ")));
  });

  it("that does not speak HTTP", async () => {
    const root = await rawServer((socket) => socket.end("SSH-2.0-OpenSSH_9.9\r\n"));
    await expect(asks(await newAccount(), { root })).rejects.toMatchObject(
      failed(expect.stringContaining(`The account server ${root} cannot be asked: `)),
    );
  });

  it("that hangs up", async () => {
    const root = await rawServer((socket) => socket.destroy());
    await expect(asks(await newAccount(), { root })).rejects.toMatchObject(
      failed(expect.stringContaining("cannot be asked: ")),
    );
  });

  it("that is not there", async () => {
    const root = `http://127.0.0.1:${await closedPort()}/jwt/v1`;
    await expect(asks(await newAccount(), { root })).rejects.toMatchObject(
      failed(expect.stringContaining("cannot be asked: ")),
    );
  });

  it("whose request never ends, whatever is told to it", async () => {
    const fetch = (): Promise<never> => new Promise(() => undefined);
    await expect(asks(await newAccount(), { fetch, timeoutMs: 10 })).rejects.toMatchObject(
      failed(expect.stringContaining("did not answer within 10 ms")),
    );
  });
});

describe("the options of an account server", () => {
  it.each([
    "",
    "accounts.example.com",
    "file:///etc",
    "nats://localhost",
    "https://user@example.com/jwt/v1",
    "https://:secret@example.com/jwt/v1",
    "https://example.com/jwt/v1?token=secret",
    "https://example.com/jwt/v1#secret",
  ])("refuse the root %j, and do not quote it", (root) => {
    expect(() => natsAccountServer({ root })).toThrow(
      expect.objectContaining({
        code: "input.invalid",
        message: "The root is not the address of an account server",
      }),
    );
  });

  it.each(["cacheMs", "negativeCacheMs", "timeoutMs", "maxCached", "maxPending"] as const)(
    "refuse what is no number for %s",
    (name) => {
      for (const value of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31]) {
        expect(() => natsAccountServer({ root: server.root, [name]: value })).toThrow(
          expect.objectContaining({ code: "input.invalid", message: expect.stringContaining(name) }),
        );
      }
    },
  );

  it.each(["timeoutMs", "maxCached", "maxPending"] as const)("refuse 0 for %s", (name) => {
    expect(() => natsAccountServer({ root: server.root, [name]: 0 })).toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
  });
});
