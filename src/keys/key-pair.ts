import { base64url } from "jose";
import { HostError } from "../errors/index.ts";
import { fallbackSigner } from "./fallback.ts";
import { decodeHex } from "./hex.ts";
import type { KeyKind } from "./kinds.ts";
import { decodeSeed, encodePublicKey, generateSeed } from "./text.ts";
import { supportsEd25519, unshared } from "./web-crypto.ts";

const PKCS8_PREFIX = decodeHex("302e020100300506032b657004220420");

/** An identity that can sign. */
export class KeyPair {
  /** What the key stands for. */
  readonly kind: KeyKind;
  /** The public key as text: this is the identity. */
  readonly publicKey: string;
  /** The private key, not extractable, for signers that take one; undefined where WebCrypto has no Ed25519. */
  readonly signingKey: CryptoKey | undefined;
  readonly #sign: (data: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;

  private constructor(
    kind: KeyKind,
    raw: Uint8Array,
    signer: CryptoKey | ((data: Uint8Array) => Uint8Array<ArrayBuffer>),
  ) {
    this.kind = kind;
    this.publicKey = encodePublicKey(kind, raw);
    if (typeof signer === "function") {
      this.signingKey = undefined;
      this.#sign = async (data) => signer(data);
    } else {
      this.signingKey = signer;
      this.#sign = async (data) =>
        new Uint8Array(await crypto.subtle.sign("Ed25519", signer, unshared(data)));
    }
  }

  /**
   * A new identity. The private key cannot be read by anyone, this program included; where WebCrypto has no Ed25519
   * it lies in memory instead. To make an identity that can be stored, see `generateSeed`.
   */
  static async generate(kind: KeyKind): Promise<KeyPair> {
    if (!(await supportsEd25519())) return KeyPair.fromSeed(generateSeed(kind));
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return new KeyPair(
      kind,
      new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)),
      pair.privateKey,
    );
  }

  /**
   * The identity that a seed stands for.
   * @param seed 58 characters without white space around them
   * @throws HostError `keys.invalid`
   */
  static async fromSeed(seed: string): Promise<KeyPair> {
    const decoded = decodeSeed(seed);
    if (await supportsEd25519()) return KeyPair.#import(decoded.kind, decoded.seed);
    const signer = await fallbackSigner(decoded.seed);
    return new KeyPair(decoded.kind, signer.raw, signer.sign);
  }

  /** Signs bytes: 64 bytes of Ed25519 signature, always the same for the same bytes. */
  sign(data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    return this.#sign(data);
  }

  static async #import(kind: KeyKind, seed: Uint8Array): Promise<KeyPair> {
    const pkcs8 = Uint8Array.of(...PKCS8_PREFIX, ...seed);
    try {
      // WebCrypto tells the public half only of an extractable key: that one is dropped at once.
      const readable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
      const { x } = await crypto.subtle.exportKey("jwk", readable);
      if (x === undefined)
        throw new HostError("internal", "WebCrypto exported a key without its public half");
      const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
      return new KeyPair(kind, base64url.decode(x), key);
    } finally {
      pkcs8.fill(0);
      seed.fill(0);
    }
  }
}
