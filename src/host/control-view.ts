import type { ControlledHost } from "../control/index.ts";
import type { ActorManager } from "./actor-manager.ts";
import type { CoreServices } from "./core-services.ts";
import type { Labels } from "./labels.ts";
import type { Launcher } from "./launcher.ts";
import type { ProviderManager } from "./provider-manager.ts";

/** The parts of a host that the control interface works with. */
export interface ControlViewParts {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly services: CoreServices;
  readonly actors: ActorManager;
  readonly providers: ProviderManager;
  readonly launcher: Launcher;
  readonly labels: Labels;
}

/** A host as the control interface sees it. */
export function controlView(parts: ControlViewParts): ControlledHost {
  const { id, startedAt, services, actors, providers, launcher, labels } = parts;
  const { cache, now } = services;
  return {
    id,
    uptimeSeconds: () => Math.floor((now() - startedAt) / 1_000),
    labels: () => labels.all(),
    inventory: () => ({
      labels: labels.all(),
      actors: actors.describe().map((actor) => ({ ...actor, id: actor.key })),
      providers: providers.describe(),
    }),
    knownClaims: () => cache.allClaims(),
    knownLinks: () => cache.allLinks(),
    resolveReference: (reference) => cache.resolveReference(reference),
    isActorRunning: (key) => actors.isRunning(key),
    isProviderRunning: (key, linkName) => providers.find(key, linkName) !== undefined,
    startActorFrom: (reference) => launcher.startActorFrom(reference),
    stopActor: (key) => actors.stop(key),
    startProviderFrom: (reference, linkName) => launcher.startProviderFrom(reference, linkName),
    stopProvider: (key, linkName) => providers.stop(key, linkName),
    updateActorFrom: (key, reference) => launcher.updateActorFrom(key, reference, { allowLatest: false }),
  };
}
