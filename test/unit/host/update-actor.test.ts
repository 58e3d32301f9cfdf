import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import type { Authorizer, HostBuilder } from "../../../src/index.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { type Revisions, revisionsOf } from "../../support/revisions.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const CONTRACT = "wasmcloud:keyvalue";

interface UpdateSetting extends TestHost {
  readonly actor: Revisions;
  /** The revision that runs. */
  revision(): Promise<number | undefined>;
  /** Types of the events since the actor was started. */
  told(): string[];
}

/** A host that runs revision 2 of an actor. */
async function updateSetting(
  configure: (builder: HostBuilder) => HostBuilder = (builder) => builder.enableLiveUpdates(),
  guest = "bare",
): Promise<UpdateSetting> {
  const test = await startTestHost({ configure });
  const actor = await revisionsOf(guest);
  await test.host.startActor(await actor.sign(2), { reference: "registry.example.com/actor:2" });
  const from = test.events.length;
  return {
    ...test,
    actor,
    revision: async () => (await test.host.describe()).actors[0]?.revision,
    told: () => test.events.slice(from).map(({ type }) => type),
  };
}

describe("a live update", () => {
  it("replaces the module, and tells of it before and after", async () => {
    const { host, actor, call, events, revision, told } = await updateSetting();
    const updated = await host.updateActor(actor.key, await actor.sign(3, { name: "newer" }, "ponger"));
    expect(updated).toMatchObject({ key: actor.key, revision: 3, name: "newer", restarts: 0 });
    expect(decode(await call(actor.key, "Ping", { value: 1 }))).toEqual({ value: 43 });
    expect(await revision()).toBe(3);
    expect(told().slice(0, 2)).toEqual(["actor_update_began", "actor_update_completed"]);
    const change = { actor: actor.key, name: "newer", oldRevision: 2, newRevision: 3 };
    expect(events.filter(({ type }) => type.startsWith("actor_update"))).toMatchObject([change, change]);
  });

  it("reports the reference it was given, or none", async () => {
    const { host, actor } = await updateSetting();
    expect(await host.updateActor(actor.key, await actor.sign(3))).not.toHaveProperty("reference");
  });

  it("answers every call that came before, meanwhile and after", async () => {
    const { host, actor, call } = await updateSetting();
    const bytes = await actor.sign(3);
    let updating = true;
    const update = host.updateActor(actor.key, bytes).finally(() => {
      updating = false;
    });
    const answers: Promise<Uint8Array>[] = [];
    for (let round = 0; updating || round < 5; round++) {
      answers.push(...Array.from({ length: 20 }, (_, index) => call(actor.key, "Echo", index)));
      await Promise.race(answers.slice(-20));
    }
    await update;
    const replies = await Promise.all(answers);
    expect(replies.map((reply) => decode(reply))).toEqual(replies.map((_, index) => index % 20));
  });

  it("lets providers know of claims that changed", async () => {
    const { host, actor } = await updateSetting();
    const [descriptor, provider] = [await newDescriptor(CONTRACT), new RecordingProvider()];
    await host.startProvider({ descriptor, provider });
    const link = { actorId: actor.key, providerId: descriptor.id, contractId: CONTRACT };
    await host.setLink({ ...link, linkName: "default", values: { URL: "here" } });
    await host.updateActor(actor.key, await actor.sign(3, { name: "renamed" }));
    expect(provider.links).toMatchObject([
      ["BindActor", { values: { __wasmcloud_name: "bare" } }],
      ["BindActor", { values: { __wasmcloud_name: "renamed" } }],
    ]);
  });

  it("takes an actor that lost the capability from its provider", async () => {
    const { host, actor } = await updateSetting((builder) =>
      builder.enableLiveUpdates().disableStrictUpdateCheck(),
    );
    const [descriptor, provider] = [await newDescriptor(CONTRACT), new RecordingProvider()];
    await host.startProvider({ descriptor, provider });
    const link = { actorId: actor.key, providerId: descriptor.id, contractId: CONTRACT };
    await host.setLink({ ...link, linkName: "default", values: {} });
    await host.updateActor(actor.key, await actor.sign(3, { capabilities: [] }));
    expect(provider.links.map(([operation]) => operation)).toEqual(["BindActor", "RemoveActor"]);
    expect((await host.describe()).links).toMatchObject([{ state: "refused" }]);
    await host.updateActor(actor.key, await actor.sign(4));
    expect(provider.links.at(-1)).toMatchObject(["BindActor", { module: actor.key }]);
  });
});

describe("an update that is refused", () => {
  const disabled = "Attempt to live update actor denied. Runtime updates for this actor are not enabled";
  const strict =
    "Strict claims checking does not allow live updated actors to have different capability claims";
  const enabled = (builder: HostBuilder): HostBuilder => builder.enableLiveUpdates();

  it.each<[string, (actor: Revisions) => Promise<Uint8Array>, string, (builder: HostBuilder) => HostBuilder]>(
    [
      ["where updates are not enabled", (actor) => actor.sign(3), disabled, (builder) => builder],
      [
        "of another actor",
        async () => (await revisionsOf("bare")).sign(3),
        "Public keys of old actor and new actor do not match. Update denied.",
        enabled,
      ],
      [
        "of the same revision",
        (actor) => actor.sign(2),
        "Cannot live update if the new module is not a higher revision number",
        enabled,
      ],
      [
        "with more capabilities",
        (actor) => actor.sign(3, { capabilities: [CONTRACT, "wasmcloud:logging"] }),
        strict,
        enabled,
      ],
      ["with fewer capabilities", (actor) => actor.sign(3, { capabilities: [] }), strict, enabled],
      [
        "by another account",
        (actor) => actor.sign(3, { issuer: "another" }),
        "The new module is signed by another account than the running one. Update denied.",
        enabled,
      ],
    ],
  )("%s leaves the old module running, and says so", async (_, bytes, message, configure) => {
    const { host, actor, call, events, revision, told } = await updateSetting(configure);
    await expect(host.updateActor(actor.key, await bytes(actor))).rejects.toMatchObject({
      code: "actor.update_refused",
      message,
    });
    expect(told()).toEqual(["actor_update_failed"]);
    expect(events.at(-1)).toMatchObject({
      actor: actor.key,
      error: { code: "actor.update_refused", message },
    });
    expect(await revision()).toBe(2);
    expect(decode(await call(actor.key, "Echo", 7))).toBe(7);
  });

  it.each<[string, (builder: HostBuilder) => HostBuilder, Parameters<Revisions["sign"]>[1]]>([
    ["other capabilities", (builder) => builder.disableStrictUpdateCheck(), { capabilities: [] }],
    ["another issuer", (builder) => builder.allowUpdatesByOtherIssuers(), { issuer: "another" }],
  ])("may be allowed in spite of %s", async (_, step, claims) => {
    const { host, actor, revision } = await updateSetting((builder) => step(builder.enableLiveUpdates()));
    await host.updateActor(actor.key, await actor.sign(3, claims));
    expect(await revision()).toBe(3);
  });

  it("is one of an actor that does not run here", async () => {
    const { host } = await updateSetting();
    const other = await revisionsOf("bare");
    await expect(host.updateActor(other.key, await other.sign(3))).rejects.toMatchObject({
      code: "actor.not_running",
      message: `Actor ${other.key} not found on this host, live update aborted.`,
    });
  });

  it("is one that the authorizer does not load", async () => {
    const onlyOld: Authorizer = { canLoad: ({ revision }) => revision < 3, canInvoke: () => true };
    const { host, actor, revision } = await updateSetting((builder) =>
      builder.enableLiveUpdates().withAuthorizer(onlyOld),
    );
    await expect(host.updateActor(actor.key, await actor.sign(3))).rejects.toMatchObject({
      code: "actor.start_refused",
    });
    expect(await revision()).toBe(2);
  });

  it.each([
    ["whose bytes are damaged", async (actor: Revisions) => (await actor.sign(3)).slice(0, -9)],
    ["whose token has expired", (actor: Revisions) => actor.sign(3, { expires: 1_600_000_001 })],
    ["that does not start", (actor: Revisions) => actor.sign(3, {}, "faulty-init")],
    ["that has no __guest_call", (actor: Revisions) => actor.sign(3, {}, "nocall")],
  ])("is one %s, and nothing of it is announced", async (_, bytes) => {
    const { host, actor, call, events, revision } = await updateSetting();
    await expect(host.updateActor(actor.key, await bytes(actor))).rejects.toMatchObject({
      code: expect.stringMatching(/^(module|claims|guest|actor)\./),
    });
    expect(events.some(({ type }) => type === "actor_update_completed")).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: "actor_update_failed", actor: actor.key });
    expect(await revision()).toBe(2);
    expect(decode(await call(actor.key, "Echo", 7))).toBe(7);
  });

  it("is a second one while the first is under way", async () => {
    const { host, actor, revision } = await updateSetting();
    const [three, four] = await Promise.all([actor.sign(3), actor.sign(4)]);
    const first = host.updateActor(actor.key, three);
    await expect(host.updateActor(actor.key, four)).rejects.toMatchObject({ code: "actor.updating" });
    await first;
    expect(await revision()).toBe(3);
  });

  it("by reference is one of an image tagged latest, where only latest exists", async () => {
    const { host, actor } = await updateSetting();
    await expect(host.updateActorFrom(actor.key, "registry.example.com/actor:latest")).rejects.toMatchObject({
      code: "registry.latest_refused",
    });
  });
});
