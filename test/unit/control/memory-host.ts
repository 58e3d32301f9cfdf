import type { ActorClaims } from "../../../src/claims/index.ts";
import type { ControlledHost, Inventory } from "../../../src/control/index.ts";
import type { LinkDefinition } from "../../../src/lattice/index.ts";

/** A host that runs what its catalogue has, in name only: for what the control interface does with a host. */
export class MemoryHost implements ControlledHost {
  readonly id: string;
  /** The keys that references lead to once they are fetched. */
  readonly catalogue = new Map<string, string>();
  /** Keys of running actors. */
  readonly actors = new Set<string>();
  /** Running providers, as `key/link name`. */
  readonly providers = new Set<string>();
  /** What was carried out to its end, in order. */
  readonly done: string[] = [];
  /** What was begun, in order. */
  readonly begun: string[] = [];
  allLabels: Record<string, string> = {};
  claims: readonly ActorClaims[] = [];
  links: readonly LinkDefinition[] = [];
  uptime = 0;
  readonly #references = new Map<string, string>();
  #gate: Promise<void> = Promise.resolve();

  constructor(id: string) {
    this.id = id;
  }

  /** Lets no work end until the returned function is called. */
  hold(): () => void {
    let release: () => void = () => undefined;
    this.#gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.#gate = Promise.resolve();
      release();
    };
  }

  uptimeSeconds(): number {
    return this.uptime;
  }
  labels(): Readonly<Record<string, string>> {
    return this.allLabels;
  }
  inventory(): Inventory {
    const actors = [...this.actors].map((id) => ({ id, name: "Echo", revision: 2 }));
    const providers = [...this.providers].map((running) => {
      const [id = "", linkName = ""] = running.split("/");
      return { id, linkName, name: "Redis", revision: 1, reference: "redis:1" };
    });
    return { labels: this.allLabels, actors, providers };
  }
  knownClaims(): readonly ActorClaims[] {
    return this.claims;
  }
  knownLinks(): readonly LinkDefinition[] {
    return this.links;
  }
  resolveReference(reference: string): string {
    return this.#references.get(reference) ?? reference;
  }
  isActorRunning(key: string): boolean {
    return this.actors.has(key);
  }
  isProviderRunning(key: string, linkName: string): boolean {
    return this.providers.has(`${key}/${linkName}`);
  }
  async startActorFrom(reference: string): Promise<void> {
    const key = await this.#fetch(`start ${reference}`, reference);
    if (this.actors.has(key)) throw new Error(`Cannot start already running actor ${key}`);
    this.actors.add(key);
    this.done.push(`start ${reference}`);
  }
  async stopActor(key: string): Promise<void> {
    this.begun.push(`stop ${key}`);
    this.actors.delete(key);
    await this.#gate;
    this.done.push(`stop ${key}`);
  }
  async startProviderFrom(reference: string, linkName: string): Promise<void> {
    const what = `start ${reference}/${linkName}`;
    const running = `${await this.#fetch(what, reference)}/${linkName === "" ? "default" : linkName}`;
    if (this.providers.has(running)) throw new Error(`Cannot start already running provider ${running}`);
    this.providers.add(running);
    this.done.push(what);
  }
  async stopProvider(key: string, linkName: string): Promise<void> {
    this.begun.push(`stop ${key}/${linkName}`);
    this.providers.delete(`${key}/${linkName}`);
    await this.#gate;
    this.done.push(`stop ${key}/${linkName}`);
  }
  async updateActorFrom(key: string, reference: string): Promise<void> {
    await this.#fetch(`update ${key} ${reference}`, reference);
    this.done.push(`update ${key} ${reference}`);
  }

  async #fetch(what: string, reference: string): Promise<string> {
    this.begun.push(what);
    await this.#gate;
    const key = this.catalogue.get(reference);
    if (key === undefined) throw new Error(`There is no ${reference}`);
    this.#references.set(reference, key);
    return key;
  }
}
