import {
  type CallHandlers,
  type GraphColumn,
  type GraphDbCalls,
  graphDbContract,
  type NoExchanges,
} from "../../contracts/index.ts";
import { HostError, messageOf } from "../../errors/index.ts";
import type { ProviderDescriptor } from "../capability-provider.ts";
import { type CallOrigin, ContractProvider } from "../contract-provider.ts";
import type { LinkValues } from "../link-values.ts";
import type { GraphEngine, GraphRows, GraphValue } from "./graph-engine.ts";

/** `wasmcloud:graphdb` on an engine that the environment supplies. */
export const GRAPHDB_PROVIDER: ProviderDescriptor = {
  id: "VALZ3KHVA6RNB3VGKTKB2BOQUS6I5HOC62BRZHFFX5WBOPWRNFWNN43B",
  contractId: graphDbContract.id,
  name: "weblattice Graph",
  vendor: "weblattice",
  revision: 0,
  version: "0.1.0",
};

/** How a {@link GraphDbProvider} is made. */
export interface GraphDbOptions {
  /** Opens the engine; called with the first query, and again after it failed. */
  readonly engine: () => Promise<GraphEngine>;
  /** Rows of a result; more are an error. Default 100,000. */
  readonly maxRows?: number;
}

/** Graphs on an engine. Contracts document 7.7; there are no link values. */
export class GraphDbProvider extends ContractProvider<GraphDbCalls, NoExchanges> {
  readonly #options: GraphDbOptions;
  #engine: Promise<GraphEngine> | undefined;

  constructor(options: GraphDbOptions) {
    super(graphDbContract);
    this.#options = options;
  }

  protected override readonly handlers: CallHandlers<GraphDbCalls, CallOrigin<LinkValues>> = {
    QueryGraph: async ({ graphName, query }) => {
      const engine = await this.#opened();
      const found = await engine.query(graphName, query).catch((error: unknown) => {
        throw failure("Graph query failure", error);
      });
      const { maxRows = 100_000 } = this.#options;
      if (found.rows.length > maxRows) throw failure("Graph query failure", `more than ${maxRows} rows`);
      const columns = Array.from({ length: found.columns }, (_, index) => columnOf(found, index));
      return { resultSet: { columns, statistics: found.statistics } };
    },
    DeleteGraph: async ({ graphName }) => {
      const engine = await this.#opened();
      await engine.delete(graphName).catch((error: unknown) => {
        throw failure("Failed to delete graph", error);
      });
      return { success: true };
    },
  };

  protected override openLink(values: LinkValues): LinkValues {
    return values;
  }

  protected override async close(): Promise<void> {
    const engine = this.#engine;
    this.#engine = undefined;
    await (await engine?.catch(() => undefined))?.close();
  }

  #opened(): Promise<GraphEngine> {
    this.#engine ??= this.#options.engine().catch((error: unknown) => {
      this.#engine = undefined;
      throw failure("Could not open graph", error);
    });
    return this.#engine;
  }
}

/** A column has one kind of item, as the contract has it; nulls are scalars without a member. */
function columnOf({ rows }: GraphRows, index: number): GraphColumn {
  const items = rows.map((row) => row[index] ?? NULL);
  const kind = items[0]?.kind ?? "scalar";
  if (items.some((item) => item.kind !== kind)) {
    throw failure("Graph query failure", `column ${index + 1} has items of several kinds`);
  }
  const of = <Kind extends GraphValue["kind"]>(wanted: Kind) =>
    items.flatMap((item) =>
      item.kind === wanted ? [item.value as Extract<GraphValue, { kind: Kind }>["value"]] : [],
    );
  if (kind === "node") return { nodes: of("node") };
  return kind === "relation" ? { relations: of("relation") } : { scalars: of("scalar") };
}

const NULL: GraphValue = { kind: "scalar", value: {} };

function failure(what: string, reason: unknown): HostError {
  return new HostError("provider.failure", `${what}: ${messageOf(reason)}`, { cause: reason });
}
