import { encode } from "@msgpack/msgpack";
import { describe, expect, it, vi } from "vitest";
import type { HostEvent, ProviderDescriptor } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";
import { newDescriptor, RecordingProvider } from "../providers/recording-provider.ts";

const counter = testActor("kvcounter").key;
const unwell = encode({ healthy: false, message: "no disk" });

/** Says whether it is well as the test tells it. */
class Patient extends RecordingProvider {
  health: (() => Promise<Uint8Array>) | undefined;

  override handleCall(origin: string, operation: string, payload: Uint8Array): Promise<Uint8Array> {
    if (operation === "HealthRequest" && this.health !== undefined) return this.health();
    return super.handleCall(origin, operation, payload);
  }
}

interface Ward extends TestHost {
  readonly descriptor: ProviderDescriptor;
  readonly patient: Patient;
  /** What happened to the provider, without calls and links. */
  readonly told: () => HostEvent["type"][];
  readonly runs: () => Promise<boolean>;
}

async function ward(): Promise<Ward> {
  const test = await startTestHost({
    limits: { healthTimeoutMs: 20, callDeadlineMs: 200 },
    configure: (builder) => builder.withCallersHeartbeat(),
  });
  const [descriptor, patient] = [await newDescriptor(), new Patient()];
  await test.host.startProvider({ descriptor, provider: patient });
  return {
    ...test,
    descriptor,
    patient,
    told: () =>
      test.events.flatMap((event) =>
        event.type === "heartbeat" || ("provider" in event && event.provider === descriptor.id)
          ? event.type
          : [],
      ),
    runs: async () => (await test.host.describe()).providers.some(({ id }) => id === descriptor.id),
  };
}

describe("a provider that says it is unhealthy", () => {
  it("is told of, then stopped and removed", async () => {
    const { host, patient, told, runs, events, descriptor } = await ward();
    patient.health = async () => unwell;
    await host.beat();
    expect(told()).toEqual([
      "provider_started",
      "provider_unhealthy",
      "heartbeat",
      "provider_failed",
      "provider_stopped",
    ]);
    expect(events.find(({ type }) => type === "heartbeat")).toMatchObject({
      states: { [descriptor.id]: { state: "unhealthy", reason: "no disk" } },
    });
    expect(events.find(({ type }) => type === "provider_failed")).toMatchObject({
      error: { code: "provider.unhealthy", message: expect.stringContaining("no disk") },
    });
    expect(await runs()).toBe(false);
    expect(patient.stops).toBe(1);
  });

  it("keeps its links, and serves them again when it is started again", async () => {
    const { host, patient, start, call, descriptor } = await ward();
    patient.answer = async () => encode({ value: 7 });
    await start("kvcounter");
    const link = { actorId: counter, contractId: descriptor.contractId, linkName: "default" };
    await host.setLink({ ...link, providerId: descriptor.id, values: { A: "b" } });
    await call(counter, "Count");
    patient.health = async () => unwell;
    await host.beat();
    expect(patient.links.map(([operation]) => operation)).toEqual(["BindActor", "RemoveActor"]);
    expect((await host.describe()).links).toMatchObject([{ ...link, state: "waiting" }]);
    await expect(call(counter, "Count")).rejects.toThrow();
    const again = new Patient();
    again.answer = async () => encode({ value: 8 });
    await host.startProvider({ descriptor, provider: again });
    expect((await host.describe()).links).toMatchObject([{ state: "bound", values: { A: "b" } }]);
    await call(counter, "Count");
    await host.beat();
    expect((await host.describe()).providers.at(-1)).toMatchObject({ health: { state: "running" } });
  });

  it("is removed under the link name that is unhealthy, and not under others", async () => {
    const { host, patient, descriptor } = await ward();
    await host.startProvider({ descriptor, provider: new Patient(), linkName: "second" });
    patient.health = async () => unwell;
    await host.beat();
    const left = (await host.describe()).providers.filter(({ id }) => id === descriptor.id);
    expect(left).toMatchObject([{ linkName: "second" }]);
  });

  it("is removed in bounded time even if it answers nothing else, and a host that stops waits for it", async () => {
    const { host, patient, told } = await ward();
    patient.health = async () => unwell;
    patient.stop = () => new Promise(() => undefined);
    const beat = host.beat();
    await vi.waitFor(() => expect(told()).toContain("provider_failed"));
    await host.stop();
    expect(told().at(-1)).toBe("provider_stopped");
    await beat;
  });
});

describe("a provider that gives no answer", () => {
  it.each<[string, () => Promise<Uint8Array>]>([
    ["at all", () => new Promise(() => undefined)],
    ["that can be read", async () => Uint8Array.of(0xc1)],
    ["but an error", () => Promise.reject(new Error("ill"))],
  ])("%s is unhealthy at once, and removed after three checks", async (_, health) => {
    const { host, patient, told, runs } = await ward();
    patient.health = health;
    await host.beat();
    await host.beat();
    expect(told()).toEqual(["provider_started", "provider_unhealthy", "heartbeat", "heartbeat"]);
    expect(await runs()).toBe(true);
    await host.beat();
    expect(told().slice(-3)).toEqual(["heartbeat", "provider_failed", "provider_stopped"]);
    expect(await runs()).toBe(false);
  });

  it("is not removed if it answers in between", async () => {
    const { host, patient, told, runs } = await ward();
    for (const health of [1, 2, undefined, 4, 5]) {
      patient.health = health === undefined ? undefined : () => Promise.reject(new Error("busy"));
      await host.beat();
    }
    expect(await runs()).toBe(true);
    expect(told().filter((type) => type === "provider_unhealthy")).toHaveLength(2);
  });

  it("because it is being stopped is not said to be unhealthy", async () => {
    const { host, patient, told, descriptor } = await ward();
    patient.health = () => new Promise(() => undefined);
    const beat = host.beat();
    await host.stopProvider(descriptor.id, "default");
    await beat;
    expect(told()).toEqual(["provider_started", "provider_stopped", "heartbeat"]);
  });
});
