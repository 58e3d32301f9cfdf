import { encode } from "@msgpack/msgpack";
import type { NatsConnection } from "nats.ws";
import { beforeAll, beforeEach } from "vitest";
import {
  decodeInvocationResponse,
  type Entity,
  type Invocation,
  type InvocationResponse,
  KeyPair,
  signInvocation,
} from "../../src/index.ts";
import { testActor } from "../support/actors.ts";
import { joinedHost, type Member, rawClient, subjects } from "../support/lattice-host.ts";
import { useNatsServer } from "../support/nats.ts";

export const ECHO: Entity = { kind: "actor", id: testActor("echo").key };
export const SYSTEM: Entity = { kind: "actor", id: "system" };
export const CALLER: Entity = { kind: "actor", id: testActor("pinger").key };

/** A member of a lattice, and somebody there who can send anything. */
export interface Attack {
  readonly url: string;
  readonly member: Member;
  readonly raw: NatsConnection;
  /** The attacker's own host key, and that of somebody else. */
  readonly keys: KeyPair;
  readonly stranger: KeyPair;
  /** A genuine call, to be spoilt. */
  genuine(parts?: Partial<Invocation>, iat?: number): Promise<Invocation>;
  /** Sends bytes to the subject of the echo actor, or to another. */
  send(data: Uint8Array, subject?: string): Promise<InvocationResponse>;
}

/** A new member for each test of a file. */
export function useAttack(): { readonly current: Attack } {
  const server = useNatsServer();
  let current: Attack;
  let keys: KeyPair;
  let stranger: KeyPair;
  beforeAll(async () => {
    [keys, stranger] = await Promise.all([KeyPair.generate("server"), KeyPair.generate("server")]);
  });
  beforeEach(async () => {
    const url = server.current.webSocketUrl;
    const [member, raw] = await Promise.all([joinedHost(url), rawClient(url)]);
    current = {
      url,
      member,
      raw,
      keys,
      stranger,
      genuine: (parts, iat) => {
        const call = { origin: CALLER, target: ECHO, operation: "Echo", payload: encode("ping"), ...parts };
        return signInvocation(call, keys, iat === undefined ? {} : { iat });
      },
      send: async (data, subject = subjects.actor(ECHO.id)) =>
        decodeInvocationResponse((await raw.request(subject, data, { timeout: 3_000 })).data),
    };
  });
  return {
    get current() {
      return current;
    },
  };
}
