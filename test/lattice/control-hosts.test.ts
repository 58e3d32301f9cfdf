import { describe, expect, test, vi } from "vitest";
import { type ControlCommand, MEMORY_KEYVALUE_PROVIDER } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { type Heard, listen, nextEvent, rawClient, subjects, text } from "../support/lattice-host.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import type { TestHostOptions } from "../support/node-host.ts";
import { revisionsOf } from "../support/revisions.ts";
import { type Controlled, controlledHost } from "./controlled.ts";

const server = useNatsServer();
const modules = useModuleServer();
const echo = testActor("echo");
const KEYVALUE = "weblattice:keyvalue-memory";
const { id: STORE } = MEMORY_KEYVALUE_PROVIDER;

/** A host as clients of the control interface see it: by NATS alone. */
interface Seen extends Controlled {
  readonly id: string;
  readonly events: Heard;
  /** The text of the answer to a command. */
  tell(command: ControlCommand, fields: object): Promise<string>;
  /** The text of the bid in an auction; undefined if there is none before the answer to a later query. */
  bid(subject: string, request: object): Promise<string | undefined>;
}

async function seen(options: TestHostOptions = {}): Promise<Seen> {
  const raw = await rawClient(server.current.webSocketUrl);
  const events = await listen(raw, subjects.events);
  const controlled = await controlledHost(server.current.webSocketUrl, options);
  const { id } = controlled.member.host;
  return {
    ...controlled,
    id,
    events,
    tell: (command, fields) => controlled.ask(subjects.command(id, command), fields),
    bid: async (subject, request) => {
      const inbox = `_INBOX.${crypto.randomUUID()}`;
      const bids = await listen(raw, inbox);
      raw.publish(subject, JSON.stringify(request), { reply: inbox });
      await raw.request(subjects.inventory(id), "", { timeout: 2_000 });
      bids.subscription.unsubscribe();
      const [first] = bids.messages;
      return first === undefined ? undefined : text(first);
    },
  };
}

/** Serves a test actor once it is let. */
function slowly(name: string): { readonly reference: string; serve(): void } {
  let serve = (): void => undefined;
  const isAllowed = new Promise<void>((resolve) => {
    serve = resolve;
  });
  const path = `/slow-${crypto.randomUUID()}.wasm`;
  modules.route(path, (_request, response) => void isAllowed.then(() => response.end(testActor(name).bytes)));
  return { reference: `${modules.origin}${path}`, serve };
}

describe("a provider", () => {
  const start = { host_id: "", provider_ref: KEYVALUE, link_name: "default" };
  const stop = { ...start, contract_id: "wasmcloud:keyvalue" };

  test("is started and stopped by command, and both are told", async () => {
    const host = await seen();
    expect(await host.tell("lp", start)).toBe(
      `{"host_id":"${host.id}","provider_ref":"${KEYVALUE}","failure":null}`,
    );
    expect(await nextEvent(host.events, host.id, "ProviderStarted")).toContain(
      `{"event":{"ProviderStarted":{"contract_id":"wasmcloud:keyvalue","link_name":"default","provider_id":"${STORE}",` +
        `"image_ref":"${KEYVALUE}"}},`,
    );
    expect(await host.ask(subjects.inventory(host.id))).toContain(
      `{"id":"${STORE}","link_name":"default","image_ref":"${KEYVALUE}",`,
    );
    for (const provider_ref of [KEYVALUE, STORE]) {
      expect(await host.tell("lp", { ...start, provider_ref })).toBe(
        `{"host_id":"${host.id}","provider_ref":"${provider_ref}",` +
          `"failure":"Provider with image ref '${provider_ref}' is already running on this host."}`,
      );
    }
    expect(await host.tell("sp", stop)).toBe('{"failure":null}');
    expect(await nextEvent(host.events, host.id, "ProviderStopped")).toContain(STORE);
    expect(await host.tell("sp", stop)).toBe(
      `{"failure":"Provider ${KEYVALUE}/default is not running on this host"}`,
    );
    expect(await host.ask(subjects.inventory(host.id))).not.toContain(STORE);
  });

  test("that cannot be started is acknowledged, and its failure can be seen", async () => {
    const host = await seen();
    const reference = `${modules.origin}/none.par.gz`;
    expect(await host.tell("lp", { ...start, provider_ref: reference })).toContain('"failure":null');
    await vi.waitFor(async () => {
      expect((await host.member.host.describe()).counters).toMatchObject({ "control.start_failed": 1 });
    });
    expect(host.member.events).toContainEqual(expect.objectContaining({ type: "provider_failed" }));
    expect(await host.ask(subjects.inventory(host.id))).not.toContain(reference);
  });

  test("under an empty link name is started as default, and the check compares the name as given", async () => {
    const host = await seen();
    expect(await host.tell("lp", { ...start, link_name: "" })).toContain('"failure":null');
    await nextEvent(host.events, host.id, "ProviderStarted");
    expect(await host.ask(subjects.inventory(host.id))).toContain(`{"id":"${STORE}","link_name":"default",`);
    expect(await host.tell("lp", { ...start, link_name: "" })).toContain('"failure":null');
    expect(await host.tell("sp", { ...stop, link_name: "" })).toBe(
      `{"failure":"Provider ${KEYVALUE}/ is not running on this host"}`,
    );
    expect(await host.tell("sp", stop)).toBe('{"failure":null}');
  });
});

describe("a live update", () => {
  test("is carried out by command, and told", async () => {
    const host = await seen({ configure: (builder) => builder.enableLiveUpdates() });
    const actor = await revisionsOf("echo");
    const [one, two] = [await actor.sign(1), await actor.sign(2)];
    modules.route("/two.wasm", (_request, response) => void response.end(two));
    await host.member.host.startActor(one);
    const update = { host_id: "", actor_id: actor.key, new_actor_ref: `${modules.origin}/two.wasm` };
    expect(await host.tell("upd", update)).toBe('{"accepted":true}');
    const change = `{"actor":"${actor.key}","old_revision":1,"new_revision":2}`;
    expect(await nextEvent(host.events, host.id, "ActorUpdateBegan")).toContain(change);
    expect(await nextEvent(host.events, host.id, "ActorUpdateCompleted")).toContain(change);
    expect(await host.ask(subjects.inventory(host.id))).toContain(
      `{"id":"${actor.key}","image_ref":"${modules.origin}/two.wasm","name":"echo","revision":2}`,
    );
  });

  test.each([
    ["while updates are not enabled", false, () => modules.actor("echo"), "actor.update_refused"],
    ["of the same revision", true, () => modules.actor("echo"), "actor.update_refused"],
    ["to latest", true, () => "registry.example.com/echo:latest", "registry.latest_refused"],
    ["to no tag at all", true, () => "registry.example.com/echo", "registry.latest_refused"],
    ["to what is not there", true, () => `${modules.origin}/none.wasm`, "module.fetch_failed"],
  ])(
    "%s is accepted, its failure can be seen, and the actor runs on",
    async (_what, enabled, reference, code) => {
      const host = await seen({
        configure: (builder) => (enabled ? builder.enableLiveUpdates().ociAllowLatest() : builder),
      });
      await host.member.host.startActor(echo.bytes);
      const update = { host_id: "", actor_id: echo.key, new_actor_ref: reference() };
      expect(await host.tell("upd", update)).toBe('{"accepted":true}');
      await vi.waitFor(() => {
        expect(host.member.log.records()).toContainEqual(
          expect.objectContaining({ level: "error", fields: { code, reference: reference() } }),
        );
      });
      expect(host.member.events).toContainEqual(expect.objectContaining({ type: "actor_update_failed" }));
      expect(await host.member.call(echo.key, "Echo", 1)).toHaveLength(1);
    },
  );

  test("of what does not run is not accepted", async () => {
    const host = await seen();
    const update = { host_id: "", actor_id: echo.key, new_actor_ref: modules.actor("echo") };
    expect(await host.tell("upd", update)).toBe('{"accepted":false}');
  });
});

describe("auctions", () => {
  test("are bid in by hosts that could start an actor and have the labels", async () => {
    const host = await seen({
      configure: (builder) => builder.withLabel("zone", "a").withLabel("constructor", "b"),
    });
    const request = { actor_ref: modules.actor("echo"), constraints: { zone: "a", constructor: "b" } };
    expect(await host.bid(subjects.actorAuction, request)).toBe(
      `{"actor_ref":"${modules.actor("echo")}","constraints":{"zone":"a","constructor":"b"},"host_id":"${host.id}"}`,
    );
    for (const constraints of [
      { zone: "b" },
      { zone: "a", toString: "x" },
      JSON.parse('{"__proto__":"a"}'),
    ]) {
      expect(await host.bid(subjects.actorAuction, { ...request, constraints })).toBeUndefined();
    }
    await host.member.host.startActorFrom(request.actor_ref);
    for (const actor_ref of [request.actor_ref, echo.key]) {
      expect(await host.bid(subjects.actorAuction, { actor_ref, constraints: {} })).toBeUndefined();
    }
  });

  test("are bid in by hosts that could start a provider under the link name", async () => {
    const host = await seen();
    const bid = (link_name: string) =>
      host.bid(subjects.providerAuction, { provider_ref: KEYVALUE, link_name, constraints: {} });
    const text = (linkName: string): string =>
      `{"provider_ref":"${KEYVALUE}","link_name":"${linkName}","host_id":"${host.id}"}`;
    expect(await bid("default")).toBe(text("default"));
    await host.member.host.startProviderFrom(KEYVALUE);
    expect(await bid("default")).toBeUndefined();
    expect(await bid("other")).toBe(text("other"));
  });
});

describe("commands for one actor", () => {
  test("at the same time start it once", async () => {
    const host = await seen();
    const slow = slowly("echo");
    const replies = await Promise.all([1, 2, 3].map(() => host.command("la", slow.reference)));
    expect(replies.filter((reply) => (reply as { failure: unknown }).failure === null)).toHaveLength(1);
    expect(
      await host.bid(subjects.actorAuction, { actor_ref: slow.reference, constraints: {} }),
    ).toBeUndefined();
    slow.serve();
    await nextEvent(host.events, host.id, "ActorStarted");
    const path = new URL(slow.reference).pathname;
    expect(modules.requests.filter((request) => request === path)).toHaveLength(1);
    expect((await host.member.host.describe()).counters).not.toHaveProperty("control.start_failed");
  });

  test("stop it as soon as it has started", async () => {
    const host = await seen();
    const slow = slowly("echo");
    await host.command("la", slow.reference);
    expect(await host.command("sa", slow.reference)).toEqual({
      failure: "Actor is either not running on this host or host controller unresponsive",
    });
    slow.serve();
    await nextEvent(host.events, host.id, "ActorStarted");
    expect(await host.command("sa", slow.reference)).toEqual({ failure: null });
    expect((await host.member.host.describe()).actors).toEqual([]);
  });

  test("do not stop it while it is being updated, and then do", async () => {
    const host = await seen({ configure: (builder) => builder.enableLiveUpdates() });
    await host.member.host.startActor(echo.bytes);
    const slow = slowly("echo");
    const update = { host_id: "", actor_id: echo.key, new_actor_ref: slow.reference };
    expect(await host.tell("upd", update)).toBe('{"accepted":true}');
    expect(await host.tell("upd", update)).toBe('{"accepted":false}');
    expect(await host.command("sa", echo.key)).toEqual({
      failure: "Host controller did not acknowledge stop command",
    });
    slow.serve();
    await vi.waitFor(async () => expect(await host.command("sa", echo.key)).toEqual({ failure: null }));
    expect((await host.member.host.describe()).actors).toEqual([]);
  });
});
