import type { EngineRun } from "../outcome.ts";

/** Something that runs the suite. */
export interface Engine {
  readonly name: string;
  /**
   * Runs the suite, once for each setting that matters in this engine.
   *
   * @throws EngineMissing if there is no such engine on this machine and it cannot be installed.
   */
  run(): Promise<readonly EngineRun[]>;
}

/** There is no such engine here; the message says why. */
export class EngineMissing extends Error {}
