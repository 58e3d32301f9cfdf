/**
 * The Web-standard interfaces that the core may use, and no others: the core is compiled without the types of DOM,
 * Node or an edge runtime, so anything missing here is a compile error. Only what is used is declared.
 */

declare const console: {
  debug(...data: unknown[]): void;
  info(...data: unknown[]): void;
  warn(...data: unknown[]): void;
  error(...data: unknown[]): void;
};

declare const performance: { now(): number };

declare function setTimeout(callback: () => void, ms?: number): number;
declare function clearTimeout(id: number | undefined): void;
declare function setInterval(callback: () => void, ms?: number): number;
declare function clearInterval(id: number | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare function atob(data: string): string;
declare function btoa(data: string): string;

declare class TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>;
  encodeInto(source: string, destination: Uint8Array): { read: number; written: number };
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: ArrayBufferView | ArrayBuffer): string;
}

interface URLSearchParams {
  get(name: string): string | null;
  getAll(name: string): string[];
  append(name: string, value: string): void;
  set(name: string, value: string): void;
}
declare class URL {
  constructor(url: string, base?: string);
  static canParse(url: string, base?: string): boolean;
  readonly href: string;
  readonly protocol: string;
  readonly origin: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly searchParams: URLSearchParams;
  username: string;
  password: string;
}

interface Event {
  readonly type: string;
  /** Not on Node's threads, whose messages are no events. */
  stopImmediatePropagation?(): void;
}
interface MessageEvent<T = unknown> extends Event {
  readonly data: T;
}
type Transferable = ArrayBuffer | MessagePort;
interface MessagePort {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  start(): void;
  close(): void;
}

declare class AbortSignal {
  static timeout(ms: number): AbortSignal;
  static any(signals: AbortSignal[]): AbortSignal;
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

interface ReadableStreamDefaultReader<T> {
  read(): Promise<{ done: false; value: T } | { done: true; value: undefined }>;
  cancel(reason?: unknown): Promise<void>;
}
interface ReadableStream<T> {
  getReader(): ReadableStreamDefaultReader<T>;
  cancel(reason?: unknown): Promise<void>;
}
interface WritableStreamDefaultWriter<T> {
  write(chunk: T): Promise<void>;
  close(): Promise<void>;
  abort(reason?: unknown): Promise<void>;
}
interface WritableStream<T> {
  getWriter(): WritableStreamDefaultWriter<T>;
}
declare class CompressionStream {
  constructor(format: "gzip");
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<BufferSource>;
}
declare class DecompressionStream {
  constructor(format: "gzip");
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<BufferSource>;
}
interface ReadableStreamDefaultController<T> {
  enqueue(chunk: T): void;
  close(): void;
  error(reason: unknown): void;
}
declare const ReadableStream: new <T>(source: {
  pull(controller: ReadableStreamDefaultController<T>): Promise<void>;
  cancel(reason?: unknown): Promise<void>;
}) => ReadableStream<T>;
declare class Headers {
  constructor(init?: Headers | Record<string, string>);
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
  delete(name: string): void;
  forEach(callback: (value: string, name: string) => void): void;
}
type BodyInit = ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string;
interface ResponseInit {
  status?: number;
  statusText?: string;
  headers?: Headers | Record<string, string>;
}
declare class Response {
  constructor(body?: BodyInit | null, init?: ResponseInit);
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  /** `opaqueredirect` where the platform does not tell where a redirect leads. */
  readonly type: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
}
interface RequestInit {
  method?: string;
  headers?: Headers | Record<string, string>;
  body?: Uint8Array<ArrayBuffer> | string;
  signal?: AbortSignal;
  redirect?: "follow" | "error" | "manual";
  credentials?: "omit" | "same-origin" | "include";
  cache?: "default" | "no-store";
}
// Edge runtimes leave out fields of requests that they do not have, and refuse them where they are given.
declare class Request {
  constructor(url: string, init?: RequestInit);
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly signal: AbortSignal;
}
declare function fetch(input: string | Request, init?: RequestInit): Promise<Response>;

// Absent in Node before 22.
declare const WebSocket:
  | (new (
      url: string,
      protocols?: string[],
    ) => {
      binaryType: string;
      readonly bufferedAmount: number;
      addEventListener(
        type: "open" | "message" | "close" | "error",
        listener: (event: {
          readonly data?: unknown;
          readonly code?: number;
          readonly reason?: string;
        }) => void,
      ): void;
      send(data: string | Uint8Array<ArrayBuffer>): void;
      close(code?: number, reason?: string): void;
    })
  | undefined;

type KeyUsage = "sign" | "verify";
interface CryptoKey {
  readonly type: "public" | "private" | "secret";
  readonly extractable: boolean;
}
interface CryptoKeyPair {
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}
interface JsonWebKey {
  kty?: string;
  crv?: string;
  x?: string;
  d?: string;
}
type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
interface SubtleCrypto {
  digest(algorithm: "SHA-256", data: BufferSource): Promise<ArrayBuffer>;
  generateKey(algorithm: "Ed25519", extractable: boolean, usages: KeyUsage[]): Promise<CryptoKeyPair>;
  // The general form; jose takes its type of a key from here.
  generateKey(
    algorithm: string,
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKeyPair | CryptoKey>;
  importKey(
    format: "raw" | "pkcs8",
    data: BufferSource,
    algorithm: "Ed25519",
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>;
  importKey(
    format: "jwk",
    data: JsonWebKey,
    algorithm: "Ed25519",
    extractable: boolean,
    usages: KeyUsage[],
  ): Promise<CryptoKey>;
  exportKey(format: "raw" | "pkcs8", key: CryptoKey): Promise<ArrayBuffer>;
  exportKey(format: "jwk", key: CryptoKey): Promise<JsonWebKey>;
  sign(algorithm: "Ed25519", key: CryptoKey, data: BufferSource): Promise<ArrayBuffer>;
  verify(algorithm: "Ed25519", key: CryptoKey, signature: BufferSource, data: BufferSource): Promise<boolean>;
}
declare const crypto: {
  readonly subtle: SubtleCrypto;
  getRandomValues<T extends ArrayBufferView<ArrayBuffer>>(array: T): T;
  randomUUID(): string;
};

declare namespace WebAssembly {
  class Module {
    static exports(module: Module): { name: string; kind: string }[];
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static customSections(module: Module, name: string): ArrayBuffer[];
    constructor(bytes: BufferSource);
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class Global {
    value: number | bigint;
  }
  class RuntimeError extends Error {}
  class CompileError extends Error {}
  class LinkError extends Error {}
  type Imports = Record<string, Record<string, unknown>>;
  function compile(bytes: BufferSource): Promise<Module>;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
  function validate(bytes: BufferSource): boolean;
  // JavaScript promise integration; absent where the engine does not have it.
  // biome-ignore lint/suspicious/noExplicitAny: these take any function, as the standard says
  const Suspending: (new (fn: (...args: any[]) => unknown) => object) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: these take any function, as the standard says
  const promising: ((fn: (...args: any[]) => any) => (...args: any[]) => Promise<any>) | undefined;
}
