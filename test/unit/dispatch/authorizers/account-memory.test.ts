import { describe, expect, it } from "vitest";
import { authorize } from "../../../../src/dispatch/authorize.ts";
import { type NatsAccountServerOptions, natsAccountServer } from "../../../../src/dispatch/index.ts";
import { STORE } from "../dispatcher-setting.ts";
import { body, listing, newAccount, signedBy, status, useAccountServer } from "./account-server.ts";

const server = useAccountServer();
const NOW = 1_700_000_000;

/** An authorizer with a clock that the test sets, in milliseconds after its start. */
function steered(options: Partial<NatsAccountServerOptions> = {}) {
  const clock = { ms: 0 };
  const authorizer = natsAccountServer({
    root: server.root,
    cacheMs: 1_000,
    negativeCacheMs: 100,
    now: () => NOW * 1_000 + clock.ms,
    ...options,
  });
  return {
    clock,
    load: async (issuer: string) => authorizer.canLoad(signedBy(issuer)),
    invoke: async (issuer: string) => authorizer.canInvoke(signedBy(issuer), STORE, "Get"),
    authorizer,
  };
}

async function knownAccount(): Promise<string> {
  const account = await newAccount();
  server.answer(account, body(listing(account)));
  return account;
}

describe("what an account server said", () => {
  it("is remembered for calls, and asked for again after its time", async () => {
    const account = await knownAccount();
    const { clock, load, invoke } = steered();
    await load(account);
    clock.ms = 999;
    expect([await invoke(account), await invoke(account), await load(account)]).toEqual([true, true, true]);
    expect(server.requests).toHaveLength(1);
    clock.ms = 1_000;
    expect(await invoke(account)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it("no longer counts when the account was withdrawn", async () => {
    const account = await knownAccount();
    const { clock, load, invoke } = steered();
    await load(account);
    server.answer(account, status(404));
    expect(await invoke(account)).toBe(true);
    clock.ms = 1_000;
    expect(await invoke(account)).toBe(false);
  });

  it("is asked for also if the issuer's actors were not loaded here", async () => {
    const account = await knownAccount();
    const { invoke } = steered();
    expect(await invoke(account)).toBe(true);
    expect(await invoke(await newAccount())).toBe(false);
  });

  it("no is remembered for a time of its own", async () => {
    const account = await newAccount();
    const { clock, load } = steered();
    expect(await load(account)).toBe(false);
    server.answer(account, body(listing(account)));
    clock.ms = 99;
    expect(await load(account)).toBe(false);
    clock.ms = 100;
    expect(await load(account)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it("is not remembered beyond the account's expiry", async () => {
    const account = await newAccount();
    server.answer(account, body(listing(account, NOW + 10)));
    const { clock, load, invoke } = steered({ cacheMs: 60_000 });
    await load(account);
    clock.ms = 9_999;
    expect(await invoke(account)).toBe(true);
    expect(server.requests).toHaveLength(1);
    clock.ms = 10_000;
    expect(await invoke(account)).toBe(false);
  });

  it("is not remembered if it was no answer: the next question is asked, and nothing allowed meanwhile", async () => {
    const account = await knownAccount();
    const { clock, load, invoke } = steered();
    await load(account);
    server.answer(account, status(500));
    clock.ms = 1_000;
    await expect(invoke(account)).rejects.toMatchObject({ code: "dispatch.authorizer_failed" });
    await expect(invoke(account)).rejects.toMatchObject({ code: "dispatch.authorizer_failed" });
    server.answer(account, body(listing(account)));
    expect(await invoke(account)).toBe(true);
    expect(server.requests).toHaveLength(4);
  });

  it("is not remembered at all if so wished", async () => {
    const account = await knownAccount();
    const { load } = steered({ cacheMs: 0, negativeCacheMs: 0 });
    const unknown = await newAccount();
    for (const issuer of [account, account, unknown, unknown]) await load(issuer);
    expect(server.requests).toHaveLength(4);
  });

  it("is forgotten for the account that was not used for longest, if there are too many", async () => {
    const [first, second, third] = [await knownAccount(), await knownAccount(), await knownAccount()];
    const { load } = steered({ maxCached: 2 });
    for (const issuer of [first, second, first, third, first]) await load(issuer);
    expect(server.requests).toHaveLength(3);
    await load(second);
    expect(server.requests).toHaveLength(4);
  });
});

describe("questions at the same time", () => {
  it("about one account are one request", async () => {
    const account = await knownAccount();
    const { load, invoke } = steered();
    expect(await Promise.all([load(account), invoke(account), load(account)])).toEqual([true, true, true]);
    expect(server.requests).toHaveLength(1);
  });

  it("fail together, and the next is a new one", async () => {
    const account = await newAccount();
    server.answer(account, status(500));
    const { load } = steered();
    const outcomes = await Promise.allSettled([load(account), load(account)]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(["rejected", "rejected"]);
    server.answer(account, body(listing(account)));
    expect(await load(account)).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  it("about too many accounts are refused, and there is room again later", async () => {
    const [first, second, third] = [await knownAccount(), await knownAccount(), await knownAccount()];
    const { load } = steered({ maxPending: 2 });
    const [one, two, three] = await Promise.allSettled([load(first), load(second), load(third)]);
    expect([one, two]).toMatchObject([{ value: true }, { value: true }]);
    expect(three).toMatchObject({
      reason: {
        code: "dispatch.authorizer_failed",
        message: `The account server ${server.root} is being asked about 2 accounts already`,
      },
    });
    expect(await load(third)).toBe(true);
  });
});

describe("a call", () => {
  it("is denied while the account server cannot be asked, and only the details say why", async () => {
    const account = await newAccount();
    server.answer(account, status(503));
    const request = {
      origin: { kind: "actor", id: "MA" },
      target: STORE,
      operation: "Get",
      claimsOf: () => signedBy(account),
      authorizer: steered().authorizer,
      now: NOW,
    } as const;
    await expect(authorize(request)).rejects.toMatchObject({
      code: "dispatch.denied",
      message: "Invocation authorization denied",
      details: {
        reason: `Authorization denied - the authorizer failed: The account server ${server.root} answered 503`,
      },
    });
  });
});
