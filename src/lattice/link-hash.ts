import { joined } from "../bytes/index.ts";

const UTF8 = new TextEncoder();
const FIELD_END = Uint8Array.of(0xff);

/**
 * The number under which a link is kept in the lattice cache, as an unsigned 64-bit integer: SipHash-1-3 with a zero
 * key over the three texts, each followed by `FF`. Written in decimal in cache keys. Protocol section 10.2.
 */
export function linkHash(actorId: string, contractId: string, linkName: string): bigint {
  const parts = [actorId, contractId, linkName].flatMap((text) => [UTF8.encode(text), FIELD_END]);
  return sipHash13(joined(parts));
}

/** The four 64-bit words of the state, each as high and low half: several times faster than with BigInt. */
type SipState = Int32Array;

/** Where the words start in the state. */
const V0 = 0;
const V1 = 2;
const V2 = 4;
const V3 = 6;

/** SipHash with one round a block and three at the end, and a key of 128 zero bits. */
function sipHash13(bytes: Uint8Array): bigint {
  // "somepseudorandomlygeneratedbytes", the initial state of the zero key.
  const state: SipState = Int32Array.of(
    0x736f6d65,
    0x70736575,
    0x646f7261,
    0x6e646f6d,
    0x6c796765,
    0x6e657261,
    0x74656462,
    0x79746573,
  );
  const padded = new Uint8Array(Math.ceil((bytes.length + 1) / 8) * 8);
  padded.set(bytes);
  padded[padded.length - 1] = bytes.length;
  const blocks = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 8) {
    const low = blocks.getInt32(at, true);
    const high = blocks.getInt32(at + 4, true);
    xor(state, V3, high, low);
    round(state);
    xor(state, V0, high, low);
  }
  xor(state, V2, 0, 0xff);
  for (let i = 0; i < 3; i++) round(state);
  let high = 0;
  let low = 0;
  for (let word = V0; word <= V3; word += 2) {
    high ^= state[word] as number;
    low ^= state[word + 1] as number;
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function round(state: SipState): void {
  mix(state, V0, V1, 13);
  rotate(state, V0, 32);
  mix(state, V2, V3, 16);
  mix(state, V0, V3, 21);
  mix(state, V2, V1, 17);
  rotate(state, V2, 32);
}

/** `a += b; b = rotate(b, bits) ^ a` */
function mix(state: SipState, a: number, b: number, bits: number): void {
  const low = ((state[a + 1] as number) >>> 0) + ((state[b + 1] as number) >>> 0);
  state[a] = (state[a] as number) + (state[b] as number) + (low > 0xffffffff ? 1 : 0);
  state[a + 1] = low;
  rotate(state, b, bits);
  xor(state, b, state[a] as number, state[a + 1] as number);
}

function xor(state: SipState, word: number, high: number, low: number): void {
  state[word] = (state[word] as number) ^ high;
  state[word + 1] = (state[word + 1] as number) ^ low;
}

/** Rotates a word to the left, by 32 bits or fewer. */
function rotate(state: SipState, word: number, bits: number): void {
  const high = state[word] as number;
  const low = state[word + 1] as number;
  if (bits === 32) {
    state[word] = low;
    state[word + 1] = high;
    return;
  }
  state[word] = (high << bits) | (low >>> (32 - bits));
  state[word + 1] = (low << bits) | (high >>> (32 - bits));
}
