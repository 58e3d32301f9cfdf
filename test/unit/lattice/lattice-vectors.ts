import { readFileSync } from "node:fs";
import type { Entity, Invocation } from "../../../src/claims/index.ts";
import type {
  CacheEvent,
  CacheEventWrapper,
  InvocationResponse,
  LinkDefinition,
  ReplayRequest,
  ReplayRequestAck,
} from "../../../src/lattice/index.ts";

interface Vector<T> {
  readonly hex: string;
  readonly value: T;
}

/** `test/vectors/lattice.json` as it lies on disk: bytes in hexadecimal. */
interface LatticeVectors {
  readonly entities: readonly Vector<Entity>[];
  readonly acceptedEntities: readonly Vector<Entity>[];
  readonly byteArrays: readonly { readonly hex: string; readonly bytes: readonly number[] }[];
  readonly contractPayloads: readonly { readonly name: string; readonly hex: string }[];
  readonly cacheEvents: readonly Vector<CacheEvent>[];
  readonly cacheEventWrappers: readonly Vector<CacheEventWrapper>[];
  readonly replayRequests: readonly Vector<ReplayRequest>[];
  readonly replayRequestAcks: readonly Vector<ReplayRequestAck>[];
  readonly responses: readonly (Omit<InvocationResponse, "payload"> & {
    readonly hex: string;
    readonly payload: string;
  })[];
  readonly links: readonly Vector<LinkDefinition>[];
  readonly claims: { readonly hex: string; readonly payload: Readonly<Record<string, unknown>> };
  readonly invocation: Omit<Invocation, "payload"> & { readonly hex: string; readonly payload: string };
  readonly linkHashes: readonly {
    readonly actorId: string;
    readonly contractId: string;
    readonly linkName: string;
    readonly hash: string;
  }[];
}

/** The golden vectors of the protocol, sections 3.8 and 10.2. */
export const vectors: LatticeVectors = JSON.parse(
  readFileSync(new URL("../../vectors/lattice.json", import.meta.url), "utf8"),
);

/** Bytes of hexadecimal text. */
export function bytes(hex: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

/** Hexadecimal text of bytes. */
export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}

/** The invocation of the vectors. */
export function vectorInvocation(): Invocation {
  const { hex: _encoded, payload, ...rest } = vectors.invocation;
  return { ...rest, payload: bytes(payload) };
}
