/**
 * Whether a WebSocket request may come in by its origin: programs send none, and a page must lie on this machine.
 * A browser lets any site open a socket to a loopback address, so others are kept out here.
 */
export function isLocalOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return ["localhost", "127.0.0.1", "[::1]"].includes(new URL(origin).hostname);
}
