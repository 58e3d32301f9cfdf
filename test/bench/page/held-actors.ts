import { signActorModule } from "../../../src/claims/index.ts";
import type { Host, PlacementKind } from "../../../src/index.ts";
import { KeyPair } from "../../../src/keys/index.ts";
import { samplePayload } from "../figures.ts";
import type { Side } from "../tab-api.ts";
import { loadActor } from "./load-actor.ts";
import { PingPong } from "./ping-pong.ts";
import { startHost } from "./start-host.ts";

/** Workers of a pool. */
const POOL = 2;

/** Actors that are kept so that their memory can be measured. All are the same module, compiled once. */
export class HeldActors {
  #host: Promise<Host> | undefined;
  readonly #workers: PingPong[] = [];

  async add(placement: PlacementKind, side: Side, count: number): Promise<void> {
    const { bytes } = await loadActor("echo");
    await (side === "ours"
      ? this.#addActors(bytes, placement, count)
      : this.#addBare(bytes, placement, count));
    // There in browsers that were started for this.
    const { gc } = globalThis as { gc?: () => void };
    gc?.();
  }

  async #addActors(bytes: Uint8Array, placement: PlacementKind, count: number): Promise<void> {
    this.#host ??= startHost([]);
    const host = await this.#host;
    const issuer = await KeyPair.generate("account");
    for (let actor = 0; actor < count; actor++) {
      const { publicKey: subject } = await KeyPair.generate("module");
      const signed = await signActorModule(bytes, { subject, capabilities: [] }, issuer);
      await host.startActor(signed, { placement, stay: true });
      await host.callActor(subject, "Echo", samplePayload(100));
    }
  }

  async #addBare(bytes: Uint8Array<ArrayBuffer>, placement: PlacementKind, count: number): Promise<void> {
    const compiled = await WebAssembly.compile(bytes);
    for (let actor = 0; actor < count; actor++) {
      const isShared = placement === "pooled" && this.#workers.length >= POOL;
      const worker = (isShared ? this.#workers[actor % POOL] : undefined) ?? new PingPong();
      if (!isShared) this.#workers.push(worker);
      await worker.run(compiled);
      await worker.call(samplePayload(100), 1);
    }
  }
}
