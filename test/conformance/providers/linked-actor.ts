import { decode, encode } from "@msgpack/msgpack";
import type { CapabilityProvider, ProviderDispatcher } from "../../../src/providers/index.ts";

/** A call that a provider made of an actor. */
export interface Delivered {
  readonly actor: string;
  readonly operation: string;
  readonly message: unknown;
}

/** What an actor does when a provider calls it; default: nothing, answered by the byte `c0` as Rust guests do. */
export type ActorAnswer = (delivered: Delivered) => unknown;

/** A provider as linked actors see it: asked with values instead of bytes. Needs no test framework. */
export class LinkedActors {
  readonly provider: CapabilityProvider;
  readonly delivered: Delivered[] = [];
  answer: ActorAnswer = () => null;
  readonly #waiting = new Set<() => void>();

  constructor(provider: CapabilityProvider) {
    this.provider = provider;
    const dispatcher: ProviderDispatcher = {
      dispatch: async (actor, operation, payload) => {
        const delivered = { actor, operation, message: decode(payload.slice()) };
        this.delivered.push(delivered);
        for (const look of this.#waiting) look();
        return encode(await this.answer(delivered));
      },
    };
    provider.configureDispatch(dispatcher);
  }

  /** Links an actor, as the host does. */
  async link(values: Readonly<Record<string, string>> = {}, actor = "MA"): Promise<void> {
    await this.provider.handleCall("system", "BindActor", encode({ module: actor, values }));
  }

  async unlink(actor = "MA"): Promise<void> {
    await this.provider.handleCall("system", "RemoveActor", encode({ module: actor, values: {} }));
  }

  /** Calls an operation as an actor; undefined where the answer has no bytes. */
  async ask(operation: string, request: unknown, actor = "MA"): Promise<unknown> {
    const answer = await this.provider.handleCall(actor, operation, encode(request));
    return answer.length === 0 ? undefined : decode(answer);
  }

  /** Resolves with the first so many deliveries, whether they were made already or not. */
  async deliveries(count: number, timeoutMs = 10_000): Promise<readonly Delivered[]> {
    if (this.delivered.length >= count) return this.delivered.slice(0, count);
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`${this.delivered.length} of ${count} deliveries within ${timeoutMs} ms`));
      }, timeoutMs);
      const look = (): void => {
        if (this.delivered.length < count) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
    return this.delivered.slice(0, count);
  }
}
