import type { GraphRows, GraphValue } from "../graph-engine.ts";
import type { GraphChange, GraphImage, GraphWorkerLimits } from "../graph-messages.ts";
import type { KuzuConnection, KuzuDatabaseHandle, KuzuModule, KuzuResult } from "./kuzu-module.ts";
import { type PropertyTypes, sizeOf, toGraphValue } from "./kuzu-values.ts";

/** Something is wrong with the query, not with the engine. */
export class QueryRefused extends Error {}

const MAIN = "/graph";
const LOG = "/graph.wal";
/** Bytes of the log after which the engine writes it into the database. */
const CHECKPOINT_BYTES = 4 * 1024 * 1024;
const SCHEMA_HINT = "; the engine of this host has a schema: CREATE NODE TABLE or CREATE REL TABLE first";

/** One graph in an engine of its own, in memory. What it changes in its files is told after each query. */
export class KuzuGraph {
  readonly #kuzu: KuzuModule;
  readonly #limits: GraphWorkerLimits;
  readonly #database: KuzuDatabaseHandle;
  #mainWritten: number;
  #logBytes: number;

  /** @param kuzu - started, and used by nobody else. */
  constructor(kuzu: KuzuModule, image: GraphImage | undefined, limits: GraphWorkerLimits) {
    this.#kuzu = kuzu;
    this.#limits = limits;
    const files = kuzu.getFS();
    if (image !== undefined) {
      files.writeFile(MAIN, image.main);
      if (image.log.length > 0) files.writeFile(LOG, image.log);
    }
    // The rest of the memory is for the queries.
    const bufferPool = Math.floor(limits.maxMemoryBytes / 4);
    this.#database = new kuzu.Database(MAIN, bufferPool, 1, true, false, true, CHECKPOINT_BYTES);
    // A graph that nobody has kept yet is told whole.
    this.#mainWritten = image === undefined ? Number.NaN : this.#mainTime();
    this.#logBytes = image?.log.length ?? 0;
  }

  /**
   * Runs one or more statements, and gives the result of the last one. Each has a transaction of its own; one that is
   * left open is rolled back.
   *
   * @throws QueryRefused; anything else that is thrown means that the engine is broken.
   */
  query(text: string): GraphRows {
    return this.#connected((connection) => {
      const first = connection.query(text);
      try {
        let last = demandSuccess(first);
        while (last.hasNextQueryResult()) last = demandSuccess(last.getNextQueryResult());
        return this.#rowsOf(last, connection);
      } finally {
        first.close();
      }
    });
  }

  /** What happened to the files since this was asked last. */
  takeChange(): GraphChange {
    const files = this.#kuzu.getFS();
    const before = { main: this.#mainWritten, log: this.#logBytes };
    this.#mainWritten = this.#mainTime();
    this.#logBytes = files.analyzePath(LOG).exists ? files.stat(LOG).size : 0;
    const isReplaced = before.main !== this.#mainWritten || this.#logBytes < before.log;
    if (!isReplaced && this.#logBytes === before.log) return { kind: "none" };
    const log = this.#logBytes === 0 ? new Uint8Array(0) : new Uint8Array(files.readFile(LOG));
    if (!isReplaced) return { kind: "appended", bytes: log.slice(before.log) };
    return { kind: "replaced", image: { main: new Uint8Array(files.readFile(MAIN)), log } };
  }

  #mainTime(): number {
    return this.#kuzu.getFS().stat(MAIN).mtime.getTime();
  }

  #connected<T>(work: (connection: KuzuConnection) => T): T {
    const connection = new this.#kuzu.Connection(this.#database, 1);
    try {
      return work(connection);
    } finally {
      connection.close();
    }
  }

  #rowsOf(result: KuzuResult, connection: KuzuConnection): GraphRows {
    const { maxRows, maxResultBytes } = this.#limits;
    const types = result.getColumnTypes();
    const typesOf = propertyTypes(connection);
    const rows: GraphValue[][] = [];
    let bytes = 0;
    while (result.hasNext()) {
      if (rows.length === maxRows) throw new QueryRefused(`more than ${maxRows} rows`);
      const items = result.getNext();
      const row = types.map((type, column) => toGraphValue(type, items[column], typesOf));
      for (const value of row) bytes += sizeOf(value);
      if (bytes > maxResultBytes) throw new QueryRefused(`a result of more than ${maxResultBytes} bytes`);
      rows.push(row);
    }
    const { compilingTime, executionTime } = result.getQuerySummary();
    const milliseconds = (compilingTime + executionTime).toFixed(6);
    return {
      columns: types.length,
      rows,
      statistics: [`Query internal execution time: ${milliseconds} milliseconds`],
    };
  }
}

/** Asks the engine for the types of a table's properties, once for each table. */
function propertyTypes(connection: KuzuConnection): PropertyTypes {
  const known = new Map<string, ReadonlyMap<string, string>>();
  return (table) => {
    const types = known.get(table) ?? typesOfTable(connection, table);
    known.set(table, types);
    return types;
  };
}

function typesOfTable(connection: KuzuConnection, table: string): ReadonlyMap<string, string> {
  const name = table.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  const result = connection.query(`CALL TABLE_INFO('${name}') RETURN name, type`);
  try {
    const types = new Map<string, string>();
    while (result.isSuccess() && result.hasNext()) {
      const [property, type] = result.getNext();
      types.set(String(property), String(type));
    }
    return types;
  } finally {
    result.close();
  }
}

function demandSuccess(result: KuzuResult): KuzuResult {
  if (result.isSuccess()) return result;
  const reason = result.getErrorMessage();
  const lacksTable = /^Binder exception: Table .+ does not exist\.?$/.test(reason);
  throw new QueryRefused(lacksTable ? `${reason.replace(/\.$/, "")}${SCHEMA_HINT}` : reason);
}
