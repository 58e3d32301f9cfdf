import type { HostInventory } from "../../../src/index.ts";
import type { LatticeHost } from "../../host-api.ts";

/** A host of the lattice as the last readings found it. */
export interface KnownHost {
  readonly id: string;
  /** Milliseconds since the epoch, by the clock of this page. */
  readonly startedAt: number;
  /** The newest that it told; absent if it has not told yet. */
  readonly inventory?: HostInventory;
  /** Whether it told what it runs in the last reading. */
  readonly tells: boolean;
  /** Since when it is missing. Shown for a while, then dropped. */
  readonly goneAt?: number;
}

/** Milliseconds for which a host that vanished is still shown. */
const GONE_SHOWN_MS = 10_000;

/**
 * The hosts after a reading: those that answered, and those that are missing, as long as they are to be shown as gone.
 * The host of this tab is never gone: a reading without it says something of the connection only.
 */
export function mergeHosts(
  last: readonly KnownHost[],
  answers: readonly LatticeHost[],
  { now, ownId }: { readonly now: number; readonly ownId: string },
): readonly KnownHost[] {
  const before = new Map(last.map((host) => [host.id, host]));
  const answered = new Map(answers.map((answer) => [answer.id, answer]));
  const present = [...answered.values()].map((answer) => heardOf(answer, before.get(answer.id), now));
  const missing = last
    .filter(({ id }) => !answered.has(id))
    .map((host) =>
      host.id === ownId ? { ...host, tells: false } : { ...host, tells: false, goneAt: host.goneAt ?? now },
    )
    .filter(({ goneAt }: KnownHost) => goneAt === undefined || now - goneAt < GONE_SHOWN_MS);
  return [...present, ...missing].sort(
    (a, b) => Number(b.id === ownId) - Number(a.id === ownId) || (a.id < b.id ? -1 : 1),
  );
}

/** The hosts after one of them said that it stops. */
export function markGone(hosts: readonly KnownHost[], id: string, now: number): readonly KnownHost[] {
  return hosts.map((host) =>
    host.id === id && host.goneAt === undefined ? { ...host, tells: false, goneAt: now } : host,
  );
}

function heardOf(answer: LatticeHost, before: KnownHost | undefined, now: number): KnownHost {
  // It said that it stops while this was read.
  if (before?.goneAt !== undefined && answer.inventory === undefined) return before;
  const inventory = answer.inventory ?? before?.inventory;
  return {
    id: answer.id,
    // Answers tell whole seconds and take their time: the first is as good as any.
    startedAt: before?.startedAt ?? now - answer.uptimeSeconds * 1_000,
    ...(inventory === undefined ? {} : { inventory }),
    tells: answer.inventory !== undefined,
  };
}
