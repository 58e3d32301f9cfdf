import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it, vi } from "vitest";
import { nodeProviderWorkerScript } from "../../../node/build/node-worker.ts";
import { threadProviderRuntime } from "../../../node/index.ts";
import { KeyPair, writeProviderArchive } from "../../../src/index.ts";
import { testActor } from "../../support/actors.ts";
import { useModuleServer } from "../../support/module-server.ts";
import { startTestHost, type TestHost } from "../../support/node-host.ts";

const CONTRACT = "wasmcloud:keyvalue";
const counter = testActor("kvcounter").key;
const server = useModuleServer();

/** Counts up for whoever asks, and forgets an actor when it is told to. */
const COUNTING = `
export default (host) => {
  const counters = new Map();
  const add = (actor) => counters.set(actor, (counters.get(actor) ?? 40) + 1).get(actor);
  return {
    async handleCall(actor, operation, payload) {
      if (operation === "Add") return new Uint8Array([0x81, 0xa5, ...new TextEncoder().encode("value"), add(actor)]);
      if (operation === "Loop") for (;;);
      if (operation === "HealthRequest") return HEALTHY;
      return new Uint8Array(0);
    },
    async stop() {},
  };
};
const HEALTHY = new Uint8Array([${[...encode({ healthy: true, message: "" })].join(",")}]);
`;

/** Calls the actor that the operation names, and answers why that failed. */
const CALLING = `
export default (host) => ({
  async handleCall(actor, operation, payload) {
    if (!operation.startsWith("M")) return operation === "HealthRequest" ? HEALTHY : new Uint8Array(0);
    return host.dispatch(operation, "HealthRequest", PING).then(
      () => new TextEncoder().encode("called"),
      (error) => new TextEncoder().encode(error.message));
  },
});
const HEALTHY = new Uint8Array([${[...encode({ healthy: true, message: "" })].join(",")}]);
const PING = new Uint8Array([${[...encode({ placeholder: true })].join(",")}]);
`;

interface Archive {
  readonly bytes: Uint8Array;
  readonly id: string;
}

async function archive(targets: Readonly<Record<string, string>>): Promise<Archive> {
  const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("service")]);
  const bytes = await writeProviderArchive(
    { subject: subject.publicKey, contractId: CONTRACT, vendor: "Tests", name: "Counting", revision: 7 },
    issuer,
    {
      targets: new Map(Object.entries(targets).map(([name, code]) => [name, new TextEncoder().encode(code)])),
    },
  );
  return { bytes, id: subject.publicKey };
}

function portableHost(): Promise<TestHost> {
  return startTestHost({
    limits: { callDeadlineMs: 2_000 },
    configure: (builder) =>
      builder.withProviderRuntime(threadProviderRuntime({ script: nodeProviderWorkerScript })),
  });
}

describe("a provider from an archive", () => {
  it("serves linked actors in a worker of its own", async () => {
    const { host, start, call, events } = await portableHost();
    const { bytes, id } = await archive({ "es2022-any": COUNTING, "x86_64-linux": "native" });
    await host.startProviderArchive(bytes);
    await start("kvcounter");
    await host.setLink({
      actorId: counter,
      providerId: id,
      contractId: CONTRACT,
      linkName: "default",
      values: {},
    });
    expect(decode(await call(counter, "Count"))).toEqual({ counter: 41 });
    const { providers } = await host.describe();
    expect(providers.at(-1)).toMatchObject({
      id,
      contractId: CONTRACT,
      name: "Counting",
      revision: 7,
      boundActors: [counter],
    });
    await host.stopProvider(id, "default");
    expect(events.at(-1)).toMatchObject({ type: "provider_stopped", provider: id });
  });

  it("calls the actors that are linked to it, and no others", async () => {
    const { host, start, call } = await portableHost();
    const { bytes, id } = await archive({ "es2022-any": CALLING });
    await host.startProviderArchive(bytes);
    const faulty = testActor("faulty").key;
    await Promise.all([start("faulty"), start("kvcounter")]);
    const link = { providerId: id, contractId: CONTRACT, linkName: "default", values: {} };
    await host.setLink({ ...link, actorId: faulty });
    const dispatch = async (): Promise<string> => {
      const request = { target: CONTRACT, operation: counter, payload: new Uint8Array(0) };
      return new TextDecoder().decode(await call(faulty, "Call", request));
    };
    const refusal = "Provider Counting may only call actors that are linked to it";
    expect(await dispatch()).toBe(refusal);
    await host.setLink({ ...link, actorId: counter });
    expect(await dispatch()).toBe("called");
    await host.removeLink(counter, CONTRACT, "default");
    expect(await dispatch()).toBe(refusal);
  });

  it("is fetched by reference, and reported by it", async () => {
    const { bytes, id } = await archive({ "es2022-any": COUNTING });
    server.route("/counting.par.gz", (_, response) => response.end(bytes));
    const reference = `${server.origin}/counting.par.gz`;
    const { host } = await portableHost();
    await host.startProviderFrom(reference, "second");
    expect((await host.describe()).providers.at(-1)).toMatchObject({ id, reference, linkName: "second" });
  });

  it("that fails later is removed, and said to have failed", async () => {
    const { host, call, start, events } = await portableHost();
    const { bytes, id } = await archive({ "es2022-any": COUNTING });
    await host.startProviderArchive(bytes);
    await start("faulty");
    const faulty = testActor("faulty").key;
    await host.setLink({
      actorId: faulty,
      providerId: id,
      contractId: CONTRACT,
      linkName: "default",
      values: {},
    });
    const looping = { target: CONTRACT, operation: "Loop", payload: [] };
    await expect(call(faulty, "Call", looping)).rejects.toThrow();
    await vi.waitFor(
      () => {
        const kinds = events.flatMap((event) =>
          "provider" in event && event.provider === id ? event.type : [],
        );
        expect(kinds.slice(-2)).toEqual(["provider_failed", "provider_stopped"]);
      },
      { timeout: 10_000 },
    );
    expect((await host.describe()).providers.some((provider) => provider.id === id)).toBe(false);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["has native targets only", { "x86_64-linux": "native", "aarch64-macos": "native" }, /x86_64-linux/],
    ["does not load", { "es2022-any": "import 'node:fs'; export default () => 1" }, /./],
    ["is no provider", { "es2022-any": "export default 7" }, /./],
  ])("that %s is refused, and the reason is told", async (_, targets, message) => {
    const { host, events } = await portableHost();
    const { bytes } = await archive(targets);
    await expect(host.startProviderArchive(bytes)).rejects.toThrow(message);
    expect(events.at(-1)).toMatchObject({
      type: "provider_failed",
      error: { message: expect.stringMatching(message) },
    });
    expect((await host.describe()).providers).toHaveLength(1);
  });

  it("is refused where it was damaged", async () => {
    const { host } = await portableHost();
    const { bytes } = await archive({ "es2022-any": COUNTING });
    const damaged = bytes.map((byte, index) => (index === bytes.length >> 1 ? byte ^ 1 : byte));
    await expect(host.startProviderArchive(damaged)).rejects.toMatchObject({
      code: expect.stringMatching(/^(archive|jwt|claims)\./),
    });
  });

  it("is refused a second time under the same link name, and the first runs on", async () => {
    const { host } = await portableHost();
    const { bytes, id } = await archive({ "es2022-any": COUNTING });
    await host.startProviderArchive(bytes);
    await expect(host.startProviderArchive(bytes)).rejects.toMatchObject({
      code: "provider.already_running",
    });
    const { providers } = await host.describe();
    expect(providers.filter((provider) => provider.id === id)).toHaveLength(1);
  });

  it("with native targets is refused with the name of a provider to use instead", async () => {
    const { host } = await portableHost();
    const { bytes } = await archive({ "x86_64-linux": "native" });
    await expect(host.startProviderArchive(bytes)).rejects.toMatchObject({
      code: "archive.no_target",
      message: expect.stringContaining("x86_64-linux"),
      hint: expect.stringContaining(
        "This host has wasmcloud:keyvalue of its own: start weblattice:keyvalue-memory or weblattice:keyvalue-nats.",
      ),
    });
  });

  it("is refused on a host that runs no archives", async () => {
    const { host } = await startTestHost();
    const { bytes } = await archive({ "es2022-any": COUNTING });
    await expect(host.startProviderArchive(bytes)).rejects.toMatchObject({ code: "host.unsupported" });
  });
});
