import { type Invocation, signInvocation, verifyInvocation } from "../../../src/claims/index.ts";
import { KeyPair } from "../../../src/keys/index.ts";
import { echoCall } from "../echo-call.ts";
import { samplePayload } from "../figures.ts";
import type { Target } from "./target.ts";

/** Invocations that are verified in turn. */
const BATCH = 256;
/** What the signature in an invocation token covers has about this many bytes. */
const token = samplePayload(600);

/** Signing a call. Bare: one SHA-256 and one Ed25519 signature by WebCrypto. */
export async function signTarget(actor: string, payload: Uint8Array<ArrayBuffer>): Promise<Target> {
  const host = await KeyPair.generate("server");
  const call = echoCall(actor, payload);
  const { privateKey } = await generateBareKeys();
  return {
    ours: () => signInvocation(call, host),
    bare: async () => {
      await crypto.subtle.digest("SHA-256", payload);
      await crypto.subtle.sign("Ed25519", privateKey, token);
    },
  };
}

/** Verifying calls of a host. Bare: one SHA-256 and one Ed25519 verification by WebCrypto. */
export async function verifyTarget(actor: string, payload: Uint8Array<ArrayBuffer>): Promise<Target> {
  const host = await KeyPair.generate("server");
  const call = echoCall(actor, payload);
  const batch = await Promise.all(Array.from({ length: BATCH }, () => signInvocation(call, host)));
  const { privateKey, publicKey } = await generateBareKeys();
  const signature = await crypto.subtle.sign("Ed25519", privateKey, token);
  let next = 0;
  return {
    ours: () => verifyInvocation(batch[next++ % BATCH] as Invocation),
    bare: async () => {
      await crypto.subtle.digest("SHA-256", payload);
      await crypto.subtle.verify("Ed25519", publicKey, signature, token);
    },
  };
}

async function generateBareKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]) as Promise<CryptoKeyPair>;
}
