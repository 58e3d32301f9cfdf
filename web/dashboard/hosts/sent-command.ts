import type { HostInventory } from "../../../src/index.ts";
import type { KnownHost } from "./known-host.ts";

/** A command that a host has acknowledged. Starts and updates are acknowledged before they are carried out. */
export interface SentCommand {
  readonly hostId: string;
  /** What was asked for, as in `Start of Echo`. */
  readonly what: string;
  /** Whether an inventory shows what was asked for. */
  readonly isDone: (inventory: HostInventory) => boolean;
}

/** A command whose outcome no inventory has shown yet. */
export interface OpenCommand extends SentCommand {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

/** Milliseconds after which a command that shows no outcome has probably failed. */
export const OVERDUE_MS = 10_000;

/** The start of an actor. */
export function actorStart(hostId: string, reference: string): SentCommand {
  return {
    hostId,
    what: `Start of ${reference}`,
    isDone: ({ actors }) => actors.some((actor) => actor.reference === reference || actor.id === reference),
  };
}

/** The end of an actor. */
export function actorStop(hostId: string, key: string, name: string): SentCommand {
  return {
    hostId,
    what: `Stop of ${name}`,
    isDone: ({ actors }) => actors.every((actor) => actor.id !== key),
  };
}

/** The replacement of an actor's module. */
export function actorUpdate(
  hostId: string,
  actor: { readonly id: string; readonly revision: number },
  name: string,
): SentCommand {
  return {
    hostId,
    what: `Update of ${name}`,
    isDone: ({ actors }) => actors.some(({ id, revision }) => id === actor.id && revision > actor.revision),
  };
}

/** The start of a provider. */
export function providerStart(hostId: string, reference: string, linkName: string): SentCommand {
  return {
    hostId,
    what: `Start of ${reference} (${linkName})`,
    isDone: ({ providers }) =>
      providers.some(
        (provider) =>
          provider.linkName === linkName && (provider.reference === reference || provider.id === reference),
      ),
  };
}

/** The end of a provider. */
export function providerStop(hostId: string, id: string, linkName: string, name: string): SentCommand {
  return {
    hostId,
    what: `Stop of ${name} (${linkName})`,
    isDone: ({ providers }) =>
      providers.every((provider) => provider.id !== id || provider.linkName !== linkName),
  };
}

/** Which commands are still open after a reading, and which are done. Those of hosts that are no more are neither. */
export function settle(
  commands: readonly OpenCommand[],
  hosts: readonly KnownHost[],
): { readonly open: readonly OpenCommand[]; readonly done: readonly OpenCommand[] } {
  const open: OpenCommand[] = [];
  const done: OpenCommand[] = [];
  for (const command of commands) {
    const host = hosts.find(({ id }) => id === command.hostId);
    if (host === undefined) continue;
    const isDone = host.tells && host.inventory !== undefined && command.isDone(host.inventory);
    (isDone ? done : open).push(command);
  }
  return { open, done };
}
