/**
 * What a key stands for. The kind is the first letter of a public key and the second of a seed.
 * Protocol section 1.1.
 *
 * | kind | letter | used for |
 * | --- | --- | --- |
 * | `server` | `N` | hosts and control clients; signs invocations |
 * | `module` | `M` | actors |
 * | `service` | `V` | capability providers |
 * | `account` | `A` | issuers of actor and provider claims |
 * | `operator` | `O` | issuers of account claims |
 * | `user` | `U` | NATS authentication |
 * | `cluster` | `C` | unused by this generation |
 */
export type KeyKind = "server" | "module" | "service" | "account" | "operator" | "user" | "cluster";

/** Every kind with the byte that its texts begin with before base32. */
export const PREFIX_BYTES: Readonly<Record<KeyKind, number>> = {
  server: 13 << 3,
  module: 12 << 3,
  service: 21 << 3,
  account: 0 << 3,
  operator: 14 << 3,
  user: 20 << 3,
  cluster: 2 << 3,
};

const KINDS_BY_BYTE: ReadonlyMap<number, KeyKind> = new Map(
  Object.entries(PREFIX_BYTES).map(([kind, byte]) => [byte, kind as KeyKind]),
);

/** The kind that a prefix byte stands for, or undefined for bytes that no public key begins with. */
export function kindOfPrefix(byte: number): KeyKind | undefined {
  return KINDS_BY_BYTE.get(byte);
}
