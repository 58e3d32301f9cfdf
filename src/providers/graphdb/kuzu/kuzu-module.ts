/** The part of the package `kuzu-wasm/sync` that is used here; it has no types of its own. */
export interface KuzuModule {
  /** Starts the engine; once for each worker. */
  init(): Promise<void>;
  getFS(): KuzuFiles;
  readonly Database: new (
    path: string,
    bufferPoolBytes: number,
    maxThreads: number,
    compression: boolean,
    readOnly: boolean,
    autoCheckpoint: boolean,
    checkpointBytes: number,
  ) => KuzuDatabaseHandle;
  readonly Connection: new (database: KuzuDatabaseHandle, threads: number) => KuzuConnection;
}

/** The file system in the engine's memory. */
export interface KuzuFiles {
  analyzePath(path: string): { readonly exists: boolean };
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  stat(path: string): { readonly size: number; readonly mtime: Date };
}

export interface KuzuDatabaseHandle {
  close(): void;
}

export interface KuzuConnection {
  query(statement: string): KuzuResult;
  close(): void;
}

/** The result of a statement. Those that follow belong to the first one. */
export interface KuzuResult {
  isSuccess(): boolean;
  getErrorMessage(): string;
  hasNext(): boolean;
  getNext(): readonly unknown[];
  hasNextQueryResult(): boolean;
  getNextQueryResult(): KuzuResult;
  getColumnTypes(): readonly string[];
  getQuerySummary(): { readonly compilingTime: number; readonly executionTime: number };
  close(): void;
}
