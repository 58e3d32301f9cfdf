import { setTimeout as sleep } from "node:timers/promises";
import { encode } from "@msgpack/msgpack";
import type { NatsConnection } from "nats.ws";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  type Entity,
  type Invocation,
  parseActorPayload,
  signInvocation,
  type UnsignedInvocation,
} from "../../src/claims/index.ts";
import { asHostError, HostError } from "../../src/errors/index.ts";
import { KeyPair } from "../../src/keys/index.ts";
import {
  connectNats,
  decodeInvocationResponse,
  encodeInvocation,
  type InvocationResponse,
  type LatticeConnection,
  LatticeRpc,
  type LatticeRpcOptions,
  type LinkDefinition,
} from "../../src/lattice/index.ts";
import { Counters, Logger, RingBufferSink } from "../../src/telemetry/index.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { vectors } from "../unit/lattice/lattice-vectors.ts";

const ACTOR: Entity = { kind: "actor", id: vectors.invocation.target.id };
const CALLER: Entity = { kind: "actor", id: "MCALLER" };
const SYSTEM: Entity = { kind: "actor", id: "system" };
const PROVIDER: Entity = {
  kind: "provider",
  id: "VA",
  contractId: "wasmcloud:keyvalue",
  linkName: "default",
};
const LINK: LinkDefinition = {
  actorId: "MA",
  providerId: "VA",
  linkName: "default",
  contractId: "wasmcloud:keyvalue",
  values: { URL: "x" },
};

const server = useNatsServer({ config: "max_payload: 65536" });
const closing: (() => Promise<void>)[] = [];
let keys: KeyPair;
/** A peer that can send anything. */
let raw: NatsConnection;

beforeAll(async () => {
  keys = await KeyPair.generate("server");
});
beforeEach(async () => {
  raw = await connectClient(server.current.webSocketUrl);
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await raw.close();
});

interface Peer {
  readonly rpc: LatticeRpc;
  readonly connection: LatticeConnection;
  readonly counters: Counters;
  readonly log: RingBufferSink;
}

/** A host of the lattice, as far as RPC goes. */
async function peer(options: Partial<LatticeRpcOptions> = {}): Promise<Peer> {
  const counters = new Counters();
  const log = new RingBufferSink();
  const logger = new Logger([log]);
  const connection = await connectNats({ servers: server.current.webSocketUrl, counters, logger });
  const rpc = new LatticeRpc({ connection, host: keys, counters, logger, ...options });
  closing.push(async () => {
    await rpc.close();
    await connection.close();
  });
  return { rpc, connection, counters, log };
}

function call(parts: Partial<UnsignedInvocation> = {}): UnsignedInvocation {
  return { origin: CALLER, target: ACTOR, operation: "Op", payload: Buffer.from("ping"), ...parts };
}

const echo = async (invocation: Invocation): Promise<Uint8Array> => invocation.payload;
const text = (data: Uint8Array): string => Buffer.from(data).toString();

/** Sends bytes to the subject of an entity and decodes the answer. */
async function send(data: Uint8Array, served: Entity = ACTOR): Promise<InvocationResponse> {
  const subject = served.kind === "actor" ? served.id : `${served.id}.${served.linkName}`;
  const reply = await raw.request(`wasmbus.rpc.default.${subject}`, data, { timeout: 2_000 });
  return decodeInvocationResponse(reply.data);
}

async function signed(parts: Partial<UnsignedInvocation> = {}, iat?: number): Promise<Invocation> {
  return signInvocation(call(parts), keys, iat === undefined ? {} : { iat });
}

function failure(work: Promise<unknown>): Promise<HostError> {
  return work.then(
    () => Promise.reject(new Error("It did not fail")),
    (error: unknown) => asHostError(error),
  );
}

describe("a call", () => {
  test("reaches an actor on another host, and comes back", async () => {
    const [one, two] = [await peer(), await peer()];
    const seen: Invocation[] = [];
    one.rpc.serve(ACTOR, async (invocation) => {
      seen.push(invocation);
      return Buffer.from(`${text(invocation.payload)} pong`);
    });
    await one.connection.flush();
    const response = await two.rpc.call(call());
    expect(text(response.payload)).toBe("ping pong");
    expect(response.error).toBeUndefined();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ origin: CALLER, target: ACTOR, operation: "Op", hostId: keys.publicKey });
    expect(response.invocationId).toBe(seen[0]?.id);
  });

  test("reaches a provider under its link name", async () => {
    const { rpc } = await peer();
    rpc.serve(PROVIDER, echo);
    expect(text((await rpc.call(call({ target: PROVIDER }))).payload)).toBe("ping");
    const other = call({ target: { ...PROVIDER, linkName: "other" } });
    expect((await failure(rpc.call(other))).message).toBe("RPC error: no responders");
  });

  test("is executed by one of all hosts that run the target", async () => {
    const hosts = [await peer(), await peer(), await peer()];
    const counts = [0, 0, 0];
    for (const [index, host] of hosts.entries()) {
      host.rpc.serve(ACTOR, async (invocation) => {
        counts[index] = (counts[index] ?? 0) + 1;
        return invocation.payload;
      });
      await host.connection.flush();
    }
    for (let i = 0; i < 60; i++) await hosts[0]?.rpc.call(call());
    expect(counts.reduce((sum, count) => sum + count)).toBe(60);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  test("brings back the error of the target as it is", async () => {
    const { rpc } = await peer();
    rpc.serve(ACTOR, () =>
      Promise.reject(new HostError("dispatch.denied", "Invocation authorization denied")),
    );
    expect(await rpc.call(call())).toMatchObject({
      error: "Invocation authorization denied",
      payload: new Uint8Array(0),
    });
  });

  test("that nobody answers in time fails with the text of the protocol", async () => {
    const { rpc } = await peer({ timeoutMs: 50 });
    raw.subscribe(rpc.subjects.actor(ACTOR.id), { callback: () => {} });
    await raw.flush();
    expect(await failure(rpc.call(call()))).toMatchObject({
      code: "lattice.timeout",
      message: "RPC call timed out",
    });
    const started = performance.now();
    await failure(rpc.call(call(), { timeoutMs: 200 }));
    expect(performance.now() - started).toBeGreaterThan(150);
  });

  test("answered with garbage fails with the text of the protocol", async () => {
    const { rpc } = await peer();
    raw.subscribe(rpc.subjects.actor(ACTOR.id), {
      callback: (_error, message) => void message.respond("garbage"),
    });
    await raw.flush();
    expect(await failure(rpc.call(call()))).toMatchObject({
      code: "lattice.undecodable",
      message: "RPC - failed to deserialize invocation response",
    });
  });

  test("may be answered with a payload as bytes", async () => {
    const { rpc } = await peer();
    const answer = encode({ msg: new Uint8Array([1, 2]), invocation_id: "i" });
    raw.subscribe(rpc.subjects.actor(ACTOR.id), {
      callback: (_error, message) => void message.respond(answer),
    });
    await raw.flush();
    expect([...(await rpc.call(call())).payload]).toEqual([1, 2]);
  });

  test("that is too large is not sent", async () => {
    const { rpc, connection } = await peer();
    rpc.serve(ACTOR, echo);
    const error = await failure(rpc.call(call({ payload: new Uint8Array(70_000) })));
    expect(error.code).toBe("lattice.payload_too_large");
    expect(error.message).toMatch(/^RPC error: The message of \d+ bytes is larger than the 65536 bytes/);
    expect(connection.state).toBe("connected");
  });

  test("of a target that no subject can name is refused", async () => {
    const { rpc } = await peer();
    const target: Entity = { kind: "actor", id: "*" };
    expect((await failure(rpc.call(call({ target })))).code).toBe("input.invalid");
  });

  test("stays within its namespace", async () => {
    const [one, two] = [await peer({ namespace: "one" }), await peer({ namespace: "two" })];
    one.rpc.serve(ACTOR, echo);
    await one.connection.flush();
    expect((await failure(two.rpc.call(call()))).message).toBe("RPC error: no responders");
  });
});

describe("an answer that is too large", () => {
  test("is replaced by the error", async () => {
    const { rpc, counters } = await peer();
    rpc.serve(ACTOR, async () => new Uint8Array(70_000));
    const response = await rpc.call(call());
    expect(response.error).toMatch(/^The message of \d+ bytes is larger than the 65536 bytes/);
    expect(counters.get("lattice.rpc_unanswered")).toBe(1);
  });

  test("because of its error text is cut", async () => {
    const { rpc } = await peer();
    rpc.serve(ACTOR, () => Promise.reject(new Error("x".repeat(100_000))));
    expect((await rpc.call(call())).error).toBe("x".repeat(10_000));
  });
});

describe("a message to an actor", () => {
  let host: Peer;
  let executed: Invocation[];

  beforeEach(async () => {
    host = await peer();
    executed = [];
    for (const served of [ACTOR, PROVIDER]) {
      host.rpc.serve(served, async (invocation) => {
        executed.push(invocation);
        return invocation.payload;
      });
    }
    await host.connection.flush();
  });

  test("of garbage is answered with an error, counted, and logged once", async () => {
    for (let i = 0; i < 3; i++) {
      expect((await send(Buffer.from("garbage"))).error).toMatch(/^Failed to de-serialize: /);
    }
    const withId = encode({ msg: "text", id: "the id" });
    expect(await send(withId)).toMatchObject({ invocationId: "the id" });
    expect(executed).toEqual([]);
    expect(host.counters.get("lattice.rpc_undecodable")).toBe(4);
    expect(host.log.records()).toHaveLength(1);
    expect((await send(encodeInvocation(await signed()))).error).toBeUndefined();
  });

  test("without a reply subject is not executed, and counted", async () => {
    raw.publish(host.rpc.subjects.actor(ACTOR.id), encodeInvocation(await signed()));
    await expect.poll(() => host.counters.get("lattice.rpc_without_reply")).toBe(1);
    expect(executed).toEqual([]);
  });

  test("that was forged is refused", async () => {
    const genuine = await signed();
    const forged = { ...genuine, payload: Buffer.from("other") };
    expect(await send(encodeInvocation(forged))).toMatchObject({
      error: "WebAssembly module authorization failure: Invocation hash does not match signed claims hash",
      invocationId: genuine.id,
    });
    expect(executed).toEqual([]);
    expect(host.counters.get("lattice.rpc_refused")).toBe(1);
  });

  test("that comes again is refused", async () => {
    const message = encodeInvocation(await signed());
    expect((await send(message)).error).toBeUndefined();
    expect((await send(message)).error).toBe("The invocation was received before");
    const twice = await Promise.all([1, 2].map(async () => send(encodeInvocation(await signed()))));
    expect(twice.map((response) => response.error)).toEqual([undefined, undefined]);
    expect(executed).toHaveLength(3);
  });

  test("that comes twice at the same time is executed once", async () => {
    const message = encodeInvocation(await signed());
    const errors = (await Promise.all([send(message), send(message), send(message)])).map(
      ({ error }) => error,
    );
    expect(errors.filter((error) => error === undefined)).toHaveLength(1);
    expect(executed).toHaveLength(1);
  });

  test("that is old is refused", async () => {
    const old = await signed({}, Math.floor(Date.now() / 1_000) - 400);
    expect((await send(encodeInvocation(old))).error).toContain("too far from this host's time");
    expect(executed).toEqual([]);
  });

  test("that wants to halt it is refused, and it still answers", async () => {
    for (const halt of [
      { origin: SYSTEM, target: SYSTEM, operation: "__halt" },
      { origin: ACTOR, target: ACTOR, operation: "__halt" },
    ]) {
      const response = await send(encodeInvocation(await signed(halt)));
      expect(response.error).toBe("Nothing can be halted over the lattice");
    }
    expect((await send(encodeInvocation(await signed()))).error).toBeUndefined();
  });

  test("from system is executed, to a provider it is refused", async () => {
    expect((await send(encodeInvocation(await signed({ origin: SYSTEM })))).error).toBeUndefined();
    const bind = await signed({ origin: SYSTEM, target: PROVIDER, operation: "BindActor" });
    expect((await send(encodeInvocation(bind), PROVIDER)).error).toBe(
      "The system actor cannot call providers over the lattice",
    );
    expect(executed).toHaveLength(1);
  });

  test("for another target is refused", async () => {
    const toProvider = encodeInvocation(await signed({ target: PROVIDER }));
    expect((await send(toProvider)).error).toBe(
      "Actor received invocation that should have been delivered to a provider",
    );
    expect((await send(encodeInvocation(await signed()), PROVIDER)).error).toBe(
      "Invocation sent to the wrong target",
    );
    expect(executed).toEqual([]);
  });
});

describe("calls at the same time", () => {
  test("beyond the bound are answered with an error", async () => {
    const { rpc, counters } = await peer({ maxInFlight: 2 });
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    rpc.serve(ACTOR, async (invocation) => {
      await gate;
      return invocation.payload;
    });
    const calls = [1, 2, 3].map(() => rpc.call(call()));
    const refused = await Promise.race(calls);
    expect(refused.error).toBe("This host is working on 2 calls already");
    release();
    const errors = (await Promise.all(calls)).map((response) => response.error);
    expect(errors.filter((error) => error === undefined)).toHaveLength(2);
    expect(counters.get("lattice.rpc_overloaded")).toBe(1);
    expect((await rpc.call(call())).error).toBeUndefined();
  });

  test("of a handler that never answers end with an error", async () => {
    const { rpc } = await peer({ handlerTimeoutMs: 50 });
    rpc.serve(ACTOR, () => new Promise(() => {}));
    expect((await rpc.call(call())).error).toBe("The call was not answered within 50 ms");
  });
});

describe("announcements", () => {
  test("reach every host, the sender included", async () => {
    const [one, two] = [await peer(), await peer()];
    const claims = parseActorPayload(vectors.claims.payload);
    const heard: unknown[] = [];
    for (const { rpc, connection } of [one, two]) {
      rpc.onClaims((each) => void heard.push(["claims", each]));
      rpc.onLink((each) => void heard.push(["link", each]));
      rpc.onLinkRemoval((each) => void heard.push(["removal", each.actorId, each.contractId, each.linkName]));
      await connection.flush();
    }
    one.rpc.announceClaims(claims);
    await expect
      .poll(() => heard)
      .toEqual([
        ["claims", claims],
        ["claims", claims],
      ]);
    heard.length = 0;
    one.rpc.announceLink(LINK);
    await expect
      .poll(() => heard)
      .toEqual([
        ["link", LINK],
        ["link", LINK],
      ]);
    heard.length = 0;
    one.rpc.announceLinkRemoval(LINK);
    const removal = ["removal", "MA", "wasmcloud:keyvalue", "default"];
    await expect.poll(() => heard).toEqual([removal, removal]);
  });

  test("of garbage are counted and logged once, and the next is heard", async () => {
    const { rpc, connection, counters, log } = await peer();
    const heard: LinkDefinition[] = [];
    rpc.onLink((link) => void heard.push(link));
    await connection.flush();
    for (const garbage of ["garbage", "", "\xc1"]) raw.publish(rpc.subjects.links, garbage);
    raw.publish(rpc.subjects.links, encode({ ...LINK, values: { PORT: 8080 } }));
    await raw.flush();
    rpc.announceLink(LINK);
    await expect.poll(() => heard).toEqual([LINK]);
    expect(counters.get("lattice.announcement_undecodable")).toBe(4);
    expect(log.records()).toHaveLength(1);
  });
});

describe("closing", () => {
  test("lets calls finish, twice is fine, and nothing is answered afterwards", async () => {
    const [one, two] = [await peer(), await peer()];
    one.rpc.serve(ACTOR, async (invocation) => {
      await sleep(100);
      return invocation.payload;
    });
    await one.connection.flush();
    const running = two.rpc.call(call());
    await two.connection.flush();
    await sleep(20);
    await Promise.all([one.rpc.close(), one.rpc.close()]);
    await one.rpc.close();
    expect(text((await running).payload)).toBe("ping");
    expect((await failure(two.rpc.call(call()))).message).toBe("RPC error: no responders");
    expect((await failure(one.rpc.call(call()))).code).toBe("lattice.not_connected");
    expect(() => one.rpc.serve(ACTOR, echo)).toThrow("Not connected");
    expect(one.connection.state).toBe("connected");
  });

  test("of one served entity leaves the others", async () => {
    const { rpc } = await peer();
    const actor = rpc.serve(ACTOR, echo);
    rpc.serve(PROVIDER, echo);
    await actor.close();
    await actor.close();
    expect((await failure(rpc.call(call()))).message).toBe("RPC error: no responders");
    expect((await rpc.call(call({ target: PROVIDER }))).error).toBeUndefined();
  });
});
