import { decode, encode } from "@msgpack/msgpack";
import { type MemoryKeyValueOptions, MemoryKeyValueProvider } from "../../../src/providers/index.ts";

/** A key-value provider that is asked with values instead of bytes. */
export interface Store {
  readonly provider: MemoryKeyValueProvider;
  /** Calls an operation as some actor. */
  ask(operation: string, request: unknown, actor?: string): Promise<unknown>;
  /** Moves the clock on. */
  pass(ms: number): void;
}

export function newStore(options: MemoryKeyValueOptions = {}): Store {
  let now = 1_000_000;
  const provider = new MemoryKeyValueProvider({ now: () => now, ...options });
  return {
    provider,
    ask: async (operation, request, actor = "MA") =>
      decode(await provider.handleCall(actor, operation, encode(request))),
    pass: (ms) => {
      now += ms;
    },
  };
}
