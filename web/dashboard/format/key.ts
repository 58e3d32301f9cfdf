/** A key or other long name, cut in the middle so that it stays recognizable. */
export function shortKey(key: string): string {
  return key.length > 20 ? `${key.slice(0, 5)}…${key.slice(-5)}` : key;
}

/** Whether a text has the shape of an actor's key. The host checks the checksum. */
export function looksLikeActorKey(text: string): boolean {
  return /^M[A-Z2-7]{55}$/.test(text);
}

/** Whether a text has the shape of a provider's key. The host checks the checksum. */
export function looksLikeProviderKey(text: string): boolean {
  return /^V[A-Z2-7]{55}$/.test(text);
}
