import type { NatsConnection } from "nats.ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifyInvocation } from "../../src/claims/index.ts";
import { ControlClient, type ControlClientOptions, type PublishedEvent } from "../../src/control/index.ts";
import { asHostError, type HostError } from "../../src/errors/index.ts";
import { KeyPair } from "../../src/keys/index.ts";
import {
  connectNats,
  decodeInvocation,
  decodeLinkDefinition,
  encodeInvocationResponse,
  type LatticeConnection,
  latticeSubjects,
} from "../../src/lattice/index.ts";
import { Counters, Logger, RingBufferSink } from "../../src/telemetry/index.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { vectors } from "../unit/lattice/lattice-vectors.ts";

const server = useNatsServer({ config: "max_payload: 65536" });
const subjects = latticeSubjects();
const closing: (() => Promise<void>)[] = [];
const ACTOR = vectors.invocation.target.id;
const LINK = {
  actorId: ACTOR,
  providerId: "VA",
  linkName: "default",
  contractId: "c",
  values: { PORT: "1" },
};
let raw: NatsConnection;
let connection: LatticeConnection;
let counters: Counters;
let log: RingBufferSink;
let client: ControlClient;

beforeEach(async () => {
  raw = await connectClient(server.current.webSocketUrl);
  connection = await connectNats({ servers: server.current.webSocketUrl });
  counters = new Counters();
  log = new RingBufferSink();
  client = newClient();
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await Promise.all([connection.close(), raw.close()]);
});

function newClient(options: Partial<ControlClientOptions> = {}): ControlClient {
  const logger = new Logger([log]);
  const made = new ControlClient({ connection, counters, logger, ...options });
  closing.push(() => made.close());
  return made;
}

/** What comes to a subject, answered with a reply if there is one. */
async function hear(subject: string, reply?: Uint8Array | string): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  raw.subscribe(subject, {
    callback: (_error, message) => {
      messages.push(message.data.slice());
      if (reply !== undefined) message.respond(reply);
    },
  });
  await raw.flush();
  return messages;
}

function failure(work: Promise<unknown>): Promise<HostError> {
  return work.then(
    () => Promise.reject(new Error("It did not fail")),
    (error: unknown) => asHostError(error),
  );
}

const text = (data: Uint8Array): string => Buffer.from(data).toString();
const response = (payload: string, error?: string): Uint8Array =>
  encodeInvocationResponse({
    payload: Buffer.from(payload),
    invocationId: "i",
    ...(error === undefined ? {} : { error }),
  });

describe("callActor", () => {
  test("sends a genuine invocation from system, and resolves to the payload of the answer", async () => {
    const messages = await hear(subjects.actor(ACTOR), response("pong"));
    expect(text(await client.callActor(ACTOR, "Ping", Buffer.from("ping")))).toBe("pong");
    const [message] = messages;
    const invocation = decodeInvocation(message ?? new Uint8Array(0));
    expect(invocation).toMatchObject({
      origin: { kind: "actor", id: "system" },
      target: { kind: "actor", id: ACTOR },
      operation: "Ping",
    });
    expect(text(invocation.payload)).toBe("ping");
    await verifyInvocation(invocation);
  });

  test("signs with the key that was given, or else with one of its own for all calls", async () => {
    const key = await KeyPair.generate("server");
    const messages = await hear(subjects.actor(ACTOR), response(""));
    await newClient({ key }).callActor(ACTOR, "Op", new Uint8Array(0));
    await Promise.all([1, 2].map(() => client.callActor(ACTOR, "Op", new Uint8Array(0))));
    const [given, first, second] = messages.map((message) => decodeInvocation(message).hostId);
    expect(given).toBe(key.publicKey);
    expect(first).toMatch(/^N[A-Z2-7]{55}$/);
    expect(first).not.toBe(given);
    expect(second).toBe(first);
  });

  test("throws the text of a host or actor that fails", async () => {
    await hear(subjects.actor(ACTOR), response("", "Failed to invoke actor: Guest call failure: ouch"));
    expect(await failure(client.callActor(ACTOR, "Op", new Uint8Array(0)))).toMatchObject({
      code: "dispatch.invocation_failed",
      message: "Failed to invoke actor: Guest call failure: ouch",
      details: { actor: ACTOR },
    });
  });

  test("throws where no host runs the actor, none answers in time, or one answers garbage", async () => {
    const call = (timeoutMs?: number) => failure(client.callActor(ACTOR, "Op", new Uint8Array(0), timeoutMs));
    expect(await call()).toMatchObject({
      code: "control.no_host",
      message: `No host of this lattice runs actor ${ACTOR}`,
    });
    const silent = await hear(subjects.actor(ACTOR));
    expect(await call(20)).toMatchObject({
      code: "lattice.timeout",
      message: `Actor ${ACTOR} did not answer within 20 ms`,
    });
    client = newClient({ timeoutMs: 30 });
    expect((await call()).message).toContain("within 30 ms");
    expect(silent).toHaveLength(2);
    await hear(subjects.actor(ACTOR), "garbage");
    expect((await call()).code).toBe("lattice.undecodable");
  });

  test("throws for what the lattice cannot carry", async () => {
    const large = client.callActor(ACTOR, "Op", new Uint8Array(70_000));
    expect((await failure(large)).code).toBe("lattice.payload_too_large");
  });

  test.each(["", "echo", "MAU2", "*", vectors.invocation.hostId])(
    "names an actor by its key only, not by %j",
    async (key) => {
      expect((await failure(client.callActor(key, "Op", new Uint8Array(0)))).code).toBe("input.invalid");
    },
  );
});

describe("links", () => {
  test("are advertised to all, and have arrived at the server then", async () => {
    const messages = await hear(subjects.links);
    await client.advertiseLink(LINK);
    await raw.flush();
    expect(messages.map((message) => decodeLinkDefinition(message))).toEqual([LINK]);
  });

  test("are removed by what names them", async () => {
    const messages = await hear(subjects.removedLinks);
    await client.removeLink(ACTOR, "c", "default");
    await raw.flush();
    expect(messages.map((message) => decodeLinkDefinition(message))).toEqual([
      { ...LINK, providerId: "", values: {} },
    ]);
  });

  test("over a limit are not advertised", async () => {
    const messages = await hear(subjects.links);
    for (const wrong of [
      { ...LINK, linkName: "a.b" },
      { ...LINK, values: { PORT: "x".repeat(4_097) } },
    ])
      expect((await failure(client.advertiseLink(wrong))).code).toBe("link.invalid");
    await raw.flush();
    expect(messages).toEqual([]);
  });
});

describe("onEvent", () => {
  const line = (event: string): string => `{"event":${event},"header":{"host_origin":"NA","timestamp":1}}`;
  const publish = async (...lines: string[]): Promise<void> => {
    for (const each of lines) raw.publish(subjects.events, each);
    await raw.flush();
  };

  test("tells all listeners what hosts publish, and counts what is no event", async () => {
    const heard: PublishedEvent[][] = [[], []];
    for (const events of heard) client.onEvent((event) => events.push(event));
    await connection.flush();
    await publish("{", line('"Unknown"'), line('{"ActorStarted":{}}'), line('"HostStarted"'));
    await publish(line('{"ActorStarted":{"actor":"MA","image_ref":"e:1"}}'));
    const events = [
      { type: "host_started", hostId: "NA", time: 1_000 },
      { type: "actor_started", actor: "MA", reference: "e:1", hostId: "NA", time: 1_000 },
    ];
    await expect.poll(() => heard).toEqual([events, events]);
    expect(counters.get("control.event_undecodable")).toBe(3);
    expect(log.records()).toHaveLength(1);
  });

  test("tells the others though one fails, until a listener wants no more", async () => {
    const heard: PublishedEvent[] = [];
    client.onEvent(() => {
      throw new Error("mine");
    });
    const end = client.onEvent((event) => heard.push(event));
    await connection.flush();
    await publish(line('"HostStarted"'));
    await expect.poll(() => heard).toHaveLength(1);
    expect(counters.get("control.listener_failed")).toBe(1);
    end();
    end();
    await publish(line('"HostStopped"'));
    await expect.poll(() => counters.get("control.listener_failed")).toBe(2);
    expect(heard).toHaveLength(1);
  });

  test("tells nothing once the client is closed, or nobody listens, and again when somebody does", async () => {
    const heard: string[] = [];
    client.onEvent(() => heard.push("first"))();
    await connection.flush();
    await publish(line('"HostStarted"'), "{");
    await connection.flush();
    expect(counters.get("control.event_undecodable")).toBe(0);
    client.onEvent(() => heard.push("second"));
    await connection.flush();
    await publish(line('"HostStarted"'));
    await expect.poll(() => heard).toEqual(["second"]);
    await client.close();
    await publish(line('"HostStarted"'));
    await connection.flush();
    expect(heard).toEqual(["second"]);
  });
});
