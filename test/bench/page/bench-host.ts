import { encode } from "@msgpack/msgpack";
import { expose } from "comlink";
import type { Host, PlacementKind } from "../../../src/index.ts";
import { IndexedDbStore } from "../../../web/indexed-db-store.ts";
import type { Figures } from "../figures.ts";
import { samplePayload } from "../figures.ts";
import { StoredCache } from "../stored-cache.ts";
import type { Side, TabRound, TabSetUp, WorkerStart } from "../tab-api.ts";
import { BareNats } from "./bare-nats.ts";
import { echoTarget, hostCallTarget, serialTarget, strategyTarget } from "./call-targets.ts";
import { signTarget, verifyTarget } from "./crypto-target.ts";
import { HeldActors } from "./held-actors.ts";
import { latticeTarget } from "./lattice-target.ts";
import { loadActor } from "./load-actor.ts";
import { PingPong } from "./ping-pong.ts";
import { providerTarget } from "./provider-targets.ts";
import { startHost } from "./start-host.ts";
import { StartTimer } from "./start-timer.ts";
import { expectBytes, type Target, Targets } from "./target.ts";

const PONGER_ALIAS = "weblattice/examples/ponger";

/** What a tab has when it is set up. */
interface Ready {
  readonly options: TabSetUp;
  readonly host: Host;
  readonly nats: BareNats;
}

/** The host worker of the benchmark: a host as the dashboard's worker has it, and the bare means beside it. */
export class BenchHost {
  readonly #targets = new Targets((round) => this.#make(round));
  readonly #pingPong = new PingPong();
  readonly #starts = new StartTimer();
  readonly #held = new HeldActors();
  readonly #cache = new StoredCache(new IndexedDbStore("bench-cache"));
  #ready: Ready | undefined;

  async setUp(options: TabSetUp): Promise<void> {
    const host = await startHost(options.actors);
    await host.joinLattice({ servers: [options.lattice] });
    const nats = await BareNats.connect(options.lattice);
    await nats.respond(options.bareSubject);
    this.#ready = { options, host, nats };
  }

  measure(round: TabRound): Promise<Figures> {
    return this.#targets.measure(round);
  }

  /** Milliseconds for one start. */
  timeStart(what: WorkerStart, side: Side): Promise<number> {
    return this.#starts.time(what, side);
  }

  /** Starts so many more actors, or what an actor is made of alone, and keeps them. */
  hold(placement: PlacementKind, side: Side, count: number): Promise<void> {
    return this.#held.add(placement, side, count);
  }

  /** Milliseconds for storing, and for restoring, what a large lattice knows. */
  storeCache(): Promise<number> {
    return this.#cache.fill();
  }

  restoreCache(): Promise<number> {
    return this.#cache.restore();
  }

  async #make({ target, bytes }: TabRound): Promise<Target> {
    const { host, nats, options } = this.#started();
    const payload = samplePayload(bytes);
    const { key: echo } = await loadActor("echo");
    switch (target) {
      case "local":
        return {
          ours: () => expectBytes(host.callActor(echo, "Echo", payload), bytes),
          bare: () => expectBytes(this.#pingPong.call(payload, 1), bytes),
        };
      case "worker-one":
        return echoTarget(1, payload);
      case "worker-serial":
        return serialTarget(payload);
      case "worker-cores":
        return echoTarget(navigator.hardwareConcurrency, payload);
      case "jspi":
      case "shared-memory":
      case "asyncify":
      case "none":
        return strategyTarget(target);
      case "actor-to-actor":
        return hostCallTarget(host, {
          actor: "pinger",
          operation: "PingVia",
          payload: encode({ target: PONGER_ALIAS, value: 1 }),
          trips: 3,
        });
      case "lattice-out":
        if (options.peer === undefined) throw new Error("This tab has no peer");
        return latticeTarget({ host, nats, ...options.peer }, payload);
      case "sign":
        return signTarget(echo, payload);
      case "verify":
        return verifyTarget(echo, payload);
      case "keyvalue-set":
      case "keyvalue-add":
      case "blobstore":
      case "graphdb":
      case "httpclient":
      case "messaging":
      case "eventstreams":
      case "logging":
        return providerTarget(target, { payload, nats: options.lattice });
      case "page":
      case "http":
        throw new Error("The page itself measures this");
    }
  }

  #started(): Ready {
    if (this.#ready === undefined) throw new Error("The tab is not set up");
    return this.#ready;
  }
}

expose(new BenchHost());
