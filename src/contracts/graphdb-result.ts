import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { isMap, optionalField, structField } from "./payload.ts";

/** One value of a graph; a null has no member. */
export interface GraphScalar {
  readonly boolValue?: boolean | undefined;
  /** A bigint where a number would not be exact. */
  readonly intValue?: number | bigint | undefined;
  readonly doubleValue?: number | undefined;
  readonly stringValue?: string | undefined;
}

export interface GraphNode {
  readonly labels: readonly string[];
  readonly properties: Readonly<Record<string, GraphScalar>>;
}

export interface GraphRelation {
  readonly typeName: string;
  readonly properties: Readonly<Record<string, GraphScalar>>;
}

/** A column of a result: exactly one of the lists, with one item for each row. */
export interface GraphColumn {
  readonly scalars?: readonly GraphScalar[] | undefined;
  readonly nodes?: readonly GraphNode[] | undefined;
  readonly relations?: readonly GraphRelation[] | undefined;
}

/** A result by columns, not by rows. */
export interface GraphResultSet {
  readonly columns: readonly GraphColumn[];
  /** Lines of the engine, passed on. */
  readonly statistics: readonly string[];
}

export interface GraphReply {
  readonly resultSet: GraphResultSet;
}

const MAX_ROWS = 1_048_576;

const scalarField = structField<GraphScalar>({
  boolValue: optionalField(v.boolean()),
  intValue: optionalField(v.union([v.pipe(v.number(), v.integer()), v.bigint()])),
  doubleValue: optionalField(v.number()),
  stringValue: optionalField(v.string()),
});
const propertiesField = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(isMap, "Expected a map"),
  v.transform((map) => Object.entries(map)),
  v.array(v.tuple([v.string(), scalarField])),
  v.transform((entries) => Object.fromEntries(entries)),
);
const nodeField = structField<GraphNode>({ labels: v.array(v.string()), properties: propertiesField });
const relationField = structField<GraphRelation>({ typeName: v.string(), properties: propertiesField });
const columnField = structField<GraphColumn>({
  scalars: optionalField(v.pipe(v.array(scalarField), v.maxLength(MAX_ROWS))),
  nodes: optionalField(v.pipe(v.array(nodeField), v.maxLength(MAX_ROWS))),
  relations: optionalField(v.pipe(v.array(relationField), v.maxLength(MAX_ROWS))),
});

/** The members of a {@link GraphReply}. */
export const graphReplyFields: { readonly resultSet: v.GenericSchema<unknown, GraphResultSet> } = {
  resultSet: structField<GraphResultSet>({
    columns: v.pipe(v.array(columnField), v.maxLength(4_096)),
    statistics: v.pipe(v.array(v.string()), v.maxLength(4_096)),
  }),
};

/** MessagePack of a result. */
export function encodeGraphReply({ resultSet }: GraphReply): Uint8Array {
  const { columns, statistics } = resultSet;
  return encode(
    { resultSet: { columns: columns.map(columnToWire), statistics } },
    // Without it, integers beyond 53 bits could not be sent; with it, plain numbers beyond 32 bits become floats.
    { useBigInt64: true },
  );
}

function columnToWire({ scalars, nodes, relations }: GraphColumn): object {
  return {
    scalars: scalars?.map(scalarToWire) ?? null,
    nodes: nodes?.map(({ labels, properties }) => ({ labels, properties: toWire(properties) })) ?? null,
    relations:
      relations?.map(({ typeName, properties }) => ({ typeName, properties: toWire(properties) })) ?? null,
  };
}

function toWire(properties: GraphNode["properties"]): object {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, scalarToWire(value)]));
}

function scalarToWire({ boolValue, intValue, doubleValue, stringValue }: GraphScalar): object {
  const isWide = typeof intValue === "number" && Math.abs(intValue) >= 2 ** 31;
  return {
    boolValue: boolValue ?? null,
    intValue: (isWide ? BigInt(intValue) : intValue) ?? null,
    doubleValue: doubleValue ?? null,
    stringValue: stringValue ?? null,
  };
}
