import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes a provider of `wasmcloud:extras`. */
export type OpenExtras = () => CapabilityProvider;

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const full = (fields: object): object => ({
  guid: false,
  sequence: false,
  random: false,
  min: 0,
  max: 0,
  ...fields,
});
const reply = (fields: object): object => ({ guid: null, sequenceNumber: 0, random_number: 0, ...fields });

const demand = (title: string, run: (actors: LinkedActors) => Promise<void>): Demand<OpenExtras> => ({
  title,
  run: async (open) => {
    const actors = new LinkedActors(open());
    await run(actors);
    await actors.provider.stop();
  },
});

/** What every provider of `wasmcloud:extras` must do. */
export const extrasDemands: readonly Demand<OpenExtras>[] = [
  demand("unique ids are made anew each time, whatever the flags", async (actors) => {
    const ids = new Set<string>();
    for (const flags of [{ guid: true }, { random: true }, {}]) {
      const { guid, ...numbers } = (await actors.ask("RequestGuid", full(flags))) as { guid: string };
      same([UUID_V4.test(guid), numbers], [true, { sequenceNumber: 0, random_number: 0 }]);
      ids.add(guid);
    }
    same(ids.size, 3);
  }),
  demand("sequences count from 0 for each actor", async (actors) => {
    for (const [actor, sequenceNumber] of [
      ["MA", 0],
      ["MA", 1],
      ["MB", 0],
      ["MA", 2],
    ] as const) {
      same(await actors.ask("RequestSequence", full({}), actor), reply({ sequenceNumber }));
    }
  }),
  demand("random numbers are of the range, its end excluded, in the form of the request", async (actors) => {
    const numbers = new Set<unknown>();
    for (let round = 0; round < 200; round++) {
      numbers.add(await actors.ask("RequestRandom", { min: 3, max: 6 }));
    }
    same([...numbers].sort(), [3, 4, 5]);
    const request = full({ random: true, min: 7, max: 8 });
    same(await actors.ask("RequestRandom", request), reply({ random_number: 7 }));
    same(await actors.ask("RequestRandom", full({ min: 9, max: 1 })), reply({}));
    await refused(actors.ask("RequestRandom", { min: 5, max: 5 }), "provider.bad_request");
  }),
  demand("links come and go, and unknown operations and payloads are refused", async (actors) => {
    for (let round = 0; round < 2; round++) await actors.link();
    for (let round = 0; round < 2; round++) await actors.unlink();
    await refused(actors.ask("RequestNothing", {}), "provider.unknown_operation", "bad dispatch");
    await refused(actors.ask("RequestGuid", "guid"), "provider.bad_request", /^Failed to de-serialize: /);
  }),
];
