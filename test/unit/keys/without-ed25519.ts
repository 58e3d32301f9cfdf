/** WebCrypto as it is in engines that know SHA-256 but not Ed25519. */
export function withoutEd25519(): object {
  const { subtle } = crypto;
  const unknown = async (): Promise<never> => {
    throw new DOMException("Unrecognized algorithm name", "NotSupportedError");
  };
  return {
    getRandomValues: crypto.getRandomValues.bind(crypto),
    randomUUID: crypto.randomUUID.bind(crypto),
    subtle: {
      digest: subtle.digest.bind(subtle),
      generateKey: unknown,
      importKey: unknown,
      exportKey: unknown,
      sign: unknown,
      verify: unknown,
    },
  };
}
