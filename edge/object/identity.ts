import { HostError } from "../../src/errors/index.ts";
import { generateSeed, KeyPair } from "../../src/keys/index.ts";
import type { Store } from "../../src/storage/index.ts";

const KEY = "identity/seed";

/**
 * The key of the host in this object: that of the seed that was given, else one that is made once and kept.
 *
 * @throws HostError `input.invalid`, `storage.failed`.
 */
export async function identityOf(store: Store, seed: string | undefined): Promise<KeyPair> {
  if (seed !== undefined) return givenKey(seed);
  const kept = await store.get(KEY);
  if (kept !== undefined) return KeyPair.fromSeed(new TextDecoder().decode(kept));
  const made = generateSeed("server");
  await store.set(KEY, new TextEncoder().encode(made));
  return KeyPair.fromSeed(made);
}

async function givenKey(seed: string): Promise<KeyPair> {
  const key = await KeyPair.fromSeed(seed).catch(() => undefined);
  if (key?.kind === "server") return key;
  throw new HostError("input.invalid", "HOST_SEED is not the seed of a server key, which begins with SN");
}
