import { HostError } from "../errors/index.ts";

/** Labels of one host. */
const MAX_LABELS = 512;

/** What a host says about itself, and what auctions compare constraints with. Protocol section 11.4. */
export class Labels {
  readonly #core: Readonly<Record<string, string>>;
  #all: Readonly<Record<string, string>>;

  /**
   * @param core - labels that no other label replaces, such as `hostcore.os`.
   * @throws HostError `input.invalid` for a label that is empty, too long or not a text.
   */
  constructor(own: Readonly<Record<string, string>>, core: Readonly<Record<string, string>>) {
    this.#core = core;
    this.#all = merged(own, core);
  }

  all(): Readonly<Record<string, string>> {
    return this.#all;
  }

  /** All but those that describe the environment. */
  own(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(this.#all).filter(([key]) => !Object.hasOwn(this.#core, key)));
  }

  /** Adds labels or changes them; core ones stay. First-party hosts drop all others. @throws HostError `input.invalid`. */
  merge(labels: Readonly<Record<string, string>>): void {
    this.#all = merged({ ...this.#all, ...labels }, this.#core);
  }
}

function merged(
  own: Readonly<Record<string, string>>,
  core: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const entries = [...new Map([...Object.entries(own), ...Object.entries(core)])];
  for (const [key, value] of entries) {
    if (key !== "" && key.length <= 256 && typeof value === "string" && value.length <= 4_096) continue;
    throw new HostError("input.invalid", `The label "${key.slice(0, 256)}" is empty, too long or not a text`);
  }
  if (entries.length > MAX_LABELS) {
    throw new HostError("input.invalid", `A host has at most ${MAX_LABELS} labels, not ${entries.length}`);
  }
  return Object.freeze(Object.fromEntries(entries));
}
