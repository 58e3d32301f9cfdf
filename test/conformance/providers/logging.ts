import type { CapabilityProvider } from "../../../src/providers/index.ts";
import type { LogRecord, LogSink } from "../../../src/telemetry/index.ts";
import { type Demand, refused, same } from "./demand.ts";
import { LinkedActors } from "./linked-actor.ts";

/** Makes a provider of `wasmcloud:logging` that writes to a sink, by a clock that stands at 5. */
export type OpenLogging = (sink: LogSink) => CapabilityProvider;

type Write = (target: string, level: string, text: string) => Promise<unknown>;

const demand = (
  title: string,
  run: (write: Write, records: LogRecord[], actors: LinkedActors) => Promise<void>,
): Demand<OpenLogging> => ({
  title,
  run: async (open) => {
    const records: LogRecord[] = [];
    const actors = new LinkedActors(open({ write: (record) => void records.push(record) }));
    await run((target, level, text) => actors.ask("WriteLog", { target, level, text }), records, actors);
    await actors.provider.stop();
  },
});

/** What every provider of `wasmcloud:logging` must do. */
export const loggingDemands: readonly Demand<OpenLogging>[] = [
  demand(
    "a line has its target, its level, and its actor before the text; it is answered by nothing",
    async (write, records) => {
      same(await write("LOGGING_ACTORINFO", "info", "hello"), undefined);
      const [scope, fields] = ["LOGGING_ACTORINFO", { actor: "MA" }];
      same(records, [{ time: 5, level: "info", scope, message: "[MA] hello", fields }]);
    },
  ),
  demand("levels are understood in any case; trace is debug, and says so", async (write, records) => {
    const levels = ["error", "warn", "info", "debug", "trace", "INFO", "Warn"];
    for (const level of levels) await write("", level, "t");
    same(
      records.map(({ level }) => level),
      ["error", "warn", "info", "debug", "debug", "info", "warn"],
    );
    same([records[4]?.fields, records[4]?.scope], [{ actor: "MA", level: "trace" }, "actor MA"]);
  }),
  demand("an unknown level is told as such, and succeeds", async (write, records) => {
    for (const level of ["fatal", "", "constructor"]) {
      same(await write("t", level, "secret"), undefined);
      same([records.at(-1)?.level, records.at(-1)?.message], ["error", `Unknown log level: ${level}`]);
    }
  }),
  demand("wrong payloads and unknown operations are refused, and not logged", async (_, records, actors) => {
    for (const request of [
      {},
      { target: "t", level: "info" },
      { target: 1, level: "info", text: "" },
      null,
    ]) {
      await refused(actors.ask("WriteLog", request), "provider.bad_request", /^Failed to de-serialize: /);
    }
    await refused(actors.ask("writeLog", {}), "provider.unknown_operation", "bad dispatch");
    same(records, []);
  }),
];
