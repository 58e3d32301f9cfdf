import type { HostCallStrategyName } from "../../src/index.ts";

/** What became of one case. */
export interface CaseOutcome {
  readonly title: string;
  /** The strategy it was run with; absent for what concerns the engine as a whole. */
  readonly strategy?: HostCallStrategyName;
  readonly milliseconds: number;
  /** Why it failed; absent if it passed. */
  readonly failure?: string;
}

/** What the suite found in one engine. */
export interface EngineOutcome {
  /** What works here, best first. */
  readonly available: readonly HostCallStrategyName[];
  /** What is chosen when everything is allowed. */
  readonly chosen: HostCallStrategyName;
  readonly cases: readonly CaseOutcome[];
}

/** An engine that the suite ran in. */
export interface EngineRun {
  readonly engine: string;
  readonly version: string;
  /** Whether its page was cross-origin isolated; absent where there is no page. */
  readonly isolated?: boolean;
  readonly outcome: EngineOutcome;
}

/** An engine that could not be driven on this machine. */
export interface MissingEngine {
  readonly engine: string;
  readonly reason: string;
}

/** The strategies with all their cases passed, best first. */
export function passingStrategies({ available, cases }: EngineOutcome): readonly HostCallStrategyName[] {
  return available.filter((name) => {
    const own = cases.filter(({ strategy }) => strategy === name);
    return own.length > 0 && own.every(({ failure }) => failure === undefined);
  });
}
