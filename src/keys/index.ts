export { KeyPair } from "./key-pair.ts";
export type { KeyKind } from "./kinds.ts";
export {
  type DecodedPublicKey,
  type DecodedSeed,
  decodePublicKey,
  decodeSeed,
  encodePublicKey,
  encodeSeed,
  generateSeed,
  isPublicKey,
} from "./text.ts";
export { verificationKey, verifySignature } from "./verify.ts";
export { supportsEd25519 } from "./web-crypto.ts";
