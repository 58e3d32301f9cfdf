import { decode } from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";
import { latticeSubjects } from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import {
  joinedHost,
  json,
  listen,
  nextEvent,
  rawClient,
  startLatticeHost,
  subjects,
} from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";

const server = useNatsServer();
const guarded = useNatsServer({ config: "authorization { user: a, password: b }" });
const url = (): string => server.current.webSocketUrl;

describe("joining a lattice", () => {
  test("bounds the calls that may wait for an answer by the host's limit", async () => {
    const { host, join } = await startLatticeHost({ limits: { pendingRequests: 1 } });
    await join(url());
    const raw = await rawClient(url());
    const { key } = testActor("echo");
    const asked = await listen(raw, subjects.actor(key));
    const silent = host.callActor(key, "Echo", new Uint8Array(0));
    silent.catch(() => undefined);
    await asked.next(() => true);
    await expect(host.callActor(key, "Echo", new Uint8Array(0))).rejects.toMatchObject({
      details: { reason: "lattice.overloaded" },
    });
    await expect(silent).rejects.toMatchObject({ details: { reason: "lattice.timeout" } });
  });

  test("makes the host a member of both planes, and tells how it stands", async () => {
    const { host, join, events, sockets } = await startLatticeHost();
    await join(url());
    expect((await host.describe()).lattice).toMatchObject({
      state: "connected",
      namespace: "default",
      server: new URL(url()).host,
      serverVersion: expect.stringMatching(/^2\./),
    });
    expect(events.flatMap((event) => (event.type === "lattice_changed" ? [event.state] : []))).toEqual([
      "connecting",
      "connected",
    ]);
    const raw = await rawClient(url());
    expect(json((await raw.request(subjects.getHosts, undefined, { timeout: 2_000 })).data)).toMatchObject({
      id: host.id,
    });
    expect(sockets.count).toBe(1);
  });

  test("tells the lattice of the host and of all that runs on it already", async () => {
    const raw = await rawClient(url());
    const events = await listen(raw, subjects.events);
    const claims = await listen(raw, subjects.claims);
    const { host, join, start } = await startLatticeHost();
    const { key } = await start("echo");
    await join(url());
    expect(await nextEvent(events, host.id, "HostStarted")).toMatch(/^\{"event":"HostStarted","header":/);
    expect(await nextEvent(events, host.id, "ActorStarted")).toContain(
      `{"event":{"ActorStarted":{"actor":"${key}","image_ref":null}},`,
    );
    expect(await claims.next((data) => decode(data))).toMatchObject({ sub: key });
    expect(events.messages.map((data) => Buffer.from(data).toString()).join()).not.toContain(
      "ProviderStarted",
    );
  });

  test("twice is refused, and the host stays where it is", async () => {
    const { host, join, sockets } = await startLatticeHost();
    await join(url());
    await expect(join(url())).rejects.toMatchObject({
      code: "host.unsupported",
      message: "The host is a member of a lattice already",
      hint: "Leave it first.",
    });
    expect((await host.describe()).lattice.state).toBe("connected");
    expect(sockets.count).toBe(1);
  });

  test("twice at the same time is refused once", async () => {
    const { join, sockets } = await startLatticeHost();
    const outcomes = await Promise.allSettled([join(url()), join(url())]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(sockets.count).toBe(1);
  });
});

describe("joining that fails", () => {
  test.each<[string, () => string, object, RegExp]>([
    ["where there is no server", () => "ws://127.0.0.1:9", {}, /^Could not connect to ws:\/\/127\.0\.0\.1:9/],
    ["without credentials", () => guarded.current.webSocketUrl, {}, /does not accept the credentials/],
    [
      "with wrong credentials",
      () => guarded.current.webSocketUrl,
      { credentials: { user: "a", pass: "wrong" } },
      /does not accept the credentials/,
    ],
  ])("%s leaves the host standalone and says why", async (_what, servers, options, message) => {
    const { host, join, sockets, start, call } = await startLatticeHost();
    const failure = { code: "lattice.connect_failed", message: expect.stringMatching(message) };
    await expect(join(servers(), options)).rejects.toMatchObject(failure);
    expect((await host.describe()).lattice).toMatchObject({ state: "standalone", error: failure });
    await sockets.closed();
    const { key } = await start("echo");
    expect(decode(await call(key, "Echo", 1))).toBe(1);
    await join(url());
    expect((await host.describe()).lattice.state).toBe("connected");
    expect((await host.describe()).lattice.error).toBeUndefined();
  });

  test("for a bad option says what is wrong", async () => {
    const { join, host } = await startLatticeHost();
    await expect(join("http://127.0.0.1:1")).rejects.toMatchObject({ code: "input.invalid" });
    await expect(join(url(), { namespace: "a.b" })).rejects.toMatchObject({ code: "input.invalid" });
    expect((await host.describe()).lattice.state).toBe("standalone");
    await join(url());
  });

  test("with good credentials does not", async () => {
    const { join } = await startLatticeHost();
    await join(guarded.current.webSocketUrl, { credentials: { user: "a", pass: "b" } });
  });
});

describe("leaving a lattice", () => {
  /** Everything a host with an echo actor answers. */
  const answered = (hostId: string, namespace = "default"): string[] => {
    const all = latticeSubjects(namespace);
    return [
      all.getHosts,
      all.getClaims,
      all.getLinks,
      all.inventory(hostId),
      all.actor(testActor("echo").key),
    ];
  };

  test.each(["leaveLattice", "stop"] as const)(
    "by %s leaves no subscription and no socket",
    async (leave) => {
      const { host, join, start, sockets } = await startLatticeHost();
      await start("echo");
      await join(url());
      const { id } = host;
      const raw = await rawClient(url());
      const events = await listen(raw, subjects.events);
      await raw.request(subjects.inventory(id), undefined, { timeout: 2_000 });
      await host[leave]();
      expect(await nextEvent(events, id, "HostStopped")).toContain('{"event":"HostStopped"');
      for (const subject of [...answered(id), subjects.command(id, "la"), subjects.command(id, "sa")]) {
        await expect(raw.request(subject, undefined, { timeout: 2_000 })).rejects.toMatchObject({
          code: "503",
        });
      }
      await sockets.closed();
    },
  );

  test("leaves everything running, for the host alone, and twice is fine", async () => {
    const { host, call, start, events } = await joinedHost(url());
    const { key } = await start("echo");
    await host.leaveLattice();
    await host.leaveLattice();
    expect((await host.describe()).lattice).toMatchObject({ state: "standalone" });
    expect(decode(await call(key, "Echo", 1))).toBe(1);
    await expect(call(testActor("ponger").key, "Ping", {})).rejects.toThrow("no lattice RPC client enabled");
    expect(events.filter(({ type }) => type === "host_stopped")).toEqual([]);
  });

  test("and joining under another namespace moves the host there", async () => {
    const { host, join, start } = await joinedHost(url());
    await start("echo");
    await host.leaveLattice();
    await join(url(), { namespace: "other" });
    expect((await host.describe()).lattice.namespace).toBe("other");
    const raw = await rawClient(url());
    const [there, here] = [answered(host.id, "other"), answered(host.id)];
    for (const subject of there) await raw.request(subject, undefined, { timeout: 2_000 });
    for (const subject of here) {
      await expect(raw.request(subject, undefined, { timeout: 2_000 })).rejects.toMatchObject({
        code: "503",
      });
    }
  });

  test("while joining is done in order, and stopping ends all of it", async () => {
    const { host, join, sockets } = await startLatticeHost();
    await Promise.all([join(url()), host.leaveLattice(), join(url())]);
    expect((await host.describe()).lattice.state).toBe("connected");
    const late = [host.leaveLattice(), join(url())];
    await Promise.allSettled([...late, host.stop()]);
    await sockets.closed();
  });
});
