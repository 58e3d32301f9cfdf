import { type BundledActor, verifyBundledActor } from "./bundled-actor.ts";

/** A verified actor of the bundle. */
export interface BundledRevision {
  readonly name: string;
  readonly hash: string;
  readonly actor: BundledActor;
  /** Its `M…` key. */
  readonly key: string;
  readonly revision: number;
}

/** The actors of a worker's bundle, which may have several revisions of one: that named first is started. */
export class BundledActors {
  readonly #actors: Readonly<Record<string, BundledActor>>;
  readonly #revisions: BundledRevision[] = [];

  constructor(actors: Readonly<Record<string, BundledActor>>) {
    this.#actors = actors;
  }

  /** Verifies all. @param attempt - runs the work for one, and says what it failed with. */
  async learn(attempt: (what: string, work: () => Promise<unknown>) => Promise<unknown>): Promise<void> {
    for (const [name, actor] of Object.entries(this.#actors)) {
      await attempt(`actor ${name}`, async () => {
        const { claims } = await verifyBundledActor(actor);
        this.#revisions.push({
          name,
          hash: actor.hash,
          actor,
          key: claims.subject,
          revision: claims.revision,
        });
      });
    }
  }

  /** What is started unless something else happened: one of each key. */
  configured(): Map<string, BundledRevision> {
    return new Map(this.#revisions.toReversed().map((each) => [each.key, each]));
  }

  /** The actor of a name, verified or not, or of a key. */
  find(reference: string): BundledActor | undefined {
    if (Object.hasOwn(this.#actors, reference)) return this.#actors[reference];
    return this.#revisions.find(({ key }) => key === reference)?.actor;
  }

  /** The key behind a name; anything else stays as it is. */
  keyOf(actor: string): string {
    return this.#revisions.find(({ name }) => name === actor)?.key ?? actor;
  }

  /** One revision of an actor. */
  exactly(
    key: string,
    { hash, revision }: Pick<BundledRevision, "hash" | "revision">,
  ): BundledActor | undefined {
    return this.#revisions.find(
      (each) => each.key === key && each.revision === revision && each.hash === hash,
    )?.actor;
  }
}
