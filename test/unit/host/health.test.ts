import { encode } from "@msgpack/msgpack";
import { describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { checkHealth } from "../../../src/host/health.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const NO_ANSWER = "No successful health check response from target";
const UNDECODABLE = "Failed to de-serialize health check response from target";
const never = (): Promise<never> => new Promise(() => undefined);
const unhealthy = (reason: string) => ({ state: "unhealthy", reason });

describe("the judgement of a health check", () => {
  it.each<[string, () => Promise<Uint8Array>, unknown]>([
    ["healthy", async () => encode({ healthy: true, message: "" }), { state: "running" }],
    [
      "healthy, whatever it says",
      async () => encode({ healthy: true, message: "fine" }),
      { state: "running" },
    ],
    ["unwell", async () => encode({ healthy: false, message: "no disk" }), unhealthy("no disk")],
    ["garbage", async () => encode({ healthy: "yes" }), unhealthy(UNDECODABLE)],
    ["nothing", async () => new Uint8Array(0), unhealthy(UNDECODABLE)],
    ["an error", () => Promise.reject(new HostError("guest.failure", "no handler")), unhealthy(UNDECODABLE)],
    ["too late", () => Promise.reject(new HostError("actor.deadline", "late")), unhealthy(NO_ANSWER)],
    ["silence", never, unhealthy(NO_ANSWER)],
  ])("that is %s", async (_what, answer, state) => {
    expect((await checkHealth(answer(), 10)).state).toEqual(state);
  });

  it("says whether it is an answer, however it ends, and keeps foreign text short", async () => {
    const said = await checkHealth(
      Promise.resolve(encode({ healthy: false, message: "x".repeat(5_000) })),
      10,
    );
    expect(said).toEqual({ state: unhealthy("x".repeat(1_024)), isAnswer: true });
    const lies = await checkHealth(Promise.resolve(encode({ healthy: false, message: NO_ANSWER })), 10);
    expect(lies.isAnswer).toBe(true);
    expect((await checkHealth(Promise.resolve(encode(1)), 10)).isAnswer).toBe(false);
    expect((await checkHealth(never(), 10)).isAnswer).toBe(false);
  });

  it("leaves no timer behind", async () => {
    vi.useFakeTimers();
    await checkHealth(Promise.resolve(encode({ healthy: true, message: "" })), 1_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe("heartbeats", () => {
  const beats = ({ events }: TestHost) =>
    events.flatMap((event) => (event.type === "heartbeat" ? [event] : []));

  it("tell the state of everything that runs here, again and again", async () => {
    const test = await startTestHost({ limits: { heartbeatMs: 50, healthMisses: 1_000 } });
    const provider = new RecordingProvider();
    const descriptor = await newDescriptor();
    await test.host.startProvider({ descriptor, provider });
    const { key } = await test.start("echo");
    const extras = (await test.host.describe()).providers[0]?.id ?? "";
    await vi.waitFor(() =>
      expect(beats(test).filter(({ states }) => key in states).length).toBeGreaterThan(1),
    );
    expect(Object.keys(beats(test).at(-1)?.states ?? {}).toSorted()).toEqual(
      [key, descriptor.id, extras].toSorted(),
    );
    expect(provider.calls.at(-1)).toMatchObject({ origin: "system", operation: "HealthRequest" });
    provider.onCore = () => Promise.reject(new Error("ill"));
    await vi.waitFor(() => {
      expect(beats(test).at(-1)?.states[descriptor.id]).toEqual(unhealthy(UNDECODABLE));
    });
    expect((await test.host.describe()).providers.at(-1)?.health).toEqual(unhealthy(UNDECODABLE));
  });

  it("say of an actor that is busy for too long that it gave no answer, and do not restart it", async () => {
    const test = await startTestHost({ limits: { heartbeatMs: 50, healthTimeoutMs: 30 } });
    const { key } = await test.start("faulty");
    const spinning = test.call(key, "Spin").catch(() => undefined);
    await vi.waitFor(() => expect(beats(test).at(-1)?.states[key]).toEqual(unhealthy(NO_ANSWER)));
    const [actor] = (await test.host.describe()).actors;
    expect(actor).toMatchObject({ health: unhealthy(NO_ANSWER), restarts: 0, failures: 0 });
    await test.host.stop();
    await spinning;
  });

  it("do not count as calls", async () => {
    const test = await startTestHost({ limits: { heartbeatMs: 20 } });
    await test.start("echo");
    await vi.waitFor(() => expect(beats(test).length).toBeGreaterThan(2));
    const { actors, counters } = await test.host.describe();
    expect(actors).toMatchObject([{ calls: 0, failures: 0 }]);
    expect(counters).toEqual({});
    expect(test.events.some(({ type }) => type === "call")).toBe(false);
  });

  it("end with the host", async () => {
    const test = await startTestHost({ limits: { heartbeatMs: 10 } });
    await vi.waitFor(() => expect(beats(test).length).toBeGreaterThan(0));
    await test.host.stop();
    const { length } = test.events;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(test.events).toHaveLength(length);
  });
});
