import { describe, expect, it } from "vitest";
import { fakeControl, HOST } from "./fake-control.ts";
import { MemoryHost } from "./memory-host.ts";

const actor = (actor_ref: string, constraints: unknown = {}) => ({ actor_ref, constraints });
const provider = (provider_ref: string, link_name = "default", constraints: unknown = {}) => ({
  provider_ref,
  link_name,
  constraints,
});

/** A host in zone a that runs MA and VA. */
function host(): MemoryHost {
  const made = new MemoryHost(HOST);
  made.allLabels = { zone: "a", empty: "" };
  made.actors.add("MA");
  made.providers.add("VA/default");
  made.catalogue.set("a:1", "MA").set("v:1", "VA");
  return made;
}

describe("an actor auction", () => {
  it("is bid in with what was asked for", async () => {
    const { send } = fakeControl(host());
    expect(await send("auction.actor", actor("b:1", { zone: "a" }))).toBe(
      `{"actor_ref":"b:1","constraints":{"zone":"a"},"host_id":"${HOST}"}`,
    );
  });

  it("is not bid in by a host that runs the actor, by reference or key", async () => {
    const one = host();
    const { send } = fakeControl(one);
    expect(await send("auction.actor", actor("a:1"))).toContain(HOST);
    await one.startActorFrom("a:1").catch(() => undefined);
    for (const reference of ["a:1", "MA"])
      expect(await send("auction.actor", actor(reference))).toBeUndefined();
  });

  it("is not bid in while a start would be refused", async () => {
    const one = host();
    one.hold();
    const { send } = fakeControl(one);
    const start = (reference: string) => send(`cmd.${HOST}.la`, { actor_ref: reference, host_id: "" });
    await start("b:1");
    expect(await send("auction.actor", actor("b:1"))).toBeUndefined();
    expect(await send("auction.actor", actor("c:1"))).toContain(HOST);
    for (let number = 1; number < 32; number++) await start(`r:${number}`);
    expect(await send("auction.actor", actor("c:1"))).toBeUndefined();
  });
});

describe("a provider auction", () => {
  it("is bid in with what was asked for, without the constraints", async () => {
    const { send } = fakeControl(host());
    expect(await send("auction.provider", provider("r:1", "x", { zone: "a" }))).toBe(
      `{"provider_ref":"r:1","link_name":"x","host_id":"${HOST}"}`,
    );
  });

  it("is not bid in by a host that runs the provider under the link name as given", async () => {
    const one = host();
    await one.startProviderFrom("v:1", "default").catch(() => undefined);
    const { send } = fakeControl(one);
    for (const reference of ["v:1", "VA"]) {
      expect(await send("auction.provider", provider(reference))).toBeUndefined();
      expect(await send("auction.provider", provider(reference, "x"))).toContain(HOST);
      expect(await send("auction.provider", provider(reference, ""))).toContain(HOST);
    }
  });

  it("is not bid in while the provider is being started", async () => {
    const one = host();
    one.hold();
    const { send } = fakeControl(one);
    await send(`cmd.${HOST}.lp`, { host_id: "", provider_ref: "r:1", link_name: "x" });
    expect(await send("auction.provider", provider("r:1", "x"))).toBeUndefined();
    expect(await send("auction.provider", provider("r:1", "y"))).toContain(HOST);
  });
});

describe.each([
  ["auction.actor", actor("b:1")],
  ["auction.provider", provider("b:1")],
])("constraints in %s", (subject, request) => {
  it.each([
    ["none", "{}", true],
    ["all equal", '{"zone":"a","empty":""}', true],
    ["another value", '{"zone":"b"}', false],
    ["a value of another case", '{"zone":"A"}', false],
    ["part of a value", '{"zone":""}', false],
    ["one of two unknown", '{"zone":"a","other":"a"}', false],
    ["an unknown one that is empty", '{"other":""}', false],
    ["the prototype", '{"__proto__":"x"}', false],
    ["what every object has", '{"constructor":"x"}', false],
    ["what every object has, as text", '{"toString":"function toString() { [native code] }"}', false],
  ])("that are %s decide whether a host bids", async (_what, constraints, bids) => {
    const { send, counters } = fakeControl(host());
    const json = JSON.stringify({ ...request, constraints: "HERE" }).replace('"HERE"', constraints);
    expect((await send(subject, json)) !== undefined).toBe(bids);
    expect(counters.get("control.undecodable")).toBe(0);
  });

  it("may be any labels of the host", async () => {
    const one = host();
    one.allLabels = JSON.parse('{"__proto__":"x","constructor":"y"}');
    const { send } = fakeControl(one);
    const json = JSON.stringify({ ...request, constraints: "HERE" });
    const constraints = '{"__proto__":"x","constructor":"y"}';
    const answer = await send(subject, json.replace('"HERE"', constraints));
    expect(answer).toContain(HOST);
    if (subject === "auction.actor") expect(answer).toContain(`"constraints":${constraints}`);
    expect(await send(subject, json.replace('"HERE"', '{"__proto__":"y"}'))).toBeUndefined();
  });

  it.each([
    ["missing", undefined],
    ["null", null],
    ["an array", []],
    ["a text", "zone=a"],
    ["of numbers", { zone: 1 }],
    ["nested", { zone: { a: "a" } }],
    ["too many", Object.fromEntries(Array.from({ length: 1_025 }, (_, number) => [number, ""]))],
  ])("that are %s make a request nobody answers", async (_what, constraints) => {
    const { send, counters } = fakeControl(host());
    expect(await send(subject, { ...request, constraints })).toBeUndefined();
    expect(counters.get("control.undecodable")).toBe(1);
  });
});

it.each(["", "{", "[]", "null", '"x"'])(
  "an auction that cannot be read is not answered: %j",
  async (data) => {
    const { send, counters } = fakeControl(host());
    for (const kind of ["actor", "provider"]) expect(await send(`auction.${kind}`, data)).toBeUndefined();
    expect(counters.get("control.undecodable")).toBe(2);
  },
);
