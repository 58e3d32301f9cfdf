import { signInvocation } from "../../../src/claims/index.ts";
import type { Host } from "../../../src/index.ts";
import { KeyPair } from "../../../src/keys/index.ts";
import { encodeInvocation } from "../../../src/lattice/index.ts";
import { echoCall, echoReplyBytes } from "../echo-call.ts";
import type { TabPeer } from "../tab-api.ts";
import type { BareNats } from "./bare-nats.ts";
import { expectBytes, type Target } from "./target.ts";

/** Who calls whom. */
export interface LatticeParties extends TabPeer {
  readonly host: Host;
  readonly nats: BareNats;
}

/** A call of an actor on another host. Bare: a request and an answer of the same sizes. */
export async function latticeTarget(
  parties: LatticeParties,
  payload: Uint8Array<ArrayBuffer>,
): Promise<Target> {
  const { host, nats, bareSubject, actor } = parties;
  const signed = await signInvocation(echoCall(actor, payload), await KeyPair.generate("server"));
  const data = encodeInvocation(signed);
  const subject = `${bareSubject}.${echoReplyBytes(payload)}`;
  return {
    ours: () => expectBytes(host.callActor(actor, "Echo", payload), payload.length),
    bare: () => nats.request(subject, data),
  };
}
