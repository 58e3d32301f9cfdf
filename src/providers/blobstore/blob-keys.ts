import { HostError } from "../../errors/index.ts";
import { digestName } from "../encoded-name.ts";
import type { UploadName } from "./blob-store.ts";

/** The keys of one object's records, and the name of the turns that its changes take. */
export interface ObjectKeys {
  readonly container: string;
  readonly object: string;
  readonly turn: string;
}

/** The same of an upload. */
export interface UploadKeys extends ObjectKeys {
  readonly upload: string;
}

/**
 * Objects of a container that take turns with each other are a sixteenth of it: most are changed side by side, and who
 * wants the container for himself waits for few turns.
 */
const TURNS = 16;

/** The keys of a blob store's records: what actors name things is in them as digests only. */
export class BlobKeys {
  readonly prefix: string;
  /** What the keys of all uploads begin with, those of other roots included. */
  readonly uploads: string;
  readonly #root: string;

  /** @param root - of one among several blob stores with the same prefix. */
  constructor(prefix: string, root: string) {
    if (prefix.length > 64) {
      throw new HostError("input.invalid", "The prefix of a blob store has at most 64 characters");
    }
    this.prefix = prefix;
    this.uploads = `${prefix}u/`;
    this.#root = root;
  }

  async container(container: string): Promise<string> {
    return `${this.prefix}c/${await this.#digest(container)}`;
  }

  /** What the keys of all objects of a container begin with. */
  async objects(container: string): Promise<string> {
    return `${this.prefix}o/${await this.#digest(container)}/`;
  }

  async object(container: string, name: string): Promise<ObjectKeys> {
    const [inContainer, inObject] = await Promise.all([this.#digest(container), digestName(name)]);
    const key = `${this.prefix}c/${inContainer}`;
    return {
      container: key,
      object: `${this.prefix}o/${inContainer}/${inObject}`,
      turn: turnOf(key, inObject.charCodeAt(0)),
    };
  }

  async upload({ owner, container, name }: UploadName): Promise<UploadKeys> {
    const [keys, digest] = await Promise.all([
      this.object(container, name),
      this.#digest(owner, container, name),
    ]);
    return { ...keys, upload: `${this.uploads}${digest}` };
  }

  /** The turns of all objects of a container; whoever has all of them took them in this order. */
  async turns(container: string): Promise<string[]> {
    const key = await this.container(container);
    return Array.from({ length: TURNS }, (_, turn) => turnOf(key, turn));
  }

  #digest(...parts: readonly string[]): Promise<string> {
    return digestName(JSON.stringify([this.#root, ...parts]));
  }
}

function turnOf(container: string, number: number): string {
  return `${container}/${number % TURNS}`;
}
