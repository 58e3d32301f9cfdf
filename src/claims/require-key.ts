import { HostError } from "../errors/index.ts";
import { isPublicKey } from "../keys/index.ts";

type SigningKind = "account" | "module" | "service";

const LETTERS: Readonly<Record<SigningKind, string>> = { account: "A", module: "M", service: "V" };

/**
 * Checks a key that a person gave for signing.
 * @param role what the key is for, for the text
 * @throws HostError `input.invalid`
 */
export function requireKind(key: string, kind: SigningKind, role: string): void {
  if (isPublicKey(key, kind)) return;
  throw new HostError("input.invalid", `The ${role} is not a key of kind ${kind}`, {
    hint: `Such keys begin with ${LETTERS[kind]}, and their seeds with S${LETTERS[kind]}.`,
  });
}
