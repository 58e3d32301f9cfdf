import { wrap } from "comlink";
import type { PlacementKind } from "../../../src/index.ts";
import { createHostClient, type HostClient } from "../../../web/index.ts";
import type { Figures } from "../figures.ts";
import { samplePayload } from "../figures.ts";
import type { Side, Startable, TabAnswer, TabApi, TabCommand, TabRound, TabSetUp } from "../tab-api.ts";
import type { BenchHost } from "./bench-host.ts";
import { httpTarget } from "./http-target.ts";
import { loadActor } from "./load-actor.ts";
import { PingPong } from "./ping-pong.ts";
import { expectBytes, type Target, Targets } from "./target.ts";

/** The page of the benchmark: does what it is told, mostly by its host worker, and tells what came of it. */
class BenchPage implements TabApi {
  readonly #host = wrap<BenchHost>(
    new Worker(new URL("./bench-host.ts", import.meta.url), { type: "module", name: "bench-host" }),
  );
  readonly #targets = new Targets((round) => this.#make(round));

  async setUp(options: TabSetUp): Promise<string> {
    await this.#host.setUp(options);
    return navigator.userAgent;
  }

  async measure(round: TabRound): Promise<Figures> {
    return round.target === "page" || round.target === "http"
      ? this.#targets.measure(round)
      : this.#host.measure(round);
  }

  async timeStart(what: Startable, side: Side): Promise<number> {
    if (what !== "host") return this.#host.timeStart(what, side);
    const started = performance.now();
    const startedOne: HostClient | PingPong = side === "ours" ? await createHostClient() : new PingPong();
    if (startedOne instanceof PingPong) await startedOne.call(samplePayload(1), 1);
    const duration = performance.now() - started;
    await startedOne.stop();
    return duration;
  }

  async hold(placement: PlacementKind, side: Side, count: number): Promise<void> {
    await this.#host.hold(placement, side, count);
  }

  async storeCache(): Promise<number> {
    return this.#host.storeCache();
  }

  async restoreCache(): Promise<number> {
    return this.#host.restoreCache();
  }

  async #make({ target, bytes }: TabRound): Promise<Target> {
    if (target === "http") return httpTarget();
    const payload = samplePayload(bytes);
    const client = await createHostClient();
    const { key } = await client.startActor((await loadActor("echo")).bytes);
    const pingPong = new PingPong();
    return {
      ours: () =>
        expectBytes(
          client.call(key, "Echo", payload).then(({ reply }) => reply),
          bytes,
        ),
      bare: () => expectBytes(pingPong.call(payload, 2), bytes),
    };
  }
}

/** Asks for commands until the server is gone: then nobody wants to know any more. */
async function obey(page: BenchPage): Promise<never> {
  for (;;) {
    const response = await fetch(`/bench/command${location.search}`);
    const command = (await response.json()) as TabCommand;
    const answer = await execute(page, command).catch(
      (error: unknown): TabAnswer => ({ id: command.id, error: String(error) }),
    );
    await fetch(`/bench/answer${location.search}`, { method: "POST", body: JSON.stringify(answer) });
  }
}

async function execute(page: BenchPage, { id, name, args }: TabCommand): Promise<TabAnswer> {
  return { id, value: await Reflect.apply(page[name], page, args) };
}

await obey(new BenchPage());
