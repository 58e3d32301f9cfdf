import * as v from "valibot";

const prefix = "weblattice.";

/** A value kept in this browser, or undefined where there is none, it is not of the schema, or storage is blocked. */
export function recall<T>(name: string, schema: v.GenericSchema<unknown, T>): T | undefined {
  try {
    const text = localStorage.getItem(prefix + name);
    if (text === null) return undefined;
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined; // blocked storage, or text of another version: as if nothing was kept
  }
}

/** Keeps a value in this browser if it lets us. Never for secrets. */
export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(prefix + name, JSON.stringify(value));
  } catch {
    // blocked or full storage: the value is a convenience
  }
}
