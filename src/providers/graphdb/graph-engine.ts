import type { GraphNode, GraphRelation, GraphScalar } from "../../contracts/index.ts";

/** One item of a row. */
export type GraphValue =
  | { readonly kind: "scalar"; readonly value: GraphScalar }
  | { readonly kind: "node"; readonly value: GraphNode }
  | { readonly kind: "relation"; readonly value: GraphRelation };

/** What a query gives: rows of as many items as there are columns. */
export interface GraphRows {
  readonly columns: number;
  readonly rows: readonly (readonly GraphValue[])[];
  /** Lines about the query, passed on. */
  readonly statistics: readonly string[];
}

/** The port to an engine that understands openCypher. What it rejects with is told to the actor. */
export interface GraphEngine {
  /** Queries a graph, which is there as soon as it is named. */
  query(graph: string, query: string): Promise<GraphRows>;
  /** One that is not there is fine. */
  delete(graph: string): Promise<void>;
  /** Twice is fine. */
  close(): Promise<void>;
}
