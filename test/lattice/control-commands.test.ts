import { describe, expect, test, vi } from "vitest";
import { testActor } from "../support/actors.ts";
import { listen, nextEvent, rawClient, subjects } from "../support/lattice-host.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import { type Controlled, controlledHost } from "./controlled.ts";

const server = useNatsServer();
const modules = useModuleServer();
const echo = testActor("echo");
const member = (): Promise<Controlled> => controlledHost(server.current.webSocketUrl);

describe("the start command", () => {
  test("starts an actor from an address, tells that, and refuses it a second time", async () => {
    const { member: one, command, ask } = await member();
    const { host, call } = one;
    const events = await listen(await rawClient(server.current.webSocketUrl), subjects.events);
    const reference = modules.actor("echo");
    expect(await ask(subjects.command(host.id, "la"), { actor_ref: reference, host_id: "another" })).toBe(
      `{"host_id":"${host.id}","actor_ref":"${reference}","failure":null}`,
    );
    const line = await nextEvent(events, host.id, "ActorStarted");
    expect(line).toMatch(
      new RegExp(
        `^\\{"event":\\{"ActorStarted":\\{"actor":"${echo.key}","image_ref":"${reference}"\\}\\},` +
          `"header":\\{"host_origin":"${host.id}","timestamp":\\d{10}\\}\\}$`,
      ),
    );
    expect(await call(echo.key, "Echo", 1)).toHaveLength(1);
    for (const name of [reference, echo.key]) {
      expect(await command("la", name)).toEqual({
        host_id: host.id,
        actor_ref: name,
        failure: `Actor with image ref '${name}' is already running on this host`,
      });
    }
  });

  test.each([
    ["not there", () => `${modules.origin}/none.wasm`, "module.fetch_failed"],
    ["no reference", () => "registry.example.com/no such name", "registry.invalid_reference"],
    ["no actor", () => modules.actor("nocall"), "module.no_guest_call"],
  ])(
    "that cannot be carried out, being %s, is acknowledged and its failure can be seen",
    async (_what, reference, code) => {
      const { member: one, command } = await member();
      expect(await command("la", reference())).toMatchObject({ failure: null });
      await vi.waitFor(() => {
        expect(one.events.at(-1)).toMatchObject({ type: "actor_failed", error: { code } });
      });
      const { actors, counters } = await one.host.describe();
      expect(actors).toEqual([]);
      expect(counters).toMatchObject({ "control.start_failed": 1, "actors.start_failed": 1 });
      expect(one.log.records()).toContainEqual(
        expect.objectContaining({ level: "error", fields: { code, reference: reference() } }),
      );
      expect(await command("la", modules.actor("echo"))).toMatchObject({ failure: null });
      await vi.waitFor(async () => expect((await one.host.describe()).actors).toHaveLength(1));
    },
  );
});

describe("the stop command", () => {
  test("stops an actor by key or reference, tells that, and refuses it a second time", async () => {
    const { member: one, command } = await member();
    const { host } = one;
    const raw = await rawClient(server.current.webSocketUrl);
    const events = await listen(raw, subjects.events);
    for (const name of [echo.key, modules.actor("echo")]) {
      await host.startActorFrom(modules.actor("echo"));
      expect(await command("sa", name)).toEqual({ failure: null });
      expect(await nextEvent(events, host.id, "ActorStopped")).toContain(
        `{"event":{"ActorStopped":{"actor":"${echo.key}"}},`,
      );
      expect((await host.describe()).actors).toEqual([]);
      await expect(raw.request(subjects.actor(echo.key))).rejects.toMatchObject({ code: "503" });
      expect(await command("sa", name)).toEqual({
        failure: "Actor is either not running on this host or host controller unresponsive",
      });
    }
  });

  test("does not wait for a call that the actor serves", async () => {
    const { member: one, command } = await member();
    const { key } = await one.start("faulty");
    let isOver = false;
    const spinning = expect(one.call(key, "Spin"))
      .rejects.toThrow()
      .finally(() => {
        isOver = true;
      });
    expect(await command("sa", key)).toEqual({ failure: null });
    expect(isOver).toBe(false);
    expect((await one.host.describe()).actors).toEqual([]);
    await one.host.stop();
    await spinning;
  });
});

test("commands for another host are none of ours", async () => {
  const { command } = await member();
  const raw = await rawClient(server.current.webSocketUrl);
  const other = subjects.command("NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB", "la");
  await expect(raw.request(other, "{}")).rejects.toMatchObject({ code: "503" });
  expect(await command("sa", echo.key)).toMatchObject({ failure: expect.stringContaining("not running") });
});
