import type { ObjectState } from "../platform.ts";

/** Stands where `cloudflare:workers` has it: what objects of a standalone worker are made from. */
export abstract class DurableObject<Environment = unknown> {
  protected readonly ctx: ObjectState;
  protected readonly env: Environment;

  constructor(ctx: ObjectState, env: Environment) {
    this.ctx = ctx;
    this.env = env;
  }
}
