import type { SqlStorage, SqlValue } from "../platform.ts";

/** What is under a key. */
export type Kind = "text" | "list" | "set";

/** A key that exists. */
export interface KeyValueEntry {
  readonly kind: Kind;
  /** Milliseconds since the epoch; `null`: never. */
  readonly expires: number | null;
}

const TABLES: readonly string[] = [
  "CREATE TABLE IF NOT EXISTS weblattice_kv (key TEXT PRIMARY KEY, kind TEXT NOT NULL, text TEXT, size INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0, expires INTEGER) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS weblattice_kv_list (key TEXT, position INTEGER, value TEXT, PRIMARY KEY (key, position)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS weblattice_kv_set (key TEXT, value TEXT, place INTEGER, PRIMARY KEY (key, value)) WITHOUT ROWID",
  "CREATE TABLE IF NOT EXISTS weblattice_kv_count (id INTEGER PRIMARY KEY CHECK (id = 0), keys INTEGER NOT NULL)",
  "INSERT OR IGNORE INTO weblattice_kv_count (id, keys) VALUES (0, 0)",
];

/**
 * The tables of a key-value store. Sizes are kept beside what they count: the runtime bills each row that is read. Not
 * atomic by itself.
 */
export class KeyValueTables {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const statement of TABLES) sql.exec(statement);
  }

  /** Keys, the expired ones that nobody has read since included. */
  size(): number {
    return Number(this.#first("SELECT keys FROM weblattice_kv_count")?.["keys"]);
  }

  entry(key: string): KeyValueEntry | undefined {
    const row = this.#first("SELECT kind, expires FROM weblattice_kv WHERE key = ?", key);
    if (row === undefined) return undefined;
    return { kind: row["kind"] as Kind, expires: row["expires"] as number | null };
  }

  create(key: string, kind: Kind): void {
    this.#sql.exec("INSERT INTO weblattice_kv (key, kind) VALUES (?, ?)", key, kind);
    this.#sql.exec("UPDATE weblattice_kv_count SET keys = keys + 1");
  }

  /** Forgets a key with all that is under it. One that is not there is fine. */
  drop(key: string): void {
    const entry = this.entry(key);
    if (entry === undefined) return;
    if (entry.kind === "list") this.#sql.exec("DELETE FROM weblattice_kv_list WHERE key = ?", key);
    if (entry.kind === "set") this.#sql.exec("DELETE FROM weblattice_kv_set WHERE key = ?", key);
    this.#sql.exec("DELETE FROM weblattice_kv WHERE key = ?", key);
    this.#sql.exec("UPDATE weblattice_kv_count SET keys = keys - 1");
  }

  /** @param now - milliseconds since the epoch. */
  dropExpired(now: number): void {
    const rows = this.#sql.exec("SELECT key FROM weblattice_kv WHERE expires <= ?", now).toArray();
    for (const { key } of rows) this.drop(String(key));
  }

  setExpiry(key: string, expires: number | null): void {
    this.#sql.exec("UPDATE weblattice_kv SET expires = ? WHERE key = ?", expires, key);
  }

  text(key: string): string | undefined {
    return this.#first("SELECT text FROM weblattice_kv WHERE key = ?", key)?.["text"] as string | undefined;
  }

  setText(key: string, text: string): void {
    this.#sql.exec("UPDATE weblattice_kv SET text = ? WHERE key = ?", text, key);
  }

  listLength(key: string): number {
    return this.#sizeOf(key);
  }

  listItems(key: string, from: number, count: number): string[] {
    const rows = this.#sql.exec(
      "SELECT value FROM weblattice_kv_list WHERE key = ? ORDER BY position LIMIT ? OFFSET ?",
      key,
      count,
      from,
    );
    return rows.toArray().map(({ value }) => String(value));
  }

  /** Puts an item before all others. */
  push(key: string, value: string): void {
    this.#sql.exec(
      "INSERT INTO weblattice_kv_list (key, position, value) VALUES (?, coalesce((SELECT min(position) FROM weblattice_kv_list WHERE key = ?), 0) - 1, ?)",
      key,
      key,
      value,
    );
    this.#grow(key, 1);
  }

  deleteItem(key: string, value: string): void {
    const found = this.#sql
      .exec("SELECT position FROM weblattice_kv_list WHERE key = ? AND value = ?", key, value)
      .toArray();
    if (found.length === 0) return;
    this.#sql.exec("DELETE FROM weblattice_kv_list WHERE key = ? AND value = ?", key, value);
    this.#grow(key, -found.length);
  }

  setSize(key: string): number {
    return this.#sizeOf(key);
  }

  setHas(key: string, value: string): boolean {
    const row = this.#first("SELECT 1 FROM weblattice_kv_set WHERE key = ? AND value = ?", key, value);
    return row !== undefined;
  }

  /** Members in the order in which they came. */
  setMembers(key: string): string[] {
    const rows = this.#sql.exec("SELECT value FROM weblattice_kv_set WHERE key = ? ORDER BY place", key);
    return rows.toArray().map(({ value }) => String(value));
  }

  setAdd(key: string, value: string): void {
    this.#sql.exec(
      "INSERT INTO weblattice_kv_set (key, value, place) SELECT key, ?, next FROM weblattice_kv WHERE key = ?",
      value,
      key,
    );
    this.#sql.exec("UPDATE weblattice_kv SET size = size + 1, next = next + 1 WHERE key = ?", key);
  }

  setRemove(key: string, value: string): void {
    this.#sql.exec("DELETE FROM weblattice_kv_set WHERE key = ? AND value = ?", key, value);
    this.#grow(key, -1);
  }

  #sizeOf(key: string): number {
    return Number(this.#first("SELECT size FROM weblattice_kv WHERE key = ?", key)?.["size"] ?? 0);
  }

  #grow(key: string, by: number): void {
    this.#sql.exec("UPDATE weblattice_kv SET size = size + ? WHERE key = ?", by, key);
  }

  #first(query: string, ...bindings: readonly SqlValue[]): Readonly<Record<string, SqlValue>> | undefined {
    const [row] = this.#sql.exec(query, ...bindings).toArray();
    return row;
  }
}
