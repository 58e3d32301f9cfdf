import type { ObjectStorage, SqlCursor, SqlStorage, SqlValue } from "../platform.ts";

/** A statement of a {@link SqlDatabase}. */
export interface SqlStatement {
  all(...bindings: (Uint8Array | string | number | null)[]): unknown[];
}

/** A database of SQLite: `DatabaseSync` of `node:sqlite`, in Deno, Bun and Node from 22.13, or `Database` of `bun:sqlite`. */
export interface SqlDatabase {
  prepare(query: string): SqlStatement;
  close(): void;
}

type Row = Readonly<Record<string, SqlValue>>;

/** What an object in this process keeps, in a database of its own; alarms are timers, and end with the process. */
export class StandaloneStorage implements ObjectStorage {
  readonly sql: SqlStorage;
  readonly #database: SqlDatabase;
  readonly #onAlarm: () => void;
  #alarm: { readonly time: number; readonly timer: ReturnType<typeof setTimeout> } | undefined;

  constructor(database: SqlDatabase, onAlarm: () => void) {
    this.#database = database;
    this.#onAlarm = onAlarm;
    this.sql = sqlStorage(database);
  }

  transactionSync<T>(closure: () => T): T {
    this.sql.exec("SAVEPOINT weblattice");
    try {
      const result = closure();
      this.sql.exec("RELEASE weblattice");
      return result;
    } catch (error) {
      this.sql.exec("ROLLBACK TO weblattice");
      this.sql.exec("RELEASE weblattice");
      throw error;
    }
  }

  async getAlarm(): Promise<number | null> {
    return this.#alarm?.time ?? null;
  }

  async setAlarm(time: number): Promise<void> {
    clearTimeout(this.#alarm?.timer);
    const ring = (): void => {
      this.#alarm = undefined;
      this.#onAlarm();
    };
    this.#alarm = { time, timer: setTimeout(ring, Math.max(0, time - Date.now())) };
  }

  async deleteAlarm(): Promise<void> {
    clearTimeout(this.#alarm?.timer);
    this.#alarm = undefined;
  }

  close(): void {
    clearTimeout(this.#alarm?.timer);
    this.#database.close();
  }
}

/** A few statements are run again and again: each is prepared once. */
function sqlStorage(database: SqlDatabase): SqlStorage {
  const prepared = new Map<string, SqlStatement>();
  return {
    exec: (query, ...bindings) => {
      const statement = prepared.get(query) ?? database.prepare(query);
      prepared.set(query, statement);
      const values = bindings.map((value) => (value instanceof ArrayBuffer ? new Uint8Array(value) : value));
      return cursor(statement.all(...values).map((row) => rowOf(row as Readonly<Record<string, unknown>>)));
    },
  };
}

function cursor(rows: Row[]): SqlCursor {
  return { toArray: () => rows, [Symbol.iterator]: () => rows[Symbol.iterator]() };
}

/** Durable objects give bytes as buffers, these databases as arrays. */
function rowOf(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? (value.slice().buffer as ArrayBuffer) : (value as SqlValue),
    ]),
  );
}
