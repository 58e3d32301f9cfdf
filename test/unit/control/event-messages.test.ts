import { describe, expect, it } from "vitest";
import { readPublishedEvent } from "../../../src/control/event-messages.ts";

const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const HEADER = `"header":{"host_origin":"${HOST}","timestamp":1620000000}`;
const bytes = (json: string): Uint8Array => new TextEncoder().encode(json);
const read = (event: string): unknown => readPublishedEvent(bytes(`{"event":${event},${HEADER}}`));
const CLAIMS =
  '{"jti":"KjK2bHf1Vx7a0cQmZ3sPwE","iat":1620000000,"iss":"AALU","sub":"MAU2","wascap":{"name":"Echo",' +
  '"hash":"26D8","tags":[],"caps":["wasmcloud:httpserver"],"rev":2,"ver":"0.2.1","prov":false}}';

describe("an event of protocol section 9", () => {
  it.each([
    ['"HostStarted"', { type: "host_started" }],
    ['{"HostStarted":null}', { type: "host_started" }],
    ['"HostStopped"', { type: "host_stopped" }],
    [
      '{"ActorStarted":{"actor":"MA","image_ref":"e:1"}}',
      { type: "actor_started", actor: "MA", reference: "e:1" },
    ],
    ['{"ActorStarted":{"actor":"MA","image_ref":null}}', { type: "actor_started", actor: "MA" }],
    ['{"ActorStarted":{"actor":"MA"}}', { type: "actor_started", actor: "MA" }],
    ['{"ActorStopped":{"actor":"MA"}}', { type: "actor_stopped", actor: "MA" }],
    [
      '{"ActorUpdateBegan":{"actor":"MA","old_revision":1,"new_revision":2}}',
      { type: "actor_update_began", actor: "MA", oldRevision: 1, newRevision: 2 },
    ],
    [
      '{"ActorUpdateCompleted":{"actor":"MA","old_revision":1,"new_revision":2}}',
      { type: "actor_update_completed", actor: "MA", oldRevision: 1, newRevision: 2 },
    ],
    [
      '{"ProviderStarted":{"contract_id":"c","link_name":"l","provider_id":"VA","image_ref":"r:1"}}',
      { type: "provider_started", contractId: "c", linkName: "l", provider: "VA", reference: "r:1" },
    ],
    [
      '{"ProviderStopped":{"contract_id":"c","link_name":"l","provider_id":"VA","more":1}}',
      { type: "provider_stopped", contractId: "c", linkName: "l", provider: "VA" },
    ],
    [
      '{"Heartbeat":{"claims":[],"entities":{"MA":"Running","MB":{"Running":null},"VA":{"Unhealthy":"ill"}}}}',
      {
        type: "heartbeat",
        claims: [],
        states: {
          MA: { state: "running" },
          MB: { state: "running" },
          VA: { state: "unhealthy", reason: "ill" },
        },
      },
    ],
  ])("%s is read with host and time", (event, body) => {
    expect(read(event)).toEqual({ ...body, hostId: HOST, time: 1_620_000_000_000 });
  });

  it("that is a heartbeat tells claims, those that cannot be read being left out", () => {
    const heartbeat = `{"Heartbeat":{"claims":[${CLAIMS},{"sub":"MB"},1,null],"entities":{}}}`;
    expect(read(heartbeat)).toMatchObject({
      claims: [{ subject: "MAU2", issuer: "AALU", name: "Echo", revision: 2, version: "0.2.1" }],
    });
  });

  it("may tell states of any name", () => {
    const { states } = read('{"Heartbeat":{"claims":[],"entities":{"__proto__":"Running"}}}') as {
      states: Record<string, unknown>;
    };
    expect(Object.entries(states)).toEqual([["__proto__", { state: "running" }]]);
    expect(states["constructor"]).toBeUndefined();
  });
});

describe("what is no event", () => {
  it.each([
    ["of an unknown name", '"ActorExploded"'],
    ["of an unknown name with members", '{"ActorFailed":{"actor":"MA"}}'],
    ["of a name that objects have", '{"constructor":{"actor":"MA"}}'],
    ["of two names", '{"ActorStopped":{"actor":"MA"},"HostStopped":null}'],
    ["of no name", "{}"],
    ["a number", "1"],
    ["null", "null"],
    ["an array", '["ActorStopped",{"actor":"MA"}]'],
    ["with members it does not have", '{"HostStarted":{}}'],
    ["without the members it has", '"ActorStarted"'],
    ["with a member missing", '{"ProviderStarted":{"contract_id":"c","link_name":"l"}}'],
    ["with a member of another kind", '{"ActorStopped":{"actor":1}}'],
    [
      "with a revision that is not whole",
      '{"ActorUpdateBegan":{"actor":"MA","old_revision":1.5,"new_revision":2}}',
    ],
    [
      "with a revision beyond 32 bits",
      '{"ActorUpdateBegan":{"actor":"MA","old_revision":1,"new_revision":2147483648}}',
    ],
    ["with a text that is too long", `{"ActorStopped":{"actor":"${"x".repeat(4_097)}"}}`],
    ["with an unknown state", '{"Heartbeat":{"claims":[],"entities":{"MA":"Idle"}}}'],
    [
      "with a state of two names",
      '{"Heartbeat":{"claims":[],"entities":{"MA":{"Running":null,"Unhealthy":""}}}}',
    ],
    ["with entities in an array", '{"Heartbeat":{"claims":[],"entities":["MA"]}}'],
    ["without claims", '{"Heartbeat":{"entities":{}}}'],
  ])("%s is refused", (_what, event) => {
    expect(() => read(event)).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["without header", '{"event":"HostStarted"}'],
    ["without event", `{${HEADER}}`],
    ["with a time that is no number", '{"event":"HostStarted","header":{"host_origin":"N","timestamp":"1"}}'],
    ["with a time that is not whole", '{"event":"HostStarted","header":{"host_origin":"N","timestamp":1.5}}'],
    [
      "with a time beyond all calendars",
      '{"event":"HostStarted","header":{"host_origin":"N","timestamp":1e15}}',
    ],
  ])("%s is refused", (_what, json) => {
    expect(() => readPublishedEvent(bytes(json))).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });

  it("of more than 8 MiB is not even parsed", () => {
    expect(() => readPublishedEvent(new Uint8Array(8_388_609).fill(0x20))).toThrow(
      expect.objectContaining({ code: "input.too_large" }),
    );
  });
});
