import { describe, expect, test, vi } from "vitest";
import { encodeClaims, type LinkDefinition } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { joinedHost, json, rawClient, subjects } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";
import { signed } from "../unit/actors/signing.ts";
import { bytes, vectors } from "../unit/lattice/lattice-vectors.ts";

const server = useNatsServer();
const url = (): string => server.current.webSocketUrl;
/** The link of protocol section 3.8, 207 bytes. */
const LINK = vectors.links.find(({ value }) => value.values["PORT"] === "8080") ?? {
  hex: "",
  value: {} as LinkDefinition,
};
const counter = async (
  host: { describe(): Promise<{ counters: Readonly<Record<string, number>> }> },
  name: string,
) => (await host.describe()).counters[name];

describe("an announcement", () => {
  test("cannot change what it verified itself, nor take it back to an older revision", async () => {
    const { host } = await joinedHost(url());
    const own = await signed("kvcounter", { capabilities: ["wasmcloud:keyvalue"], revision: 2 });
    await host.startActor(own.bytes);
    const raw = await rawClient(url());
    const capabilities = async (): Promise<unknown> => {
      const { claims } = json((await raw.request(subjects.getClaims)).data) as {
        claims: { values: unknown }[];
      };
      return claims.map(({ values }) => values);
    };
    const verified = await capabilities();
    const announce = async (revision: number): Promise<void> => {
      const claims = { ...own.claims, revision, capabilities: ["wasmcloud:all"] };
      raw.publish(subjects.claims, encodeClaims(claims));
      await raw.request(subjects.getHosts);
    };
    for (const revision of [1, 2]) await announce(revision);
    expect(await capabilities()).toEqual(verified);
    await host.stopActor(own.key);
    await announce(1);
    expect(await capabilities()).toEqual(verified);
    // An actor that does not run here is known by what is announced, as everywhere else on the lattice.
    await host.startActor(own.bytes);
    await announce(3);
    expect(await capabilities()).toEqual(verified);
    await host.stopActor(own.key);
    expect(await capabilities()).toMatchObject([{ rev: "3" }]);
  });

  test("cannot deny the host its own calls by claims for the system actor", async () => {
    const { start, call } = await joinedHost(url());
    const { key } = await start("echo");
    const raw = await rawClient(url());
    const actor = await signed("echo");
    const { capabilities: _none, ...claims } = actor.claims;
    raw.publish(subjects.claims, encodeClaims({ ...claims, subject: "system" }));
    await raw.request(subjects.getHosts);
    expect(await call(key, "Echo", 1)).toHaveLength(1);
  });

  test.each(["claims", "links", "removedLinks"] as const)(
    "as garbage on %s is counted, logged once, and the next is heard",
    async (plane) => {
      const { host, log, start, call } = await joinedHost(url());
      const raw = await rawClient(url());
      const garbage = ["", "c1", "80", "dd7fffffff", "93a1610102", "a474657874", "85a86163746f725f6964c0"];
      for (const each of garbage) raw.publish(subjects[plane], bytes(each));
      await vi.waitFor(async () =>
        expect(await counter(host, "lattice.announcement_undecodable")).toBe(garbage.length),
      );
      const logged = log.records().filter(({ message }) => message.includes("announcement_undecodable"));
      expect(logged.length).toBeGreaterThan(0);
      expect(logged.length).toBeLessThan(3);
      raw.publish(subjects.links, bytes(LINK.hex));
      await vi.waitFor(async () => expect((await host.describe()).links).toHaveLength(1));
      const { key } = await start("echo");
      expect(await call(key, "Echo", testActor("echo").key)).toBeDefined();
    },
  );
});
