/** What this browser offers to a host, probed once in the worker that uses it. */
export interface Environment {
  /** JavaScript promise integration: a guest can wait for a host call without blocking its worker. */
  readonly jspi: boolean;
  /** `SharedArrayBuffer` can be made: a guest can wait by blocking its worker. */
  readonly sharedMemory: boolean;
  readonly crossOriginIsolated: boolean;
  /** Ed25519 in WebCrypto; without it keys are slower and extractable. */
  readonly webCryptoEd25519: boolean;
  readonly nestedWorkers: boolean;
  /** How files of the origin-private file system are written; the blob store keeps its bytes there, if it can. */
  readonly privateFiles: "sync" | "async" | "none";
  /** Bytes this origin may store; absent where the browser does not tell. */
  readonly storageQuota?: number;
  readonly userAgent: string;
}
