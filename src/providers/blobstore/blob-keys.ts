import { HostError } from "../../errors/index.ts";
import { digestName } from "../encoded-name.ts";
import type { UploadName } from "./blob-store.ts";

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

  /** Of one object, or what the keys of all objects of a container begin with. */
  async object(container: string, name?: string): Promise<string> {
    const objects = `${this.prefix}o/${await this.#digest(container)}/`;
    return name === undefined ? objects : `${objects}${await digestName(name)}`;
  }

  async upload({ owner, container, name }: UploadName): Promise<string> {
    return `${this.uploads}${await this.#digest(owner, container, name)}`;
  }

  #digest(...parts: readonly string[]): Promise<string> {
    return digestName(JSON.stringify([this.#root, ...parts]));
  }
}
