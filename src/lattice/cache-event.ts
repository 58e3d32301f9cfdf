/** A change of the replicated lattice cache. Protocol sections 3.5 and 10.4. */
export type CacheEvent =
  | { readonly kind: "AtomicAdd"; readonly key: string; readonly amount: number }
  | { readonly kind: "KeyDelete"; readonly key: string }
  | { readonly kind: "ScalarSet"; readonly key: string; readonly value: string }
  | { readonly kind: "ListClear"; readonly key: string }
  | { readonly kind: "ListPush"; readonly key: string; readonly value: string }
  | { readonly kind: "ListRemoveItem"; readonly key: string; readonly value: string }
  | { readonly kind: "SetAdd"; readonly key: string; readonly value: string }
  | { readonly kind: "SetRemoveItem"; readonly key: string; readonly value: string };

/** A cache event on its way to the other instances. */
export interface CacheEventWrapper {
  /** The instance that made the change. */
  readonly originId: string;
  readonly event: CacheEvent;
}

/** Asks for the events that an instance does not have. */
export interface ReplayRequest {
  /** Events in the history of the one who asks: a count, not a position. */
  readonly highWaterMark: number;
}

/** Says how many events will follow. */
export interface ReplayRequestAck {
  readonly eventsToExpect: number;
}
