import { HostError } from "../errors/index.ts";
import type { ManifestValue } from "./manifest-value.ts";

type Field = ManifestValue | undefined;

/** Takes values apart and remembers what is not as it should be. */
export class ManifestReader {
  readonly #problems: string[] = [];

  /** @throws HostError `input.invalid` if anything was wrong. */
  finish(): void {
    if (this.#problems.length === 0) return;
    const shown = this.#problems.slice(0, 20).join("; ");
    const more = this.#problems.length > 20 ? `; and ${this.#problems.length - 20} more` : "";
    throw new HostError("input.invalid", `The manifest is not valid: ${shown}${more}`);
  }

  text(value: Field, place: string): string {
    if (value?.kind === "text") return value.text;
    this.#problems.push(value === undefined ? `${place} is missing` : `${place} must be a text`);
    return "";
  }

  optionalText(value: Field, place: string): string | undefined {
    return isAbsent(value) ? undefined : this.text(value, place);
  }

  flag(value: Field, place: string): boolean {
    if (isAbsent(value)) return false;
    if (value?.kind === "flag") return value.value;
    if (value?.kind === "text" && /^(?:true|false)$/.test(value.text)) return value.text === "true";
    this.#problems.push(`${place} must be true or false`);
    return false;
  }

  list<T>(value: Field, place: string, most: number, read: (item: ManifestValue, place: string) => T): T[] {
    if (isAbsent(value)) return [];
    if (value?.kind !== "list") {
      this.#problems.push(`${place} must be a list`);
      return [];
    }
    const items = value.items();
    if (!this.#fits(items.length, place, most)) return [];
    return items.map((item, index) => read(item, `${place}[${index}]`));
  }

  map(value: Field, place: string, most = 256): ReadonlyMap<string, ManifestValue> {
    if (isAbsent(value) && place === "the manifest") return new Map();
    if (value?.kind !== "map") {
      this.#problems.push(`${place} must have named fields`);
      return new Map();
    }
    const entries = value.entries();
    const fields = new Map(entries);
    if (fields.size < entries.length) this.#problems.push(`${place} has a name twice`);
    return this.#fits(fields.size, place, most) ? fields : new Map();
  }

  texts(value: Field, place: string, most: number): Readonly<Record<string, string>> {
    const result: Record<string, string> = Object.create(null);
    if (isAbsent(value)) return result;
    for (const [name, each] of this.map(value, place, most)) {
      result[name] = this.text(each, `${place}.${name.slice(0, 100)}`);
    }
    return result;
  }

  #fits(count: number, place: string, most: number): boolean {
    if (count <= most) return true;
    this.#problems.push(`${place} has ${count} entries, at most ${most} are taken`);
    return false;
  }
}

function isAbsent(value: Field): boolean {
  return value === undefined || ((value.kind === "text" || value.kind === "other") && value.isNull);
}
