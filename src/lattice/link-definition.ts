import { HostError } from "../errors/index.ts";

/** That an actor may call a provider of a contract under a link name, with these settings. */
export interface LinkDefinition {
  /** The actor's `M…` key. */
  readonly actorId: string;
  /** The provider's `V…` key; empty in a removal. */
  readonly providerId: string;
  readonly linkName: string;
  readonly contractId: string;
  /** Settings for the provider. May be secrets: never logged. An object without prototype when decoded. */
  readonly values: Readonly<Record<string, string>>;
}

/** Bounds of a link definition; lengths are in UTF-8 bytes. */
export const LINK_LIMITS: Readonly<{
  entries: number;
  keyBytes: number;
  valueBytes: number;
  idBytes: number;
}> = Object.freeze({ entries: 64, keyBytes: 256, valueBytes: 4_096, idBytes: 256 });

const LINK_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const UTF8 = new TextEncoder();

/**
 * Checks what every link definition must keep to, wherever it comes from. Link names become part of a subject, so
 * only `[A-Za-z0-9_-]{1,64}` is allowed (protocol section 2).
 *
 * @throws HostError `link.invalid`.
 */
export function checkLinkDefinition(link: LinkDefinition): void {
  checkLinkName(link.linkName);
  checkBytes("actor id", link.actorId, LINK_LIMITS.idBytes);
  checkBytes("provider id", link.providerId, LINK_LIMITS.idBytes);
  checkBytes("contract id", link.contractId, LINK_LIMITS.idBytes);
  const entries = Object.entries(link.values);
  if (entries.length > LINK_LIMITS.entries) {
    throw invalid(`A link has at most ${LINK_LIMITS.entries} values, not ${entries.length}.`);
  }
  for (const [key, value] of entries) {
    checkBytes("name of a link value", key, LINK_LIMITS.keyBytes);
    checkBytes("link value", value, LINK_LIMITS.valueBytes);
  }
}

/** @throws HostError `link.invalid` if the name cannot be part of a subject. */
export function checkLinkName(linkName: string): void {
  if (LINK_NAME.test(linkName)) return;
  throw invalid("A link name has 1 to 64 characters, each a letter, a digit, a hyphen or an underscore.");
}

function checkBytes(what: string, text: string, limit: number): void {
  // A character has at most 3 bytes in UTF-8 for each unit of its length.
  if (text.length * 3 <= limit || UTF8.encode(text).length <= limit) return;
  throw invalid(`The ${what} is longer than ${limit} bytes.`);
}

function invalid(message: string): HostError {
  return new HostError("link.invalid", message);
}
