import type { Host } from "../../src/host/index.ts";
import { verifyBundledActor } from "../actors/bundled-actor.ts";
import type { BundledActors, BundledRevision } from "../actors/bundled-actors.ts";
import { notBundled } from "../actors/edge-runtime.ts";
import { type ActorOrigin, type ActorRecord, moduleId, outlives, type StartedModule } from "./host-record.ts";
import type { KeptModules } from "./kept-modules.ts";

/** What {@link KeptActors} work with. */
export interface KeptActorsOptions {
  readonly host: Host;
  readonly bundled: BundledActors;
  readonly modules: KeptModules;
  /** Runs the work for one; what it fails with is logged. @returns whether it was done. */
  readonly attempt: (what: string, work: () => Promise<unknown>) => Promise<boolean>;
}

/** Actors that are started at one time: the runtime gives an object little time to begin, of which each may use much. */
const STARTS_AT_ONCE = 4;

/** The actors that an object's host runs when it begins. */
export class KeptActors {
  readonly #options: KeptActorsOptions;

  constructor(options: KeptActorsOptions) {
    this.#options = options;
  }

  /** Starts what a deployment brings along, or what took its place and was kept, side by side. */
  async start(
    configured: ReadonlyMap<string, BundledRevision>,
    records: ReadonlyMap<string, ActorRecord>,
  ): Promise<void> {
    const keys = new Set([...configured.keys(), ...records.keys()]).values();
    const lane = async (): Promise<void> => {
      for (const key of keys) await this.#startOne(key, configured.get(key), records.get(key));
    };
    await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  }

  /** What runs for an actor, unless the configuration would have started the same. */
  startedOf(actor: string, own: BundledRevision | undefined): StartedModule | undefined {
    const running = this.#options.host.runningActors().find(({ key }) => key === actor);
    if (running === undefined) return undefined;
    const { moduleHash: hash, revision } = running;
    if (own === undefined) return { hash, revision };
    const over = moduleId(own);
    return over === moduleId({ hash, revision }) ? undefined : { hash, revision, over };
  }

  async #startOne(key: string, own: BundledRevision | undefined, known?: ActorRecord): Promise<void> {
    if (known?.kind === "stopped") return;
    const isKept = known !== undefined && (own === undefined || outlives(known, own));
    const what = `actor ${known?.reference ?? key}`;
    if (isKept && (await this.#options.attempt(what, () => this.#startKept(key, known)))) return;
    if (own !== undefined)
      await this.#options.attempt(`actor ${own.name}`, () => this.#options.host.startActorFrom(own.name));
  }

  async #startKept(key: string, known: StartedModule & ActorOrigin): Promise<void> {
    const { hash, reference } = known;
    const bundled = this.#options.bundled.exactly(key, known);
    const module =
      bundled === undefined ? await this.#options.modules.get(hash, key) : await verifyBundledActor(bundled);
    if (module === undefined) throw notBundled(reference ?? hash);
    await this.#options.host.startActor(module, reference === undefined ? {} : { reference });
  }
}
