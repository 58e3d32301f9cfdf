import type { ActorClaims, VerifiedModule } from "../claims/index.ts";
import type { HostError } from "../errors/index.ts";
import type { ActorCall } from "./actor-call.ts";
import type { ActorOptions } from "./actor-options.ts";
import type { ActorModule } from "./actor-runtime.ts";
import { ActorSlot, type SlotOwner } from "./actor-slot.ts";

/** Milliseconds a start may take, if calls may not take longer. */
const START_MS = 10_000;

/** One module of an actor and the places of its instances. A live update puts another in its stead. */
export class ActorGeneration {
  readonly claims: ActorClaims;
  readonly module: ActorModule;
  readonly #options: ActorOptions;
  readonly #slots: readonly ActorSlot[];

  private constructor(
    { claims }: VerifiedModule,
    module: ActorModule,
    options: ActorOptions,
    owner: SlotOwner,
  ) {
    this.claims = claims;
    this.module = module;
    this.#options = options;
    this.#slots = Array.from({ length: options.instances }, () => this.#slot(owner));
  }

  /**
   * Prepares a verified module. Nothing runs until {@link open}.
   *
   * @param owner - gives it its calls.
   * @throws HostError `module.…`.
   */
  static async prepare(
    verified: VerifiedModule,
    options: ActorOptions,
    owner: SlotOwner,
  ): Promise<ActorGeneration> {
    const { runtime, placement, maxMemoryBytes } = options;
    const module = await runtime.prepare(verified, { placement, maxMemoryBytes });
    return new ActorGeneration(verified, module, options, owner);
  }

  /** Places of instances. */
  get size(): number {
    return this.#slots.length;
  }

  /** Instances that live now. */
  get live(): number {
    return this.#slots.filter((slot) => slot.placed).length;
  }

  /** Instances thrown away and made anew. */
  get replaced(): number {
    return this.#slots.reduce((sum, slot) => sum + slot.replaced, 0);
  }

  /**
   * Starts one instance, to see that it can be done; further ones are made when calls overlap.
   *
   * @throws HostError what the runtime throws when the guest does not start, `actor.no_instance`, or the reason of
   *   {@link close}. Nothing is left running then.
   */
  async open(): Promise<void> {
    const { now, deadlineMs } = this.#options;
    const deadline = now() + Math.max(deadlineMs, START_MS);
    await this.#slots[0]?.open({ chain: [this.claims.subject], deadline });
  }

  /**
   * Where a call is served soonest: in a slot where nothing runs, rather one that has an instance; else behind as few
   * others as may be, if it may be sent ahead.
   */
  roomFor(call: ActorCall): ActorSlot | undefined {
    let best: ActorSlot | undefined;
    for (const slot of this.#slots) {
      if (!slot.hasRoom(call)) continue;
      if (slot.size === 0 && slot.placed) return slot;
      if (best === undefined || slot.size < best.size) best = slot;
    }
    return best;
  }

  /** Takes back a call sent ahead, if there is a slot where nothing runs. @returns whether a call may have been. */
  spread(): boolean {
    const longest = this.#slots.reduce<ActorSlot | undefined>(
      (most, slot) => (slot.size > (most?.size ?? 1) ? slot : most),
      undefined,
    );
    if (longest === undefined || !this.#slots.some((slot) => slot.size === 0)) return false;
    longest.withdrawOne();
    return true;
  }

  /** Takes back all calls sent ahead that were not begun. */
  withdrawAll(): void {
    for (const slot of this.#slots) slot.withdrawAll();
  }

  /** Ends all instances, also in the middle of a call. Twice is fine. */
  close(reason: HostError): void {
    for (const slot of this.#slots) slot.close(reason);
  }

  #slot(owner: SlotOwner): ActorSlot {
    const { runtime, budget, onHostCall, onLog, maxPayloadBytes, deadlineMs, stay, now } = this.#options;
    const { subject, name = "actor" } = this.claims;
    return new ActorSlot({
      actor: subject,
      module: this.module,
      runtime,
      budget,
      placement: { name: `${name} ${subject}`, onLog, maxPayloadBytes, deadlineMs },
      onHostCall,
      owner,
      stay,
      now,
    });
  }
}
