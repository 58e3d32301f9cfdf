import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "nats.ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ControlClient, type ControlClientOptions, ControlServer } from "../../src/control/index.ts";
import { asHostError, type HostError } from "../../src/errors/index.ts";
import { KeyPair } from "../../src/keys/index.ts";
import { connectNats, type LatticeConnection, latticeSubjects } from "../../src/lattice/index.ts";
import { Counters, Logger, RingBufferSink } from "../../src/telemetry/index.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { MemoryHost } from "../unit/control/memory-host.ts";

const server = useNatsServer();
const subjects = latticeSubjects();
const closing: (() => Promise<void>)[] = [];
const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const WAIT_MS = 150;
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
  const made = new ControlClient({
    connection,
    counters,
    logger,
    auctionTimeoutMs: WAIT_MS,
    ...options,
  });
  closing.push(() => made.close());
  return made;
}

/** Answers what comes to a subject, each time with all of the replies. @returns what came. */
async function answer(subject: string, ...replies: (string | Uint8Array)[]): Promise<string[]> {
  const requests: string[] = [];
  raw.subscribe(subject, {
    callback: (_error, message) => {
      requests.push(Buffer.from(message.data).toString());
      for (const reply of replies) message.respond(reply);
    },
  });
  await raw.flush();
  return requests;
}

function failure(work: Promise<unknown>): Promise<HostError> {
  return work.then(
    () => Promise.reject(new Error("It did not fail")),
    (error: unknown) => asHostError(error),
  );
}

/** Each command: how it is given, its subject, what is sent, and the acknowledgements of both kinds. */
const commands = [
  {
    name: "startActor",
    give: () => client.startActor(HOST, "e:1"),
    subject: subjects.command(HOST, "la"),
    sent: `{"actor_ref":"e:1","host_id":"${HOST}"}`,
    ack: `{"host_id":"${HOST}","actor_ref":"e:1","failure":null}`,
    refusal: `{"host_id":"${HOST}","actor_ref":"e:1","failure":"No."}`,
  },
  {
    name: "stopActor",
    give: () => client.stopActor(HOST, "MA"),
    subject: subjects.command(HOST, "sa"),
    sent: `{"host_id":"${HOST}","actor_ref":"MA"}`,
    ack: '{"failure":null}',
    refusal: '{"failure":"No."}',
  },
  {
    name: "startProvider",
    give: () => client.startProvider(HOST, "r:1", "default"),
    subject: subjects.command(HOST, "lp"),
    sent: `{"host_id":"${HOST}","provider_ref":"r:1","link_name":"default"}`,
    ack: `{"host_id":"${HOST}","provider_ref":"r:1","failure":null}`,
    refusal: `{"host_id":"${HOST}","provider_ref":"r:1","failure":"No."}`,
  },
  {
    name: "stopProvider",
    give: () => client.stopProvider(HOST, "VA", "default", "wasmcloud:keyvalue"),
    subject: subjects.command(HOST, "sp"),
    sent: `{"host_id":"${HOST}","provider_ref":"VA","link_name":"default","contract_id":"wasmcloud:keyvalue"}`,
    ack: '{"failure":null}',
    refusal: '{"failure":"No."}',
  },
  {
    name: "updateActor",
    give: () => client.updateActor(HOST, "MA", "e:2"),
    subject: subjects.command(HOST, "upd"),
    sent: `{"host_id":"${HOST}","actor_id":"MA","new_actor_ref":"e:2"}`,
    ack: '{"accepted":true}',
    refusal: '{"accepted":false}',
  },
];

describe.each(commands)("$name", ({ name, give, subject, sent, ack, refusal }) => {
  test("is sent as the protocol has it, and resolves when it is acknowledged", async () => {
    const requests = await answer(subject, ack);
    expect(await give()).toBeUndefined();
    expect(requests).toEqual([sent]);
  });

  test("that is refused throws the text of the host", async () => {
    await answer(subject, refusal);
    expect(await failure(give())).toMatchObject({
      code: "control.refused",
      message: name === "updateActor" ? expect.stringContaining("does not accept the update") : "No.",
      details: { hostId: HOST },
    });
  });

  test.each(["", "{", "[]", "null", '"failure"', "[null]", "\xff", '{"failure":1,"accepted":1}'])(
    "that is answered with %j throws",
    async (reply) => {
      await answer(subject, Buffer.from(reply, "latin1"));
      expect(await failure(give())).toMatchObject({
        code: "lattice.undecodable",
        message: expect.stringContaining(`Host ${HOST} gave an answer that cannot be read: `),
      });
    },
  );

  test("that nobody answers throws after its time", async () => {
    await answer(subject);
    client = newClient({ timeoutMs: 50 });
    expect(await failure(give())).toMatchObject({
      code: "lattice.timeout",
      message: `Host ${HOST} did not answer within 50 ms`,
    });
  });

  test("to a host that is not there throws at once", async () => {
    expect(await failure(give())).toMatchObject({
      code: "control.no_host",
      message: `Host ${HOST} is not on this lattice`,
    });
  });
});

describe("acknowledgements", () => {
  test("of a start without the members they must have are no acknowledgements", async () => {
    await answer(subjects.command(HOST, "la"), '{"failure":null}');
    await answer(subjects.command(HOST, "lp"), `{"host_id":"${HOST}","actor_ref":"r:1","failure":null}`);
    expect((await failure(client.startActor(HOST, "e:1"))).code).toBe("lattice.undecodable");
    expect((await failure(client.startProvider(HOST, "r:1", ""))).code).toBe("lattice.undecodable");
  });

  test("may leave the failure out, and even an empty failure is one", async () => {
    await answer(subjects.command(HOST, "sa"), "{}");
    await client.stopActor(HOST, "MA");
    await answer(subjects.command(HOST, "sp"), '{"failure":""}');
    expect((await failure(client.stopProvider(HOST, "VA", "", "c"))).code).toBe("control.refused");
  });
});

test.each(["", "N.x", "*", ">", "a b"])("a host id of %j is not sent anywhere", async (hostId) => {
  for (const work of [
    client.startActor(hostId, "e:1"),
    client.stopProvider(hostId, "VA", "default", "c"),
    client.getHostInventory(hostId),
  ])
    expect((await failure(work)).code).toBe("input.invalid");
});

describe("getHosts", () => {
  test("collects all answers that can be read, and counts the others", async () => {
    const requests = await answer(
      subjects.getHosts,
      '{"id":"NA","uptime":3600}',
      "{",
      '{"id":"NB","uptime_seconds":1}',
      '{"id":"NB","uptime":-1}',
      '{"id":"NB","uptime":1.5}',
      '{"id":"NC","uptime":0,"more":1}',
    );
    expect(await client.getHosts()).toEqual([
      { id: "NA", uptimeSeconds: 3_600 },
      { id: "NC", uptimeSeconds: 0 },
    ]);
    expect(requests).toEqual([""]);
    expect(counters.get("control.reply_undecodable")).toBe(4);
    expect(log.records()).toHaveLength(1);
  });

  test("waits for those who take their time, unless it has answers enough", async () => {
    raw.subscribe(subjects.getHosts, {
      callback: (_error, message) => {
        message.respond('{"id":"NA","uptime":1}');
        setTimeout(() => message.respond('{"id":"NB","uptime":2}'), 400);
      },
    });
    await raw.flush();
    expect(await client.getHosts(1_000)).toHaveLength(2);
    expect(await client.getHosts(200)).toHaveLength(1);
    expect(await client.getHosts(60_000, { maxReplies: 2 })).toHaveLength(2);
  });

  test("finds none where there is none", async () => {
    expect(await client.getHosts()).toEqual([]);
  });
});

describe("getHostInventory", () => {
  const subject = subjects.inventory(HOST);

  test("reads what a host tells, with and without what it may leave out", async () => {
    const requests = await answer(
      subject,
      `{"host_id":"${HOST}","labels":{"hostcore.os":"linux","__proto__":"x"},"actors":[` +
        '{"id":"MA","image_ref":"e:1","name":"Echo","revision":2},{"id":"MB","revision":0},' +
        '{"id":"MC","image_ref":null,"name":null,"revision":-1}],"providers":[' +
        '{"id":"VA","link_name":"default","name":"wasmcloud Extras","revision":0}]}',
    );
    const inventory = await client.getHostInventory(HOST);
    expect(requests).toEqual([""]);
    expect(Object.entries(inventory.labels)).toEqual([
      ["hostcore.os", "linux"],
      ["__proto__", "x"],
    ]);
    expect(inventory).toEqual({
      hostId: HOST,
      labels: inventory.labels,
      actors: [
        { id: "MA", reference: "e:1", name: "Echo", revision: 2 },
        { id: "MB", revision: 0 },
        { id: "MC", revision: -1 },
      ],
      providers: [{ id: "VA", linkName: "default", name: "wasmcloud Extras", revision: 0 }],
    });
    expect(inventory.labels["constructor"]).toBeUndefined();
  });

  test.each([
    ["no labels", `{"host_id":"N","actors":[],"providers":[]}`],
    ["labels that are no texts", `{"host_id":"N","labels":{"a":1},"actors":[],"providers":[]}`],
    ["labels in an array", `{"host_id":"N","labels":["a"],"actors":[],"providers":[]}`],
    ["an actor without revision", `{"host_id":"N","labels":{},"actors":[{"id":"M"}],"providers":[]}`],
    [
      "a provider without link name",
      `{"host_id":"N","labels":{},"actors":[],"providers":[{"id":"V","revision":0}]}`,
    ],
    ["actors by key", `{"host_id":"N","labels":{},"actors":{"M":{"id":"M","revision":0}},"providers":[]}`],
    ["a key that is too long", `{"host_id":"${"N".repeat(4_097)}","labels":{},"actors":[],"providers":[]}`],
    [
      "more actors than can be",
      `{"host_id":"N","labels":{},"actors":[${"1,".repeat(100_000)}1],"providers":[]}`,
    ],
  ])("refuses %s", async (_what, reply) => {
    await answer(subject, reply);
    expect((await failure(client.getHostInventory(HOST))).code).toBe("lattice.undecodable");
  });
});

describe("getClaims", () => {
  test("reads the flat texts of the protocol from the first host to answer", async () => {
    const values =
      '{"sub":"MA","iss":"AA","caps":"wasmcloud:httpserver,wasmcloud:keyvalue","rev":"2","version":"0.2.1"}';
    const requests = await answer(
      subjects.getClaims,
      `{"claims":[{"values":${values}},{"values":{"sub":"MB","iss":"AA"}},` +
        '{"values":{"sub":"MC","iss":"AA","caps":"","rev":"0","version":"","name":"ignored"}}]}',
      '{"claims":[]}',
    );
    expect(await client.getClaims()).toEqual([
      {
        subject: "MA",
        issuer: "AA",
        capabilities: ["wasmcloud:httpserver", "wasmcloud:keyvalue"],
        revision: 2,
        version: "0.2.1",
      },
      { subject: "MB", issuer: "AA", capabilities: [], revision: 0 },
      { subject: "MC", issuer: "AA", capabilities: [], revision: 0 },
    ]);
    expect(requests).toEqual([""]);
  });

  test.each([
    "{}",
    '{"claims":{}}',
    '{"claims":[{"sub":"M","iss":"A"}]}',
    '{"claims":[{"values":{"sub":"M"}}]}',
  ])("refuses %j", async (reply) => {
    await answer(subjects.getClaims, reply);
    expect((await failure(client.getClaims())).code).toBe("lattice.undecodable");
  });

  test("refuses a revision that is no number", async () => {
    await answer(subjects.getClaims, '{"claims":[{"values":{"sub":"M","iss":"A","rev":"two"}}]}');
    expect((await failure(client.getClaims())).code).toBe("lattice.undecodable");
  });

  test("says so where there is no host", async () => {
    for (const work of [client.getClaims(), client.getLinks()]) {
      expect(await failure(work)).toMatchObject({
        code: "control.no_host",
        message: "No host is on this lattice",
      });
    }
  });
});

describe("getLinks", () => {
  test("reads links with their values", async () => {
    const requests = await answer(
      subjects.getLinks,
      '{"links":[{"actor_id":"MA","provider_id":"VA","link_name":"default","contract_id":"c","values":{"PORT":"8080"}}]}',
    );
    expect(await client.getLinks()).toEqual([
      { actorId: "MA", providerId: "VA", linkName: "default", contractId: "c", values: { PORT: "8080" } },
    ]);
    expect(requests).toEqual([""]);
  });

  test.each(["{}", '{"links":[{"actor_id":"MA"}]}', '{"links":[[]]}'])("refuses %j", async (reply) => {
    await answer(subjects.getLinks, reply);
    expect((await failure(client.getLinks())).code).toBe("lattice.undecodable");
  });
});

describe("auctions", () => {
  test("of an actor are sent as the protocol has them, and collect the bids that can be read", async () => {
    const requests = await answer(
      subjects.actorAuction,
      '{"actor_ref":"e:1","constraints":{"zone":"a"},"host_id":"NA"}',
      '{"actor_ref":"e:1","host_id":"NB"}',
      '{"actor_ref":"e:1","constraints":{"zone":1},"host_id":"NB"}',
      '{"actor_ref":"e:1","constraints":{},"host_id":"NC"}',
    );
    expect(await client.performActorAuction("e:1", { zone: "a" })).toEqual([
      { hostId: "NA", reference: "e:1", constraints: { zone: "a" } },
      { hostId: "NC", reference: "e:1", constraints: {} },
    ]);
    await client.performActorAuction("e:1", undefined, WAIT_MS, { maxReplies: 1 });
    expect(requests).toEqual([
      '{"actor_ref":"e:1","constraints":{"zone":"a"}}',
      '{"actor_ref":"e:1","constraints":{}}',
    ]);
    expect(counters.get("control.reply_undecodable")).toBe(2);
  });

  test("of a provider are sent as the protocol has them, and collect the bids that can be read", async () => {
    const requests = await answer(
      subjects.providerAuction,
      '{"provider_ref":"r:1","link_name":"default","host_id":"NA"}',
      '{"provider_ref":"r:1","host_id":"NB"}',
      "",
    );
    expect(await client.performProviderAuction("r:1", "default", { zone: "a" })).toEqual([
      { hostId: "NA", reference: "r:1", linkName: "default" },
    ]);
    expect(requests).toEqual(['{"provider_ref":"r:1","link_name":"default","constraints":{"zone":"a"}}']);
    expect(counters.get("control.reply_undecodable")).toBe(2);
  });

  test("nobody bids in find nobody", async () => {
    await answer(subjects.actorAuction);
    expect(await client.performActorAuction("e:1")).toEqual([]);
    expect(await client.performProviderAuction("r:1", "")).toEqual([]);
  });
});

test("a namespace is kept to", async () => {
  const elsewhere = latticeSubjects("elsewhere");
  await answer(elsewhere.getHosts, '{"id":"NA","uptime":1}');
  const requests = await answer(elsewhere.command(HOST, "sa"), "{}");
  const other = newClient({ namespace: "elsewhere" });
  expect(await other.getHosts()).toHaveLength(1);
  await other.stopActor(HOST, "MA");
  expect(requests).toHaveLength(1);
  expect(await client.getHosts()).toEqual([]);
});

test("a control client drives a control server", async () => {
  const host = new MemoryHost(HOST);
  host.allLabels = { zone: "a" };
  host.catalogue.set("e:1", "MA").set("r:1", "VA");
  const remote = await connectNats({ servers: server.current.webSocketUrl });
  const control = new ControlServer({ connection: remote, subjects, host, logger: new Logger([]), counters });
  await remote.flush();
  closing.push(() => remote.close());
  expect(await client.getHosts()).toEqual([{ id: HOST, uptimeSeconds: 0 }]);
  expect(await client.performActorAuction("e:1", { zone: "a" })).toMatchObject([{ hostId: HOST }]);
  expect(await client.performActorAuction("e:1", { zone: "b" })).toEqual([]);
  expect(await client.performProviderAuction("r:1", "default")).toMatchObject([{ hostId: HOST }]);
  await client.startActor(HOST, "e:1");
  await client.startProvider(HOST, "r:1", "default");
  await expect.poll(() => host.done).toEqual(["start e:1", "start r:1/default"]);
  expect((await failure(client.startActor(HOST, "e:1"))).message).toContain(
    "is already running on this host",
  );
  await client.updateActor(HOST, "MA", "e:1");
  await expect.poll(() => host.done).toHaveLength(3);
  expect(await client.getHostInventory(HOST)).toMatchObject({
    actors: [{ id: "MA" }],
    providers: [{ id: "VA" }],
  });
  await client.stopActor(HOST, "e:1");
  await client.stopProvider(HOST, "r:1", "default", "wasmcloud:keyvalue");
  expect(await client.getHostInventory(HOST)).toMatchObject({ actors: [], providers: [] });
  expect(await client.getClaims()).toEqual([]);
  await control.close();
  await remote.flush();
  expect((await failure(client.getLinks())).code).toBe("control.no_host");
});

test("options that cannot be are refused", async () => {
  const key = await KeyPair.generate("module");
  const wrong = [
    { timeoutMs: 0 },
    { timeoutMs: 1.5 },
    { auctionTimeoutMs: Number.NaN },
    { namespace: "a.b" },
    { key },
  ];
  for (const options of wrong)
    expect(() => new ControlClient({ connection, ...options })).toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
});

test("a closed client does nothing more, twice being fine, and its connection stays open", async () => {
  const requests = await answer(subjects.getHosts);
  await client.close();
  await client.close();
  for (const work of [
    client.getHosts(),
    client.getClaims(),
    client.stopActor(HOST, "MA"),
    client.removeLink("MA", "c", "default"),
  ])
    expect((await failure(work)).code).toBe("lattice.not_connected");
  expect(() => client.onEvent(() => undefined)).toThrow("This control client is closed");
  await sleep(20);
  expect(requests).toEqual([]);
  expect(connection.state).toBe("connected");
});
