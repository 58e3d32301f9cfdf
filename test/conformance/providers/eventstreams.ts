import type { CapabilityProvider } from "../../../src/providers/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes a provider of `wasmcloud:eventstreams` whose streams are empty, or another one on the same streams. */
export type OpenEventStreams = (options: {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly again?: boolean;
}) => Promise<CapabilityProvider>;

interface Listed {
  readonly events: readonly { readonly eventId: string; readonly values: Record<string, string> }[];
}

const LIMITS = { maxEvents: 20, maxBytes: 4_096 };

const demand = (
  title: string,
  run: (actors: LinkedActors, again: () => Promise<LinkedActors>) => Promise<void>,
): Demand<OpenEventStreams> => ({
  title,
  run: async (open) => {
    const actors = new LinkedActors(await open(LIMITS));
    const others: LinkedActors[] = [];
    try {
      await run(actors, async () => {
        const other = new LinkedActors(await open({ ...LIMITS, again: true }));
        others.push(other);
        return other;
      });
    } finally {
      await Promise.all([actors, ...others].map(({ provider }) => provider.stop()));
    }
  },
});

const write = async (actors: LinkedActors, streamId: string, n: number | string): Promise<string> => {
  const ack = await actors.ask("WriteEvent", { streamId, values: { n: String(n) } });
  const { eventId, error } = ack as { eventId: string | null; error: string | null };
  if (eventId === null || error !== null) throw new Error(`not written: ${error}`);
  return eventId;
};
const query = async (actors: LinkedActors, streamId: string, range: object | null = null, count = 0) =>
  (await actors.ask("QueryStream", { streamId, range, count })) as Listed;
const numbers = ({ events }: Listed): string[] => events.map(({ values }) => values["n"] ?? "");

/** What every provider of `wasmcloud:eventstreams` must do. */
export const eventStreamsDemands: readonly Demand<OpenEventStreams>[] = [
  demand(
    "events are listed in the order of their writing, with the ids they were given",
    async (actors, again) => {
      await actors.link();
      const ids = [await write(actors, "s", 1), await write(actors, "s", 2), await write(actors, "s", 3)];
      same(new Set(ids).size, 3);
      const expected = ids.map((eventId, index) => ({
        eventId,
        streamId: "s",
        values: { n: String(index + 1) },
      }));
      same(await query(actors, "s"), { events: expected });
      const other = await again();
      await other.link();
      same(await query(other, "s"), { events: expected });
    },
  ),
  demand("streams have nothing in common, whatever their names", async (actors) => {
    await actors.link();
    const names = ["s", "", "a.b", "*", ">", "поток", "x".repeat(2_000), `${"x".repeat(1_999)}y`];
    for (const [index, name] of names.entries()) await write(actors, name, index);
    for (const [index, name] of names.entries()) same(numbers(await query(actors, name)), [String(index)]);
    same(await query(actors, "unknown"), { events: [] });
  }),
  demand("as many events are listed as asked for, the oldest first", async (actors) => {
    await actors.link();
    for (let n = 0; n < 5; n++) await write(actors, "s", n);
    same(numbers(await query(actors, "s", null, 2)), ["0", "1"]);
    same(numbers(await query(actors, "s", null, 50)), ["0", "1", "2", "3", "4"]);
  }),
  demand("only the events of the time asked for are listed", async (actors) => {
    await actors.link();
    const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));
    await write(actors, "s", "before");
    await pause();
    const minTime = Date.now();
    await write(actors, "s", "within");
    await pause();
    const maxTime = Date.now() - 10;
    await write(actors, "s", "after");
    same(numbers(await query(actors, "s", { minTime, maxTime })), ["within"]);
    same(numbers(await query(actors, "s", { minTime: 0, maxTime })), ["before", "within"]);
    same(numbers(await query(actors, "s", { minTime, maxTime: 2 ** 53 })), ["within", "after"]);
    same(numbers(await query(actors, "s", { minTime: maxTime, maxTime: minTime })), []);
    same(numbers(await query(actors, "s", { minTime: 2 ** 53 - 1, maxTime: 2 ** 53 })), []);
  }),
  demand("more events or bytes than an answer may have are an error that says so", async (actors) => {
    await actors.link();
    for (let n = 0; n < 21; n++) await write(actors, "many", n);
    await refused(query(actors, "many"), "provider.failure", "The stream has more than 20 such events");
    same((await query(actors, "many", null, 20)).events.length, 20);
    for (let n = 0; n < 5; n++) await write(actors, "large", "x".repeat(1_000));
    await refused(query(actors, "large"), "lattice.payload_too_large");
    same((await query(actors, "large", null, 3)).events.length, 3);
  }),
  demand(
    "new events of the streams of a link are delivered, and come again after an error",
    async (actors) => {
      await actors.link();
      await write(actors, "s", "old");
      let refusals = 1;
      actors.answer = () =>
        refusals-- > 0 ? { eventId: null, error: "not now" } : { eventId: null, error: null };
      await actors.link({ DELIVER: "s" }, "MB");
      const eventId = await write(actors, "s", "new");
      await write(actors, "other", "not for it");
      const expected = {
        actor: "MB",
        operation: "DeliverEvent",
        message: { eventId, streamId: "s", values: { n: "new" } },
      };
      same(await actors.deliveries(2), [expected, expected]);
    },
  ),
  demand("wrong payloads, unknown operations and calls without a link are refused", async (actors) => {
    const event = { streamId: "s", values: {} };
    await refused(actors.ask("WriteEvent", event), "link.not_found");
    await actors.link();
    await refused(actors.ask("WriteEvent", { streamId: "s", values: { n: 1 } }), "provider.bad_request");
    await refused(actors.ask("QueryStream", { streamId: "s", count: -1 }), "provider.bad_request");
    await refused(actors.ask("DeliverEvent", event), "provider.unknown_operation", "bad dispatch");
  }),
];
