import { HostError, messageOf } from "../../src/errors/index.ts";
import type { HostObjectApi } from "../object/api.ts";
import type { HostObjectClass } from "../object/host-object.ts";
import type { ObjectId, ObjectNamespace, ObjectState } from "../platform.ts";
import { type SqlDatabase, StandaloneStorage } from "./object-storage.ts";

/** What a {@link StandaloneNamespace} works with. */
export interface StandaloneNamespaceOptions {
  readonly HostObject: HostObjectClass;
  /** Opens what an object keeps. */
  readonly database: (name: string) => SqlDatabase;
  /** Variables and bindings of the worker. */
  readonly environment: () => Readonly<Record<string, unknown>>;
}

interface LocalObject {
  readonly instance: InstanceType<HostObjectClass>;
  /** Resolves when it takes calls. */
  readonly ready: Promise<unknown>;
  close(): Promise<void>;
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** A binding of durable objects that live in this process, from their first call until {@link close}. */
export class StandaloneNamespace implements ObjectNamespace<HostObjectApi> {
  readonly #options: StandaloneNamespaceOptions;
  readonly #objects = new Map<string, LocalObject>();
  #isClosed = false;

  constructor(options: StandaloneNamespaceOptions) {
    this.#options = options;
  }

  idFromName(name: string): ObjectId {
    return { toString: () => name };
  }

  get(id: ObjectId): HostObjectApi {
    const call =
      (method: string): Method =>
      (...args) =>
        this.#call(id.toString(), method, args);
    return new Proxy({} as HostObjectApi, {
      // A stub is no promise, whoever asks.
      get: (_stub, method) => (typeof method === "string" && method !== "then" ? call(method) : undefined),
    });
  }

  /** Ends all objects and closes their databases. Twice is fine. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const all = [...this.#objects.values()];
    this.#objects.clear();
    await Promise.all(all.map((object) => object.close()));
  }

  async #call(name: string, method: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed) throw new HostError("host.stopped", "The host of this worker has ended");
    const object = this.#objects.get(name) ?? this.#make(name);
    await object.ready;
    const { instance } = object;
    const work = (instance as unknown as Readonly<Record<string, Method | undefined>>)[method];
    if (work === undefined) throw new HostError("input.invalid", `The object has no method ${method}`);
    return work.apply(instance, [...args]);
  }

  #make(name: string): LocalObject {
    const { HostObject, database, environment } = this.#options;
    const storage = new StandaloneStorage(database(name), () => logged("alarm", instance.alarm()));
    const closers: (() => Promise<void>)[] = [];
    let ready: Promise<unknown> = Promise.resolve();
    const state: ObjectState = {
      storage,
      blockConcurrencyWhile: (work) => {
        const done = work();
        ready = done;
        return done;
      },
      waitUntil: (work) => logged("work behind a call", work),
      onClose: (close) => closers.push(close),
    };
    const instance = new HostObject(state, environment());
    const close = async (): Promise<void> => {
      await ready;
      await Promise.all(closers.map((each) => each()));
      storage.close();
    };
    const object: LocalObject = { instance, ready, close };
    this.#objects.set(name, object);
    return object;
  }
}

/** Nobody waits for it: what it fails with is told. */
export function logged(what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => console.error(`Failed: ${what}: ${messageOf(error)}`));
}
