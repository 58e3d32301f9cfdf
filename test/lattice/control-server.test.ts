import type { NatsConnection } from "nats.ws";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parseActorPayload } from "../../src/claims/index.ts";
import { ControlServer } from "../../src/control/index.ts";
import { connectNats, latticeSubjects } from "../../src/lattice/index.ts";
import { Counters, Logger, RingBufferSink } from "../../src/telemetry/index.ts";
import { connectClient, useNatsServer } from "../support/nats.ts";
import { MemoryHost } from "../unit/control/memory-host.ts";
import { vectors } from "../unit/lattice/lattice-vectors.ts";

const server = useNatsServer();
const subjects = latticeSubjects();
const closing: (() => Promise<void>)[] = [];
const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const OTHER = "NOTHERHOSTOTHERHOSTOTHERHOSTOTHERHOSTOTHERHOSTOTHERHOSTO";
const ECHO = "registry.example.com/echo:0.2.1";
const REDIS = "registry.example.com/redis:0.11.2";
let raw: NatsConnection;
let host: MemoryHost;
let counters: Counters;

beforeEach(async () => {
  raw = await connectClient(server.current.webSocketUrl);
  counters = new Counters();
  host = await serve(HOST);
  host.allLabels = { zone: "a" };
  host.catalogue.set(ECHO, "MAU2").set(REDIS, "VASU");
});
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await raw.close();
});

const text = (data: Uint8Array): string => Buffer.from(data).toString();

/** A host of a lattice that is there in name only, but for its control interface. */
async function serve(id: string, namespace = "default"): Promise<MemoryHost> {
  const made = new MemoryHost(id);
  const connection = await connectNats({ servers: server.current.webSocketUrl });
  const control = new ControlServer({
    connection,
    subjects: latticeSubjects(namespace),
    host: made,
    logger: new Logger([new RingBufferSink()]),
    counters,
  });
  await connection.flush();
  closing.push(async () => {
    await control.close();
    await connection.close();
  });
  return made;
}

const ask = async (subject: string, data = ""): Promise<string> =>
  text((await raw.request(subject, data, { timeout: 2_000 })).data);

/** The answer that comes before that to a later query, on the same subscriptions: undefined for silence. */
async function answerTo(subject: string, data: string): Promise<string | undefined> {
  let answer: string | undefined;
  const inbox = `_INBOX.${crypto.randomUUID()}`;
  const subscription = raw.subscribe(inbox, {
    callback: (_error, message) => {
      answer = text(message.data);
    },
  });
  raw.publish(subject, data, { reply: inbox });
  await ask(subjects.inventory(HOST));
  subscription.unsubscribe();
  return answer;
}

describe("commands, byte for byte as in protocol section 8.2", () => {
  test("an actor is started and stopped", async () => {
    const la = subjects.command(HOST, "la");
    const sa = subjects.command(HOST, "sa");
    const start = `{"actor_ref":"${ECHO}","host_id":"${HOST}"}`;
    expect(await ask(la, start)).toBe(`{"host_id":"${HOST}","actor_ref":"${ECHO}","failure":null}`);
    await vi.waitFor(() => expect(host.actors).toContain("MAU2"));
    expect(await ask(la, start)).toBe(
      `{"host_id":"${HOST}","actor_ref":"${ECHO}",` +
        `"failure":"Actor with image ref '${ECHO}' is already running on this host"}`,
    );
    const stop = `{"host_id":"${HOST}","actor_ref":"MAU2"}`;
    expect(await ask(sa, stop)).toBe('{"failure":null}');
    expect(await ask(sa, stop)).toBe(
      '{"failure":"Actor is either not running on this host or host controller unresponsive"}',
    );
    expect(await ask(la, "{")).toMatch(
      /^\{"host_id":"N.{55}","actor_ref":"","failure":"Bad StartActor command received: JSON deserialization failure: .+"\}$/,
    );
    expect(await ask(sa, "{")).toBe('{"failure":"Failed to deserialize stop actor command"}');
  });

  test("a provider is started and stopped", async () => {
    const lp = subjects.command(HOST, "lp");
    const sp = subjects.command(HOST, "sp");
    const start = `{"host_id":"${HOST}","provider_ref":"${REDIS}","link_name":"default"}`;
    expect(await ask(lp, start)).toBe(`{"host_id":"${HOST}","provider_ref":"${REDIS}","failure":null}`);
    await vi.waitFor(() => expect(host.providers).toContain("VASU/default"));
    expect(await ask(lp, start)).toBe(
      `{"host_id":"${HOST}","provider_ref":"${REDIS}",` +
        `"failure":"Provider with image ref '${REDIS}' is already running on this host."}`,
    );
    const stop = `{"host_id":"${HOST}","provider_ref":"VASU","link_name":"default","contract_id":"wasmcloud:keyvalue"}`;
    expect(await ask(sp, stop)).toBe('{"failure":null}');
    expect(await ask(sp, stop)).toBe('{"failure":"Provider VASU/default is not running on this host"}');
    expect(await ask(lp, "{")).toMatch(
      /^\{"host_id":"N.{55}","provider_ref":"","failure":"Bad StartProvider command received: JSON deserialization failure: .+"\}$/,
    );
    expect(await ask(sp, "{")).toBe('{"failure":"Failed to deserialize stop provider command"}');
  });

  test("an actor is updated", async () => {
    const upd = subjects.command(HOST, "upd");
    const update = `{"host_id":"${HOST}","actor_id":"MAU2","new_actor_ref":"${ECHO}"}`;
    expect(await ask(upd, update)).toBe('{"accepted":false}');
    host.actors.add("MAU2");
    expect(await ask(upd, update)).toBe('{"accepted":true}');
    await vi.waitFor(() => expect(host.done).toEqual([`update MAU2 ${ECHO}`]));
    for (const undecodable of ["", "{", "{}"]) expect(await answerTo(upd, undecodable)).toBeUndefined();
    expect(counters.get("control.undecodable")).toBe(3);
  });

  test("the host that the subject names is meant, whatever the message names", async () => {
    const start = `{"actor_ref":"${ECHO}","host_id":"${OTHER}"}`;
    expect(await ask(subjects.command(HOST, "la"), start)).toContain('"failure":null');
    await expect(ask(subjects.command(OTHER, "la"), start)).rejects.toMatchObject({ code: "503" });
    const elsewhere = latticeSubjects("elsewhere").command(HOST, "la");
    await expect(ask(elsewhere, start)).rejects.toMatchObject({ code: "503" });
  });

  test("of two starts of one reference at the same time the second is refused", async () => {
    const release = host.hold();
    const start = `{"actor_ref":"${ECHO}","host_id":"${HOST}"}`;
    const replies = await Promise.all([1, 2].map(() => ask(subjects.command(HOST, "la"), start)));
    expect(replies.filter((reply) => reply.endsWith('"failure":null}'))).toHaveLength(1);
    expect(replies.filter((reply) => reply.includes("is already running on this host"))).toHaveLength(1);
    release();
    await vi.waitFor(() => expect(host.done).toEqual([`start ${ECHO}`]));
    expect(host.begun).toHaveLength(1);
  });

  test("without a reply subject are carried out, and what cannot be read does no harm", async () => {
    for (const command of ["la", "sa", "lp", "sp", "upd"] as const)
      raw.publish(subjects.command(HOST, command), "{");
    raw.publish(subjects.getHosts);
    raw.publish(subjects.command(HOST, "la"), `{"actor_ref":"${ECHO}","host_id":""}`);
    await vi.waitFor(() => expect(host.actors).toContain("MAU2"));
    expect(await ask(subjects.getHosts)).toContain(HOST);
  });
});

describe("auctions, byte for byte as in protocol section 8.2", () => {
  test("of an actor are bid in by hosts that could start it", async () => {
    const bid = (constraints: string) =>
      answerTo(subjects.actorAuction, `{"actor_ref":"${ECHO}","constraints":${constraints}}`);
    expect(await bid('{"zone":"a"}')).toBe(
      `{"actor_ref":"${ECHO}","constraints":{"zone":"a"},"host_id":"${HOST}"}`,
    );
    expect(await bid('{"zone":"b"}')).toBeUndefined();
    expect(await bid('{"__proto__":"b"}')).toBeUndefined();
    expect(await bid("[]")).toBeUndefined();
    await host.startActorFrom(ECHO);
    expect(await bid("{}")).toBeUndefined();
  });

  test("of a provider are bid in by hosts that could start it under the link name", async () => {
    const bid = (linkName: string) =>
      answerTo(
        subjects.providerAuction,
        `{"provider_ref":"${REDIS}","link_name":"${linkName}","constraints":{}}`,
      );
    await host.startProviderFrom(REDIS, "default");
    expect(await bid("other")).toBe(`{"provider_ref":"${REDIS}","link_name":"other","host_id":"${HOST}"}`);
    expect(await bid("default")).toBeUndefined();
    expect(await answerTo(subjects.providerAuction, "{")).toBeUndefined();
  });
});

describe("queries, byte for byte as in protocol section 8.2", () => {
  test("are answered by every host, with what it knows", async () => {
    await serve(OTHER);
    const replies: string[] = [];
    for await (const { data } of await raw.requestMany(subjects.getHosts, "", { maxWait: 300 }))
      replies.push(text(data));
    expect(replies.toSorted()).toEqual([`{"id":"${HOST}","uptime":0}`, `{"id":"${OTHER}","uptime":0}`]);
  });

  test("tell inventory, claims and links", async () => {
    await host.startActorFrom(ECHO);
    await host.startProviderFrom(REDIS, "default");
    host.claims = [parseActorPayload(vectors.claims.payload)];
    const [claims] = host.claims;
    host.links = [{ actorId: "M", providerId: "V", linkName: "l", contractId: "c", values: { PORT: "1" } }];
    expect(await ask(subjects.inventory(HOST), "ignored")).toBe(
      `{"host_id":"${HOST}","labels":{"zone":"a"},"actors":[{"id":"MAU2","name":"Echo","revision":2}],` +
        '"providers":[{"id":"VASU","link_name":"default","image_ref":"redis:1","name":"Redis","revision":1}]}',
    );
    expect(await ask(subjects.getClaims, "{")).toBe(
      `{"claims":[{"values":{"sub":"${claims?.subject}","iss":"${claims?.issuer}",` +
        `"caps":"${claims?.capabilities?.join(",")}","rev":"${claims?.revision}","version":"${claims?.version}"}}]}`,
    );
    expect(await ask(subjects.getLinks)).toBe(
      '{"links":[{"actor_id":"M","provider_id":"V","link_name":"l","contract_id":"c","values":{"PORT":"1"}}]}',
    );
  });
});
