/** Values of the object's database. */
export type SqlValue = ArrayBuffer | string | number | null;

/** The rows that a statement answers. */
export interface SqlCursor extends Iterable<Readonly<Record<string, SqlValue>>> {
  toArray(): Readonly<Record<string, SqlValue>>[];
}

/** The database of a durable object. */
export interface SqlStorage {
  exec(query: string, ...bindings: readonly SqlValue[]): SqlCursor;
}

/** What a durable object keeps: the part that is used. It must be one with SQLite. */
export interface ObjectStorage {
  readonly sql: SqlStorage;
  transactionSync<T>(closure: () => T): T;
  getAlarm(): Promise<number | null>;
  /** @param time - milliseconds since the epoch. */
  setAlarm(time: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/** What the runtime gives a durable object. */
export interface ObjectState {
  readonly storage: ObjectStorage;
  blockConcurrencyWhile<T>(work: () => Promise<T>): Promise<T>;
  waitUntil(work: Promise<unknown>): void;
  /** Called when the object ends with its process. Cloudflare-style runtimes throw objects out without a word. */
  onClose?(close: () => Promise<void>): void;
}

/** The identity of a durable object within its namespace. */
export interface ObjectId {
  toString(): string;
}

/** A binding of durable objects. */
export interface ObjectNamespace<Stub> {
  idFromName(name: string): ObjectId;
  get(id: ObjectId): Stub;
}

/** What the runtime gives a request beside the request. */
export interface RequestContext {
  waitUntil(work: Promise<unknown>): void;
}

/** The client's end of a WebSocket. */
export interface ClientEnd {
  /** The answer that hands it over, where no response can be made with the status 101. */
  answer?(headers: Headers): Response;
}

/** The server's end of a WebSocket. Unlike that of a page it does not tell how much waits to be sent. */
export interface ServerSocket {
  binaryType: string;
  /** From now on messages come. */
  accept(): void;
  send(text: string): void;
  close(code: number, reason: string): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close" | "error", listener: () => void): void;
}

/** The code of an isolate that is made at run time. */
export interface LoadedCode {
  readonly compatibilityDate: string;
  readonly compatibilityFlags?: readonly string[];
  readonly mainModule: string;
  readonly modules: Readonly<Record<string, string | { readonly wasm: ArrayBuffer }>>;
  readonly env?: unknown;
  /** `null`: no network. */
  readonly globalOutbound: null;
  readonly limits?: { readonly cpuMs?: number; readonly subRequests?: number };
}

/** A binding that makes isolates at run time. */
export interface WorkerLoader {
  /** @param code - asked only when there is no isolate of this name yet. */
  get(name: string, code: () => Promise<LoadedCode>): { getEntrypoint(): unknown };
}
