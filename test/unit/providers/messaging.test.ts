import { expect, it } from "vitest";
import type { LatticeConnection } from "../../../src/lattice/index.ts";
import { NatsMessagingProvider } from "../../../src/providers/index.ts";
import { LinkedActors } from "../../conformance/providers/linked-actor.ts";
import { NOTHING } from "../contracts/payloads.ts";

it("a request waits as long as its actor says, but not longer than any call can take", async () => {
  const waits: number[] = [];
  const shared = {
    request: async (_subject: string, _data: Uint8Array, { timeoutMs }: { readonly timeoutMs: number }) => {
      waits.push(timeoutMs);
      return NOTHING;
    },
  } as Partial<LatticeConnection> as LatticeConnection;
  const actors = new LinkedActors(new NatsMessagingProvider({ shared, maxTimeoutMs: 5_000 }));
  await actors.link();
  for (const timeout of [1, 5_000, 5_001, 2 ** 31, 2 ** 52]) {
    await actors.ask("Request", { subject: "s", body: NOTHING, timeout });
  }
  expect(waits).toEqual([1, 5_000, 5_000, 5_000, 5_000]);
});
