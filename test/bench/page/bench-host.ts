import { encode } from "@msgpack/msgpack";
import { expose } from "comlink";
import type { Host } from "../../../src/index.ts";
import type { Figures } from "../figures.ts";
import { samplePayload } from "../figures.ts";
import type { Side, TabRound, TabSetUp } from "../tab-api.ts";
import { BareNats } from "./bare-nats.ts";
import { signTarget, verifyTarget } from "./crypto-target.ts";
import { latticeTarget } from "./lattice-target.ts";
import { loadActor } from "./load-actor.ts";
import { PingPong } from "./ping-pong.ts";
import { startHost } from "./start-host.ts";
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

  /** Milliseconds from the bytes of a module to the running actor, or to the instance in a bare worker. */
  async timeActorStart(side: Side): Promise<number> {
    const { host } = this.#started();
    const { bytes, key } = await loadActor("extras");
    const started = performance.now();
    if (side === "ours") {
      await host.startActor(bytes);
      const duration = performance.now() - started;
      await host.stopActor(key);
      return duration;
    }
    const worker = new PingPong();
    await worker.run(bytes);
    const duration = performance.now() - started;
    await worker.stop();
    return duration;
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
      case "host-call-jspi":
        return this.#hostCalls(host, "kvcounter", "Count", new Uint8Array(0), 2);
      case "host-call-shared": {
        const other = await startHost(["kvcounter"], ["shared-memory"]);
        return this.#hostCalls(other, "kvcounter", "Count", new Uint8Array(0), 2);
      }
      case "actor-to-actor":
        return this.#hostCalls(host, "pinger", "PingVia", encode({ target: PONGER_ALIAS, value: 1 }), 3);
      case "lattice-out":
        if (options.peer === undefined) throw new Error("This tab has no peer");
        return latticeTarget({ host, nats, ...options.peer }, payload);
      case "sign":
        return signTarget(echo, payload);
      case "verify":
        return verifyTarget(echo, payload);
      case "page":
        throw new Error("The page itself measures this");
    }
  }

  /** A call whose actor calls out, and as many bare round trips as that takes. */
  async #hostCalls(
    host: Host,
    name: string,
    operation: string,
    payload: Uint8Array,
    trips: number,
  ): Promise<Target> {
    const { key } = await loadActor(name);
    const same = samplePayload(100);
    return {
      ours: () => host.callActor(key, operation, payload),
      bare: () => this.#pingPong.call(same, trips),
    };
  }

  #started(): Ready {
    if (this.#ready === undefined) throw new Error("The tab is not set up");
    return this.#ready;
  }
}

expose(new BenchHost());
