import type { HostCallStrategyName } from "../../../src/index.ts";
import type { TestBed } from "./test-bed.ts";

/** One behaviour that is the same with every strategy of a kind. */
export interface ConformanceCase {
  readonly title: string;
  /** Default: those that let guests wait, so all but `none`. */
  readonly strategies?: readonly HostCallStrategyName[];
  readonly run: (bed: TestBed) => Promise<void>;
}

/** Strategies that let a guest wait for its answer. */
export const WAITING: readonly HostCallStrategyName[] = ["jspi", "shared-memory", "asyncify"];

export const EVERY: readonly HostCallStrategyName[] = [...WAITING, "none"];
