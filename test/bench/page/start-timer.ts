import { verifyActorModule } from "../../../src/claims/index.ts";
import { type Host, HostError, type PlacementKind } from "../../../src/index.ts";
import { webRuntime } from "../../../web/web-runtime.ts";
import { samplePayload } from "../figures.ts";
import type { Side, WorkerStart } from "../tab-api.ts";
import { loadActor } from "./load-actor.ts";
import { PingPong } from "./ping-pong.ts";
import { startHost } from "./start-host.ts";

const MODULE = "echo";
const MAX_MEMORY_BYTES = 2 ** 26;
const placementOptions = {
  name: MODULE,
  onHostCall: async () => ({ ok: false, message: "not here" }) as const,
  onLog: () => undefined,
  maxPayloadBytes: 2 ** 20,
  startMs: 10_000,
  deadlineMs: 10_000,
};
const ended = new HostError("actor.stopped", "It was measured");

/** Times starts of actors and instances in this worker. */
export class StartTimer {
  readonly #hosts = new Map<string, Promise<Host>>();
  readonly #runtime = webRuntime();

  async time(what: WorkerStart, side: Side): Promise<number> {
    const [kind, placement] = what.split("-") as [string, PlacementKind];
    if (side === "bare") return timeBare(kind === "first" ? "first" : placement);
    switch (kind) {
      case "actor":
        return this.#timeActor(placement);
      case "first":
        return timeFirst(placement);
      case "second":
        return this.#timeSecond(placement);
      default:
        return this.#timeUnpark(placement);
    }
  }

  async #timeActor(placement: PlacementKind): Promise<number> {
    const host = await this.#host(`actor ${placement}`, () => startHost([]));
    const { bytes, key } = await loadActor(MODULE);
    const ms = await timed(() => host.startActor(bytes, { placement }));
    await host.stopActor(key);
    return ms;
  }

  async #timeSecond(placement: PlacementKind): Promise<number> {
    const verified = await verifyActorModule((await loadActor(MODULE)).bytes);
    const module = await this.#runtime.prepare(verified, { placement, maxMemoryBytes: MAX_MEMORY_BYTES });
    const first = await this.#runtime.place(module, placementOptions);
    const ms = await timed(async () => {
      const second = await this.#runtime.place(module, placementOptions);
      setTimeout(() => second.end(ended));
    });
    first.end(ended);
    return ms;
  }

  /** One instance may live, so a call of either actor parks the other. */
  async #timeUnpark(placement: PlacementKind): Promise<number> {
    const actors = [MODULE, "bare"];
    const host = await this.#host(`unpark ${placement}`, () =>
      startHost(actors, { maxInstances: 1, start: { placement } }),
    );
    const { key } = await loadActor(MODULE);
    await host.callActor((await loadActor("bare")).key, "Echo", samplePayload(1));
    return timed(() => host.callActor(key, "Echo", samplePayload(1)));
  }

  #host(name: string, start: () => Promise<Host>): Promise<Host> {
    const host = this.#hosts.get(name) ?? start();
    this.#hosts.set(name, host);
    return host;
  }
}

/** From signed bytes; only how guests can wait for host calls here is known. */
async function timeFirst(placement: PlacementKind): Promise<number> {
  const { bytes } = await loadActor(MODULE);
  const runtime = webRuntime();
  await runtime.hostCalls();
  const ms = await timed(async () => {
    const verified = await verifyActorModule(bytes);
    const module = await runtime.prepare(verified, { placement, maxMemoryBytes: MAX_MEMORY_BYTES });
    const first = await runtime.place(module, placementOptions);
    setTimeout(() => first.end(ended));
  });
  await runtime.close();
  return ms;
}

/** A worker of its own, or one that runs already; for the first instance the module has to be compiled, too. */
async function timeBare(kind: "first" | PlacementKind): Promise<number> {
  const { bytes } = await loadActor(MODULE);
  const compiled = kind === "first" ? bytes : await WebAssembly.compile(bytes);
  let worker: PingPong | undefined;
  if (kind === "pooled") {
    worker = new PingPong();
    await worker.call(samplePayload(1), 1);
  }
  const ms = await timed(async () => {
    worker ??= new PingPong();
    await worker.run(compiled);
  });
  await worker?.stop();
  return ms;
}

async function timed(start: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await start();
  return performance.now() - started;
}
