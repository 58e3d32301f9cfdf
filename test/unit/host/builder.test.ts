import { describe, expect, it } from "vitest";
import {
  ALLOW_ALL,
  DEFAULT_LIMITS,
  Host,
  HostBuilder,
  type Limits,
  RingBufferSink,
} from "../../../src/index.ts";
import { startTestHost } from "../../support/node-host.ts";
import { useThreads } from "../actors/threads.ts";

const threads = useThreads();
const builder = (): HostBuilder => new HostBuilder().withActorRuntime(threads.current.runtime());

describe("a host as it is built", () => {
  it("needs a runtime, and says where to get one", () => {
    expect(() => new HostBuilder().build()).toThrow(
      expect.objectContaining({
        code: "input.invalid",
        message: "A host needs an actor runtime",
        hint: expect.stringContaining("weblattice/node"),
      }),
    );
  });

  it("has the defaults of the protocol and the design", async () => {
    const { host } = await startTestHost();
    const { lattice, limits, labels, actors, links, providers, counters } = await host.describe();
    expect(lattice).toMatchObject({ state: "standalone", namespace: "default" });
    expect(limits).toEqual(DEFAULT_LIMITS);
    expect(DEFAULT_LIMITS).toMatchObject({
      rpcTimeoutMs: 2_000,
      callDeadlineMs: 10_000,
      healthTimeoutMs: 200,
      heartbeatMs: 30_000,
      healthMisses: 3,
      moduleBytes: 67_108_864,
      payloadBytes: 16_777_216,
      queueLength: 1_024,
      pendingRequests: 4_096,
    });
    expect(Object.keys(labels)).toEqual(["hostcore.arch", "hostcore.os", "hostcore.osfamily"]);
    expect([actors, links, counters]).toEqual([[], [], {}]);
    expect(providers).toMatchObject([
      {
        id: "VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP",
        linkName: "default",
        name: "wasmcloud Extras",
        revision: 0,
        onLattice: false,
      },
    ]);
  });

  it("takes other values step by step, each step leaving the others", async () => {
    const { host } = await startTestHost({
      configure: (steps) =>
        steps
          .withNamespace("other")
          .withRpcTimeout(500)
          .withLimits({ queueLength: 3 })
          .withLimits({ heartbeatMs: 9_000 }),
    });
    const { lattice, limits } = await host.describe();
    expect(lattice.namespace).toBe("other");
    expect(limits).toEqual({ ...DEFAULT_LIMITS, rpcTimeoutMs: 500, queueLength: 3, heartbeatMs: 9_000 });
  });

  it("can be built more than once, each host being another", async () => {
    const steps = builder().withLogSinks(new RingBufferSink());
    const [one, two] = [steps.build(), steps.withLabel("zone", "a").build()];
    await Promise.all([one.start(), two.start()]);
    expect(one.id).not.toBe(two.id);
    expect((await one.describe()).labels).toEqual({});
    expect((await two.describe()).labels).toEqual({ zone: "a" });
    await Promise.all([one.stop(), two.stop()]);
  });
});

describe("labels", () => {
  it("keep the first value for a key", async () => {
    const { host } = await startTestHost({
      configure: (steps) => steps.withLabel("zone", "a").withLabel("zone", "b").withLabel("rack", "1"),
    });
    expect((await host.describe()).labels).toMatchObject({ zone: "a", rack: "1" });
  });

  it("cannot replace those of the environment, whichever came first", async () => {
    const { host } = await startTestHost({
      configure: (steps) =>
        steps
          .withLabel("hostcore.os", "mine")
          .withCoreLabels({ "hostcore.os": "linux" })
          .withLabel("hostcore.os", "x"),
    });
    expect((await host.describe()).labels).toEqual({ "hostcore.os": "linux" });
  });

  it("cannot be changed afterwards", async () => {
    const { host } = await startTestHost();
    const { labels } = await host.describe();
    expect(Object.isFrozen(labels)).toBe(true);
  });

  it.each([
    ["", "empty key"],
    ["k".repeat(257), "long key"],
  ])("with a bad key are refused: %#", (key) => {
    expect(() => builder().withLabel(key, "v").build()).toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
  });

  it("with a bad value are refused", () => {
    for (const value of ["v".repeat(4_097), 1 as unknown as string]) {
      expect(() => builder().withLabel("k", value).build()).toThrow(
        expect.objectContaining({ code: "input.invalid", message: expect.stringContaining('The label "k"') }),
      );
    }
  });
});

describe("options that do not fit", () => {
  it.each(["", "a.b", "a b", "*", ">", "a".repeat(129)])("are refused: namespace %j", (namespace) => {
    expect(() => builder().withNamespace(namespace).build()).toThrow(
      expect.objectContaining({ code: "input.invalid", message: expect.stringContaining("namespace") }),
    );
  });

  it.each(Object.keys(DEFAULT_LIMITS) as (keyof Limits)[])("are refused: limit %s", (name) => {
    for (const value of [
      0,
      -1,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      2 ** 31,
      "1" as unknown as number,
    ]) {
      expect(() =>
        builder()
          .withLimits({ [name]: value })
          .build(),
      ).toThrow(
        expect.objectContaining({
          code: "input.invalid",
          message: `The limit ${name} must be a whole number from 1 to 2,147,483,647, not ${value}`,
        }),
      );
    }
    builder()
      .withLimits({ [name]: 2 ** 31 - 1 })
      .build();
  });
});

describe("a host made without the builder", () => {
  it("takes the same options", async () => {
    const host = new Host({
      runtime: threads.current.runtime(),
      authorizer: ALLOW_ALL,
      labels: { zone: "a" },
      logSinks: [],
    });
    await host.start();
    expect((await host.describe()).labels).toEqual({ zone: "a" });
    await host.stop();
  });
});
