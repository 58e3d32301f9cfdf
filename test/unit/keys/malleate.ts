const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The other text of an Ed25519 signature: S + L in place of S. Strict verifiers refuse it. */
export function malleated(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  let scalar = 0n;
  for (let index = 63; index >= 32; index--) scalar = (scalar << 8n) | BigInt(signature[index] ?? 0);
  scalar += ORDER;
  const other = new Uint8Array(signature);
  for (let index = 32; index < 64; index++) {
    other[index] = Number(scalar & 0xffn);
    scalar >>= 8n;
  }
  return other;
}
