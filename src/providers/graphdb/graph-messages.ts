import * as v from "valibot";
import type { GraphNode, GraphRelation, GraphScalar } from "../../contracts/index.ts";
import type { GraphRows, GraphValue } from "./graph-engine.ts";

/** The files of a graph: the database, and the log of what changed since it was written. */
export interface GraphImage {
  readonly main: Uint8Array<ArrayBuffer>;
  readonly log: Uint8Array<ArrayBuffer>;
}

/** What a query did to the files of its graph. */
export type GraphChange =
  | { readonly kind: "none" }
  /** These bytes follow in the log. */
  | { readonly kind: "appended"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "replaced"; readonly image: GraphImage };

/** Bounds that the worker of a graph keeps itself. */
export interface GraphWorkerLimits {
  readonly maxRows: number;
  readonly maxResultBytes: number;
  readonly maxMemoryBytes: number;
}

/** What a host tells the worker of a graph: first to open it, then one query after the other. */
export type ToGraphWorker =
  | { readonly kind: "open"; readonly image: GraphImage | undefined; readonly limits: GraphWorkerLimits }
  | { readonly kind: "query"; readonly query: string };

/** What it answers. After `broken` it is not to be used any more. */
export type FromGraphWorker =
  | { readonly kind: "opened" }
  | { readonly kind: "rows"; readonly rows: GraphRows; readonly change: GraphChange }
  | { readonly kind: "refused"; readonly reason: string; readonly change: GraphChange }
  | { readonly kind: "broken"; readonly reason: string };

/** Characters of an error of the engine that are passed on. */
export const MAX_REASON = 2_000;

const bytes = v.custom<Uint8Array<ArrayBuffer>>((value) => value instanceof Uint8Array, "Expected bytes");
const text = v.string();
const scalar: v.GenericSchema<unknown, GraphScalar> = v.object({
  boolValue: v.optional(v.boolean()),
  intValue: v.optional(v.union([v.pipe(v.number(), v.safeInteger()), v.bigint()])),
  doubleValue: v.optional(v.number()),
  stringValue: v.optional(text),
});
// Valibot's own record would silently drop names such as `constructor`.
const properties: v.GenericSchema<unknown, Readonly<Record<string, GraphScalar>>> = v.pipe(
  v.custom<object>((value) => typeof value === "object" && value !== null, "Expected properties"),
  v.transform((value) => Object.entries(value)),
  v.array(v.tuple([text, scalar])),
  v.transform((entries) => Object.fromEntries(entries)),
);
const node: v.GenericSchema<unknown, GraphNode> = v.object({ labels: v.array(text), properties });
const relation: v.GenericSchema<unknown, GraphRelation> = v.object({ typeName: text, properties });
const value: v.GenericSchema<unknown, GraphValue> = v.variant("kind", [
  v.object({ kind: v.literal("scalar"), value: scalar }),
  v.object({ kind: v.literal("node"), value: node }),
  v.object({ kind: v.literal("relation"), value: relation }),
]);
const rows: v.GenericSchema<unknown, GraphRows> = v.object({
  columns: v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(4_096)),
  rows: v.array(v.array(value)),
  statistics: v.array(text),
});
const change: v.GenericSchema<unknown, GraphChange> = v.variant("kind", [
  v.object({ kind: v.literal("none") }),
  v.object({ kind: v.literal("appended"), bytes }),
  v.object({ kind: v.literal("replaced"), image: v.object({ main: bytes, log: bytes }) }),
]);
const reason = v.pipe(text, v.maxLength(MAX_REASON));
const message: v.GenericSchema<unknown, FromGraphWorker> = v.variant("kind", [
  v.object({ kind: v.literal("opened") }),
  v.object({ kind: v.literal("rows"), rows, change }),
  v.object({ kind: v.literal("refused"), reason, change }),
  v.object({ kind: v.literal("broken"), reason }),
]);

/** What a worker said, or undefined for what makes no sense. */
export function parseGraphMessage(data: unknown): FromGraphWorker | undefined {
  const result = v.safeParse(message, data, { abortEarly: true });
  return result.success ? result.output : undefined;
}
