import { describe, expect, test, vi } from "vitest";
import { encodeClaims, type LinkDefinition } from "../../src/index.ts";
import { joinedHost, json, listen, rawClient, subjects } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";
import { signed } from "../unit/actors/signing.ts";
import { bytes, hex, vectors } from "../unit/lattice/lattice-vectors.ts";
import { newDescriptor, RecordingProvider } from "../unit/providers/recording-provider.ts";

const server = useNatsServer();
const url = (): string => server.current.webSocketUrl;
const CONTRACT = "wasmcloud:httpserver";
/** The link of protocol section 3.8, 207 bytes. */
const LINK = vectors.links.find(({ value }) => value.values["PORT"] === "8080") ?? {
  hex: "",
  value: {} as LinkDefinition,
};
const ascii = (text: string): string => Buffer.from(text).toString("hex");
/** Its removal: the fields of the 85-byte example with the ids of this link. */
const REMOVAL =
  `85a8${ascii("actor_id")}d938${ascii(LINK.value.actorId)}ab${ascii("provider_id")}a0a9${ascii("link_name")}` +
  `a7${ascii("default")}ab${ascii("contract_id")}b4${ascii(CONTRACT)}a6${ascii("values")}80`;

describe("what a host announces", () => {
  test("are the claims of an actor it starts, byte for byte", async () => {
    const claims = await listen(await rawClient(url()), subjects.claims);
    const { host } = await joinedHost(url());
    const actor = await signed("echo", {
      capabilities: [CONTRACT],
      callAlias: "echo",
      expires: 4_000_000_000,
    });
    await host.startActor(actor.bytes);
    const announced = await claims.next((data) => (Buffer.from(data).includes(actor.key) ? data : undefined));
    expect(hex(announced)).toBe(hex(encodeClaims(actor.claims)));
    expect(claims.messages).toHaveLength(1);
  });

  test("are links it sets and removes, byte for byte as in protocol section 3.8", async () => {
    const raw = await rawClient(url());
    const [links, removals] = [await listen(raw, subjects.links), await listen(raw, subjects.removedLinks)];
    const { host, events, synced } = await joinedHost(url());
    await host.setLink(LINK.value);
    expect(hex(await links.next((data) => data))).toBe(LINK.hex);
    await synced();
    await host.removeLink(LINK.value.actorId, CONTRACT, "default");
    expect(hex(await removals.next((data) => data))).toBe(REMOVAL);
    // Its own announcements come back to it, and change nothing.
    await synced();
    expect((await host.describe()).links).toEqual([]);
    expect(events.filter(({ type }) => type.startsWith("link_")).map(({ type }) => type)).toEqual([
      "link_set",
      "link_removed",
    ]);
    expect([links.messages.length, removals.messages.length]).toEqual([1, 1]);
  });

  test("and hears itself, too late even, end as the host meant it", async () => {
    const { host, start, synced } = await joinedHost(url());
    const provider = new RecordingProvider();
    const descriptor = await newDescriptor("wasmcloud:keyvalue");
    await host.startProvider({ descriptor, provider });
    const { key: actorId } = await start("kvcounter");
    const link = {
      actorId,
      providerId: descriptor.id,
      contractId: "wasmcloud:keyvalue",
      linkName: "default",
    };
    await host.setLink({ ...link, values: {} });
    await host.removeLink(actorId, "wasmcloud:keyvalue", "default");
    await synced();
    await vi.waitFor(() => expect(provider.links.at(-1)?.[0]).toBe("RemoveActor"));
    const operations = provider.links.map(([operation]) => operation);
    const half = operations.length / 2;
    expect(operations).toEqual(Array.from({ length: half }, () => ["BindActor", "RemoveActor"]).flat());
    expect((await host.describe()).links).toEqual([]);
  });
});

describe("what a host hears", () => {
  test("are the claims of actors elsewhere, as recorded", async () => {
    const { host } = await joinedHost(url());
    const raw = await rawClient(url());
    raw.publish(subjects.claims, bytes(vectors.claims.hex));
    await vi.waitFor(async () => {
      const { data } = await raw.request(subjects.getClaims);
      expect(json(data)).toEqual({
        claims: [
          {
            values: {
              sub: LINK.value.actorId,
              iss: "AALUKU5UK3O57RUQR3FLDQIB7ZVLEHRLVIDBO6K3PVB2MNECTE75LV2E",
              caps: CONTRACT,
              rev: "2",
              version: "0.2.1",
            },
          },
        ],
      });
    });
    expect((await host.describe()).actors).toEqual([]);
  });

  test("are links and their removal, as recorded, whatever else their removal says", async () => {
    const { host, events } = await joinedHost(url());
    const raw = await rawClient(url());
    raw.publish(subjects.links, bytes(LINK.hex));
    await vi.waitFor(async () => expect((await host.describe()).links).toMatchObject([LINK.value]));
    raw.publish(subjects.links, bytes(LINK.hex));
    raw.publish(subjects.removedLinks, bytes(LINK.hex));
    await vi.waitFor(async () => expect((await host.describe()).links).toEqual([]));
    raw.publish(subjects.removedLinks, bytes(REMOVAL));
    await raw.request(subjects.getHosts);
    expect(events.filter(({ type }) => type.startsWith("link_")).map(({ type }) => type)).toEqual([
      "link_set",
      "link_removed",
    ]);
  });

  test("binds its provider to an actor elsewhere, in whichever order it hears of them", async () => {
    const claims = bytes(vectors.claims.hex);
    for (const order of ["claims first", "link first"]) {
      const { host } = await joinedHost(url());
      const provider = new RecordingProvider();
      await host.startProvider({
        descriptor: { ...(await newDescriptor(CONTRACT)), id: LINK.value.providerId },
        provider,
      });
      const raw = await rawClient(url());
      const said = [
        () => raw.publish(subjects.claims, claims),
        () => raw.publish(subjects.links, bytes(LINK.hex)),
      ];
      for (const say of order === "claims first" ? said : said.toReversed()) say();
      await vi.waitFor(() => expect(provider.links).toHaveLength(1));
      // The 289 bytes of protocol section 3.8, but for the capabilities, of which these claims have one.
      expect(provider.links[0]?.[1]).toEqual({
        module: LINK.value.actorId,
        values: {
          PORT: "8080",
          __wasmcloud_issuer: "AALUKU5UK3O57RUQR3FLDQIB7ZVLEHRLVIDBO6K3PVB2MNECTE75LV2E",
          __wasmcloud_capabilities: CONTRACT,
          __wasmcloud_name: "Echo",
          __wasmcloud_expires: "0",
          __wasmcloud_tags: "",
        },
      });
      raw.publish(subjects.removedLinks, bytes(REMOVAL));
      await vi.waitFor(() => expect(provider.links.at(-1)?.[0]).toBe("RemoveActor"));
      await host.stop();
    }
  });

  test("of a link whose provider it runs already, by its own echo too, binds once", async () => {
    const { host, start } = await joinedHost(url());
    const provider = new RecordingProvider();
    const descriptor = await newDescriptor("wasmcloud:keyvalue");
    await host.startProvider({ descriptor, provider });
    const { key } = await start("kvcounter");
    const link = {
      actorId: key,
      providerId: descriptor.id,
      contractId: "wasmcloud:keyvalue",
      linkName: "default",
    };
    await host.setLink({ ...link, values: { URL: "x" } });
    const raw = await rawClient(url());
    for (let i = 0; i < 3; i++) await raw.request(subjects.getHosts);
    expect(provider.links.map(([operation]) => operation)).toEqual(["BindActor"]);
    expect((await host.describe()).links).toMatchObject([{ state: "bound" }]);
  });
});
