import type { GraphScalar } from "../../../contracts/index.ts";
import type { GraphValue } from "../graph-engine.ts";

/** The types of a table's properties by their names. */
export type PropertyTypes = (table: string) => ReadonlyMap<string, string>;

/** What the engine adds to the properties of nodes and relations; these names are reserved. */
const INTERNAL: ReadonlySet<string> = new Set(["_id", "_label", "_src", "_dst"]);
const I64 = 2n ** 63n;

/** An item of the engine's result as the contract has it. */
export function toGraphValue(type: string, value: unknown, typesOf: PropertyTypes): GraphValue {
  if (value === null || value === undefined) return { kind: "scalar", value: {} };
  if (type !== "NODE" && type !== "REL") return { kind: "scalar", value: toScalar(type, value) };
  const record = value as Readonly<Record<string, unknown>>;
  const table = String(record["_label"]);
  const types = typesOf(table);
  const properties: Record<string, GraphScalar> = {};
  for (const [name, property] of Object.entries(record)) {
    // The contract's engine leaves out properties that a node does not have.
    if (INTERNAL.has(name) || property === null || property === undefined) continue;
    const scalar = toScalar(types.get(name) ?? "ANY", property);
    Object.defineProperty(properties, name, { value: scalar, enumerable: true });
  }
  if (type === "NODE") return { kind: "node", value: { labels: [table], properties } };
  return { kind: "relation", value: { typeName: table, properties } };
}

/** The contract has four types of scalars; what is none of them is text, and lists and the like JSON. */
function toScalar(type: string, item: unknown): GraphScalar {
  // The engine's bindings make numbers that are objects.
  const value = item instanceof Number ? item.valueOf() : item;
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "string") return { stringValue: value };
  if (value instanceof Date) return { stringValue: dateText(type, value) };
  if (typeof value === "number") {
    return isFractional(type) ? { doubleValue: value } : { intValue: value };
  }
  if (typeof value === "bigint") {
    return value >= -I64 && value < I64 ? { intValue: value } : { stringValue: String(value) };
  }
  return { stringValue: jsonText(value) };
}

function isFractional(type: string): boolean {
  return type === "DOUBLE" || type === "FLOAT" || type.startsWith("DECIMAL");
}

function dateText(type: string, value: Date): string {
  const text = value.toISOString();
  return type === "DATE" ? text.slice(0, text.indexOf("T")) : text;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (name, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    if (part instanceof Uint8Array) return [...part];
    return INTERNAL.has(name) && name !== "_label" ? undefined : part;
  });
}

/** About the bytes that an item takes in a message. */
export function sizeOf({ kind, value }: GraphValue): number {
  if (kind === "scalar") return scalarSize(value);
  const names = kind === "node" ? value.labels.join("") : value.typeName;
  const properties = Object.entries(value.properties);
  return properties.reduce(
    (bytes, [name, property]) => bytes + name.length + scalarSize(property),
    16 + names.length,
  );
}

/** The names of the four members are sent with each scalar. */
function scalarSize({ stringValue = "" }: GraphScalar): number {
  return 56 + stringValue.length;
}
