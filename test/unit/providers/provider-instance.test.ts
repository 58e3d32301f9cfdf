import { beforeEach, describe, expect, it, vi } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import {
  type CapabilityProvider,
  ProviderInstance,
  type ProviderInstanceOptions,
} from "../../../src/providers/index.ts";
import { hex, NOTHING, pack, vector } from "../contracts/payloads.ts";
import { RecordingProvider } from "./recording-provider.ts";

const dispatcher = { dispatch: async () => NOTHING };
const descriptor = { id: "VA", contractId: "wasmcloud:test", name: "Test", vendor: "tests" };

let provider: RecordingProvider;
beforeEach(() => {
  provider = new RecordingProvider();
});

function instance(options: Partial<ProviderInstanceOptions> = {}): ProviderInstance {
  return new ProviderInstance({
    descriptor,
    linkName: "default",
    provider,
    dispatcher,
    deadlineMs: 1_000,
    ...options,
  });
}

const never = (): Promise<never> => new Promise(() => undefined);

describe("a provider instance", () => {
  it("gives the provider its dispatcher before anything else", () => {
    expect(provider.dispatcher).toBeUndefined();
    instance();
    expect(provider.dispatcher).toBe(dispatcher);
    expect(provider.calls).toEqual([]);
  });

  it("is an entity of key, contract and link name, offered to the lattice by default", () => {
    expect(instance({ linkName: "backend" })).toMatchObject({
      entity: { kind: "provider", id: "VA", contractId: "wasmcloud:test", linkName: "backend" },
      onLattice: true,
      reference: undefined,
    });
    expect(instance({ onLattice: false, reference: "r" })).toMatchObject({
      onLattice: false,
      reference: "r",
    });
  });

  it("hands calls on with origin, operation and payload", async () => {
    const payload = Uint8Array.of(1, 2);
    expect(await instance().call("MA", "Op", payload, 1_000)).toEqual(payload);
    expect(provider.calls).toEqual([{ origin: "MA", operation: "Op", payload }]);
  });

  it("passes the provider's errors on with their text unchanged", async () => {
    provider.answer = async () => {
      throw new HostError("provider.failure", "as it is: é");
    };
    await expect(instance().call("MA", "Op", NOTHING, 1_000)).rejects.toMatchObject({
      message: "as it is: é",
    });
  });

  it.each(["BindActor", "RemoveActor", "__halt"])("refuses %s from an actor", async (operation) => {
    const link = pack({ module: "MA", values: {} });
    await expect(instance().call("MA", operation, link, 1_000)).rejects.toMatchObject({
      code: "provider.unknown_operation",
      message: "bad dispatch",
      hint: `${operation} is for the host alone.`,
    });
    expect(provider.calls).toEqual([]);
  });

  it("lets actors ask for its health", async () => {
    const answer = await instance().call("MA", "HealthRequest", NOTHING, 1_000);
    expect(hex(answer)).toBe(vector("HealthResponse").hex);
  });

  it.each([
    ["the caller's", 10, 60_000],
    ["its own", 60_000, 10],
  ])("gives up at %s deadline", async (_whose, callMs, ownMs) => {
    provider.answer = never;
    await expect(instance({ deadlineMs: ownMs }).call("MA", "Op", NOTHING, callMs)).rejects.toMatchObject({
      code: "provider.failure",
      message: "The provider did not answer Op within 10 ms",
    });
  });
});

describe("binding", () => {
  it("tells the provider as the system actor, byte for byte, and remembers it", async () => {
    const running = instance();
    await running.bind("MA", { PORT: "8080" });
    expect(provider.calls).toMatchObject([{ origin: "system", operation: "BindActor" }]);
    expect(hex(provider.calls[0]?.payload ?? NOTHING)).toBe(vector("CapabilityConfiguration, one value").hex);
    expect(running.boundActors).toEqual(["MA"]);
  });

  it("may be repeated", async () => {
    const running = instance();
    await running.bind("MA", {});
    await running.bind("MA", { changed: "yes" });
    expect(provider.links).toHaveLength(2);
    expect(running.boundActors).toEqual(["MA"]);
  });

  it("that the provider refuses leaves the actor unbound", async () => {
    provider.onCore = () => {
      throw new HostError("provider.failure", "no room");
    };
    const running = instance();
    await expect(running.bind("MA", {})).rejects.toThrow("no room");
    expect(running.boundActors).toEqual([]);
  });

  it("again, if the provider refuses that, leaves the actor unbound", async () => {
    const running = instance();
    await running.bind("MA", {});
    provider.onCore = () => {
      throw new HostError("provider.failure", "no room");
    };
    await expect(running.bind("MA", { changed: "yes" })).rejects.toThrow("no room");
    expect(running.boundActors).toEqual([]);
  });

  it("that the provider did not confirm in time ends with RemoveActor too", async () => {
    provider.onCore = never;
    const running = instance({ deadlineMs: 10 });
    await expect(running.bind("MA", {})).rejects.toThrow("did not answer BindActor");
    expect(running).toMatchObject({ boundActors: [], toldActors: ["MA"] });
    provider.onCore = () => undefined;
    await running.remove("MA");
    expect(provider.links.at(-1)).toEqual(["RemoveActor", { module: "MA", values: {} }]);
    expect(running.toldActors).toEqual([]);
  });

  it("ends with RemoveActor without values, once, and only for those it was told about", async () => {
    const running = instance();
    await running.bind("MA", { PORT: "8080" });
    await running.remove("MB");
    await running.remove("MA");
    await running.remove("MA");
    expect(provider.links.slice(1)).toEqual([["RemoveActor", { module: "MA", values: {} }]]);
    expect(hex(provider.calls[1]?.payload ?? NOTHING)).toBe(vector("CapabilityConfiguration, no values").hex);
    expect(running.boundActors).toEqual([]);
  });
});

describe("health", () => {
  it("is asked for by the system actor with the payload of the protocol", async () => {
    await instance().health(1_000);
    expect(provider.calls).toMatchObject([{ origin: "system", operation: "HealthRequest" }]);
    expect(hex(provider.calls[0]?.payload ?? NOTHING)).toBe(vector("HealthRequest").hex);
  });
});

describe("stopping", () => {
  it("stops the provider once, and refuses calls afterwards", async () => {
    const running = instance();
    await running.stop();
    await running.stop();
    expect(provider.stops).toBe(1);
    for (const late of [running.call("MA", "Op", NOTHING, 10), running.bind("MA", {}), running.health(10)]) {
      await expect(late).rejects.toMatchObject({
        code: "provider.not_running",
        message: "Provider VA was stopped",
      });
    }
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("broken"))],
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["never ends", never],
  ])("of a provider whose stop %s ends all the same", async (_what, stop) => {
    const broken: CapabilityProvider = {
      configureDispatch: vi.fn(),
      handleCall: async () => NOTHING,
      stop,
    };
    await expect(instance({ provider: broken, deadlineMs: 20 }).stop()).resolves.toBeUndefined();
  });

  it("a provider whose call throws at once counts as one that rejects", async () => {
    const broken: CapabilityProvider = {
      configureDispatch: vi.fn(),
      handleCall: () => {
        throw new Error("at once");
      },
      stop: async () => undefined,
    };
    await expect(instance({ provider: broken }).call("MA", "Op", NOTHING, 100)).rejects.toThrow("at once");
  });
});
