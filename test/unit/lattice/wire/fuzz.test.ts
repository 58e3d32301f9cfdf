import { describe, expect, test } from "vitest";
import { HostError } from "../../../../src/errors/index.ts";
import {
  decodeCacheEvent,
  decodeCacheEventWrapper,
  decodeClaims,
  decodeInvocation,
  decodeInvocationResponse,
  decodeLinkDefinition,
  decodeReplayRequest,
  decodeReplayRequestAck,
  peekInvocationId,
} from "../../../../src/lattice/index.ts";
import { bytes, vectors } from "../lattice-vectors.ts";

const decoders: Readonly<Record<string, (data: Uint8Array) => unknown>> = {
  decodeInvocation: (data) => decodeInvocation(data),
  decodeInvocationResponse: (data) => decodeInvocationResponse(data),
  decodeLinkDefinition: (data) => decodeLinkDefinition(data),
  decodeClaims: (data) => decodeClaims(data),
  decodeCacheEvent: (data) => decodeCacheEvent(data),
  decodeCacheEventWrapper: (data) => decodeCacheEventWrapper(data),
  decodeReplayRequest: (data) => decodeReplayRequest(data),
  decodeReplayRequestAck: (data) => decodeReplayRequestAck(data),
};

const seeds: readonly Uint8Array[] = [
  vectors.invocation.hex,
  vectors.claims.hex,
  ...vectors.responses.map((vector) => vector.hex),
  ...vectors.links.map((vector) => vector.hex),
  ...vectors.cacheEvents.map((vector) => vector.hex),
  ...vectors.cacheEventWrappers.map((vector) => vector.hex),
  ...vectors.replayRequests.map((vector) => vector.hex),
].map(bytes);

/** Mulberry32: the same numbers in every run, so that a failure can be repeated. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Changes, cuts, inserts or repeats a few bytes. */
function mutate(source: Uint8Array, random: (below: number) => number): Uint8Array {
  let data = [...source];
  for (let changes = random(4) + 1; changes > 0; changes--) {
    const at = random(data.length + 1);
    const kind = random(4);
    if (kind === 0) data[at] = random(256);
    else if (kind === 1) data = data.slice(0, at);
    else if (kind === 2) data.splice(at, 0, random(256), random(256));
    else data.splice(at, random(8));
  }
  return Uint8Array.from(data);
}

/** Decodes and answers what is thrown that should not be. */
function escapes(decode: (data: Uint8Array) => unknown, data: Uint8Array): unknown {
  try {
    decode(data);
    return undefined;
  } catch (error) {
    const isOurs = error instanceof HostError && error.code === "lattice.undecodable";
    return isOurs && error.message.startsWith("Failed to de-serialize: ") ? undefined : { error, data };
  }
}

describe.each(Object.entries(decoders))("%s", (_name, decode) => {
  test("throws only its own error on random bytes", () => {
    const random = randomFrom(1);
    for (let i = 0; i < 5_000; i++) {
      const data = Uint8Array.from({ length: random(64) }, () => random(256));
      expect(escapes(decode, data)).toBeUndefined();
    }
  });

  test("throws only its own error on damaged messages", () => {
    const random = randomFrom(2);
    for (let i = 0; i < 5_000; i++) {
      const seed = seeds[random(seeds.length)] ?? new Uint8Array(0);
      expect(escapes(decode, mutate(seed, random))).toBeUndefined();
    }
  });
});

test("reading an id throws nothing", () => {
  const random = randomFrom(3);
  for (let i = 0; i < 10_000; i++) {
    expect(typeof peekInvocationId(mutate(bytes(vectors.invocation.hex), random))).toBe("string");
  }
});
