import { decode, encode } from "@msgpack/msgpack";
import {
  type ActorDescription,
  type ActorStartOptions,
  type Host,
  HostBuilder,
  type HostCallStrategyName,
} from "../../../src/index.ts";
import { ANSWERING_PROVIDER, AnsweringProvider } from "./answering-provider.ts";
import type { ConformanceEnvironment } from "./environment.ts";

const EMPTY = new Uint8Array(0);

/** A started host that uses one strategy, with a provider that every guest is linked to. */
export class TestBed {
  readonly strategy: HostCallStrategyName;
  readonly host: Host;
  readonly provider: AnsweringProvider = new AnsweringProvider();
  readonly #environment: ConformanceEnvironment;
  readonly #linked = new Set<string>();

  private constructor(environment: ConformanceEnvironment, strategy: HostCallStrategyName) {
    this.#environment = environment;
    this.strategy = strategy;
    const runtime = environment.makeRuntime([strategy]);
    this.host = new HostBuilder().withActorRuntime(runtime).withLogSinks().build();
  }

  static async open(environment: ConformanceEnvironment, strategy: HostCallStrategyName): Promise<TestBed> {
    const bed = new TestBed(environment, strategy);
    await bed.host.start();
    await bed.host.startProvider({ descriptor: ANSWERING_PROVIDER, provider: bed.provider });
    return bed;
  }

  /** Starts a guest of the suite, linked to the provider before it starts. */
  async start(name: string, options: ActorStartOptions = {}): Promise<ActorDescription> {
    const { key, bytes } = await this.#environment.loadGuest(name);
    if (LINKED.includes(name) && !this.#linked.has(key)) {
      const { id: providerId, contractId } = ANSWERING_PROVIDER;
      await this.host.setLink({ actorId: key, providerId, contractId, linkName: "default", values: {} });
      this.#linked.add(key);
    }
    return this.host.startActor(bytes, options);
  }

  call(actor: string, operation: string, payload: Uint8Array = EMPTY): Promise<Uint8Array> {
    return this.host.callActor(actor, operation, payload);
  }

  /** Calls with a MessagePack value, and reads one. */
  async ask(actor: string, operation: string, value: unknown): Promise<unknown> {
    return decode(await this.call(actor, operation, encode(value)));
  }

  /** Lets the guest `faulty` make a host call to the provider. */
  hostCall(actor: string, operation: string, payload: Uint8Array = EMPTY): Promise<Uint8Array> {
    const target = ANSWERING_PROVIDER.contractId;
    return this.call(actor, "Call", encode({ target, operation, payload }));
  }

  /** What is running now, by key. */
  async describe(key: string): Promise<ActorDescription | undefined> {
    const { actors } = await this.host.describe();
    return actors.find((actor) => actor.key === key);
  }

  /** Stops all guests, so that the next case finds an empty host. */
  async clear(): Promise<void> {
    this.provider.release();
    const { actors } = await this.host.describe();
    await Promise.all(actors.map(({ key }) => this.host.stopActor(key)));
  }

  async close(): Promise<void> {
    await this.host.stop();
  }
}

/** Guests whose claims have the provider's contract. */
const LINKED: readonly string[] = ["faulty", "repeater", "starter"];
