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
import { type LinkValues, textValue } from "../link-values.ts";
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
  /**
   * Opens the engine with the graphs of a space; called with the first query of a link that has them, and again after
   * it failed.
   */
  readonly engine: (space: string) => Promise<GraphEngine>;
  /** Rows of a result; more are an error. Default 100,000. */
  readonly maxRows?: number;
}

/** What is open for the links of one space. */
interface GraphSpace {
  readonly name: string;
  links: number;
  engine: Promise<GraphEngine> | undefined;
}

/**
 * Graphs on an engine. Contracts document 7.7.
 *
 * Link value: `ROOT`, a name; links with the same one share their graphs. Without it an actor has its own.
 */
export class GraphDbProvider extends ContractProvider<GraphDbCalls, NoExchanges, GraphSpace> {
  readonly #options: GraphDbOptions;
  readonly #spaces = new Map<string, GraphSpace>();

  constructor(options: GraphDbOptions) {
    super(graphDbContract);
    this.#options = options;
  }

  protected override readonly handlers: CallHandlers<GraphDbCalls, CallOrigin<GraphSpace>> = {
    QueryGraph: async ({ graphName, query }, { link }) => {
      const engine = await this.#opened(link);
      const found = await engine.query(graphName, query).catch((error: unknown) => {
        throw failure("Graph query failure", error);
      });
      const { maxRows = 100_000 } = this.#options;
      if (found.rows.length > maxRows) throw failure("Graph query failure", `more than ${maxRows} rows`);
      const columns = Array.from({ length: found.columns }, (_, index) => columnOf(found, index));
      return { resultSet: { columns, statistics: found.statistics } };
    },
    DeleteGraph: async ({ graphName }, { link }) => {
      const engine = await this.#opened(link);
      await engine.delete(graphName).catch((error: unknown) => {
        throw failure("Failed to delete graph", error);
      });
      return { success: true };
    },
  };

  protected override openLink(values: LinkValues, actor: string): GraphSpace {
    const root = textValue(values, "ROOT");
    const name = root === undefined ? `actor ${actor}` : `root ${root}`;
    const space = this.#spaces.get(name) ?? { name, links: 0, engine: undefined };
    space.links += 1;
    this.#spaces.set(name, space);
    return space;
  }

  protected override async closeLink(space: GraphSpace): Promise<void> {
    space.links -= 1;
    if (space.links > 0) return;
    this.#spaces.delete(space.name);
    await (await space.engine?.catch(() => undefined))?.close();
  }

  #opened(space: GraphSpace): Promise<GraphEngine> {
    space.engine ??= this.#options.engine(space.name).catch((error: unknown) => {
      space.engine = undefined;
      throw failure("Could not open graph", error);
    });
    return space.engine;
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
