import { describe, expect, test } from "vitest";
import { testActor } from "../support/actors.ts";
import { joinedHost, json, rawClient, subjects } from "../support/lattice-host.ts";
import { useModuleServer } from "../support/module-server.ts";
import { useNatsServer } from "../support/nats.ts";
import type { TestHostOptions } from "../support/node-host.ts";
import { signed } from "../unit/actors/signing.ts";
import { newDescriptor, RecordingProvider } from "../unit/providers/recording-provider.ts";
import { type Controlled, controlledHost } from "./controlled.ts";

const server = useNatsServer();
const modules = useModuleServer();
const EXTRAS =
  '{"id":"VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP","link_name":"default","name":"wasmcloud Extras","revision":0}';
const echo = testActor("echo");

const member = (options: TestHostOptions = {}): Promise<Controlled> =>
  controlledHost(server.current.webSocketUrl, options);

const labels = (builder: Parameters<NonNullable<TestHostOptions["configure"]>>[0]) =>
  builder.withCoreLabels({ "hostcore.os": "linux" });

describe("queries", () => {
  test("get.hosts is answered by every host with its uptime in whole seconds", async () => {
    let now = 1_700_000_000_000;
    const { member: one, ask } = await member({ configure: (builder) => builder.withClock(() => now) });
    now += 3_600_999;
    expect(await ask(subjects.getHosts)).toBe(`{"id":"${one.host.id}","uptime":3600}`);
    const two = await joinedHost(server.current.webSocketUrl);
    const raw = await rawClient(server.current.webSocketUrl);
    const replies = new Set<string>();
    for await (const reply of await raw.requestMany(subjects.getHosts, "", { maxWait: 300 })) {
      replies.add((json(reply.data) as { id: string }).id);
    }
    expect(replies).toEqual(new Set([one.host.id, two.host.id]));
  });

  test("the inventory tells labels, actors and providers, byte for byte", async () => {
    const { member: one, ask } = await member({ configure: labels });
    const { host, start } = one;
    const inventory = (actors: string, providers: string): string =>
      `{"host_id":"${host.id}","labels":{"hostcore.os":"linux"},"actors":[${actors}],"providers":[${providers}]}`;
    expect(await ask(subjects.inventory(host.id))).toBe(inventory("", EXTRAS));
    await start("ponger");
    await host.startActorFrom(modules.actor("echo"));
    const descriptor = await newDescriptor();
    await host.startProvider({
      descriptor,
      provider: new RecordingProvider(),
      linkName: "x",
      reference: "rec:1",
    });
    expect(await ask(subjects.inventory(host.id))).toBe(
      inventory(
        `{"id":"${testActor("ponger").key}","name":"Ponger","revision":1},` +
          `{"id":"${echo.key}","image_ref":"${modules.actor("echo")}","name":"Echo","revision":1}`,
        `${EXTRAS},{"id":"${descriptor.id}","link_name":"x","image_ref":"rec:1","name":"Recorder","revision":3}`,
      ),
    );
  });

  test("get.claims tells all claims known, also of actors that run no more", async () => {
    const { member: one, ask } = await member();
    expect(await ask(subjects.getClaims)).toBe('{"claims":[]}');
    const { bytes, key, claims } = await signed("echo", {
      capabilities: ["wasmcloud:httpserver", "wasmcloud:keyvalue"],
      revision: 2,
      version: "0.2.1",
    });
    await one.host.startActor(bytes);
    await one.host.stopActor(key);
    expect(await ask(subjects.getClaims)).toBe(
      `{"claims":[{"values":{"sub":"${key}","iss":"${claims.issuer}",` +
        `"caps":"wasmcloud:httpserver,wasmcloud:keyvalue","rev":"2","version":"0.2.1"}}]}`,
    );
  });

  test("get.links tells all links with their values", async () => {
    const { member: one, ask } = await member();
    expect(await ask(subjects.getLinks)).toBe('{"links":[]}');
    const { id } = await newDescriptor();
    await one.host.setLink({
      actorId: echo.key,
      providerId: id,
      contractId: "wasmcloud:httpserver",
      linkName: "default",
      values: { PORT: "8080" },
    });
    expect(await ask(subjects.getLinks)).toBe(
      `{"links":[{"actor_id":"${echo.key}","provider_id":"${id}","link_name":"default",` +
        `"contract_id":"wasmcloud:httpserver","values":{"PORT":"8080"}}]}`,
    );
  });
});
