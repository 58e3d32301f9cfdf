/** What a guest asks of the host: the arguments of `__host_call`. Protocol section 6.1. */
export interface HostCallRequest {
  /** Link name; empty means `default`. */
  readonly binding: string;
  /** Contract id, call alias or actor key. */
  readonly namespace: string;
  readonly operation: string;
  /** Already copied out of guest memory; may be transferred. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** The answer to a host call. A failure is data, never an exception: nothing may unwind through the guest. */
export type HostCallAnswer =
  | { readonly ok: true; readonly payload: Uint8Array }
  | { readonly ok: false; readonly message: string };

/** The ways a guest can wait for the answer to a host call. DESIGN section 6. */
export type HostCallStrategyName = "jspi" | "shared-memory" | "asyncify" | "none";

/** Numbers in, a number out: the shape of every function of the guest ABI. */
export type NumericFunction = (...args: number[]) => number;

/** One way to let a guest wait for the host although the host answers asynchronously. */
export interface HostCallStrategy {
  readonly name: HostCallStrategyName;
  /**
   * Makes the function that the guest imports as `__host_call`.
   *
   * @param begin - reads the arguments; called before the guest is suspended.
   * @param finish - stores the answer and gives the guest's result: 1 success, 0 failure.
   */
  importFor(
    begin: (args: readonly number[]) => HostCallRequest,
    finish: (answer: HostCallAnswer) => number,
  ): unknown;
  /** Told of the instance's exports before any of them is called. */
  attach?(exports: Readonly<Record<string, unknown>>): void;
  /** Wraps an exported function so that it may wait inside. */
  exportFor(fn: NumericFunction): (...args: number[]) => number | Promise<number>;
}
