import type { HostCallStrategyName, WorkerActorRuntime } from "../../../src/index.ts";

/** A signed guest of the suite, and the key in it. */
export interface SuiteGuest {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** What a runner gives to the suite: the engine's own runtime, and the guests. */
export interface ConformanceEnvironment {
  /**
   * A new runtime with everything this engine offers, the strategy `asyncify` included.
   *
   * @param allow - strategies that may be chosen; default all.
   */
  readonly makeRuntime: (allow?: readonly HostCallStrategyName[]) => WorkerActorRuntime;
  readonly loadGuest: (name: string) => Promise<SuiteGuest>;
  /** Told what begins. */
  readonly onCase: (title: string) => void;
}
