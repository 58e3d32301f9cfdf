import type { ActorStartOptions } from "../../../src/index.ts";
import type { ManyActors } from "../many-actors.ts";
import type { Tab } from "./tab.ts";

/** Starts so many actors, from the one with a number on, some at one time; answers their keys. */
export async function startMany(
  tab: Tab,
  served: ManyActors,
  count: number,
  placement: ActorStartOptions["placement"],
  first = 0,
): Promise<readonly string[]> {
  const urls = Array.from({ length: count }, (_, number) => served.url(first + number));
  const options = placement === undefined ? {} : { placement };
  return (await tab.host()).evaluate(
    async (host, { urls, options }) => {
      const keys: string[] = [];
      const left = [...urls];
      const startOnes = async (): Promise<void> => {
        for (let url = left.shift(); url !== undefined; url = left.shift()) {
          keys.push((await host.startActorFrom(url, options)).key);
        }
      };
      await Promise.all(Array.from({ length: 6 }, startOnes));
      return keys;
    },
    { urls, options },
  );
}

/** Pings every actor, which is a ponger; answers how often each outcome was seen: `answered`, or what went wrong. */
export async function pingAll(
  tab: Tab,
  keys: readonly string[],
  atOnce: number,
): Promise<Record<string, number>> {
  return (await tab.host()).evaluate(
    async (host, { keys, atOnce }) => {
      const outcomes: Record<string, number> = {};
      const left = [...keys];
      // {value: 1} and {value: 43} as MessagePack
      const ping = [0x81, 0xa5, 0x76, 0x61, 0x6c, 0x75, 0x65, 1];
      const pong = [...ping.slice(0, -1), 43].join();
      const pingOnes = async (): Promise<void> => {
        for (let key = left.shift(); key !== undefined; key = left.shift()) {
          const outcome = await host.call(key, "Ping", new Uint8Array(ping)).then(
            ({ reply }) => (reply.join() === pong ? "answered" : `wrong: ${reply.join()}`),
            ({ code, message }) => `${code}: ${message}`,
          );
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        }
      };
      await Promise.all(Array.from({ length: atOnce }, pingOnes));
      return outcomes;
    },
    { keys, atOnce },
  );
}
