import {
  ExtrasProvider,
  GraphDbProvider,
  HttpClientProvider,
  HttpServerProvider,
  LoggingProvider,
  TelnetProvider,
} from "../../../src/index.ts";
import type { RunnableCase } from "../observe.ts";
import type { Lacks } from "./ability.ts";
import { type Demand, demandsWhere } from "./demand.ts";
import { extrasDemands } from "./extras.ts";
import { graphDbDemands } from "./graphdb.ts";
import { httpClientDemands } from "./httpclient.ts";
import { httpServerDemands } from "./httpserver.ts";
import { handedParts, handedRequests } from "./httpserver-site.ts";
import { loggingDemands } from "./logging.ts";
import { telnetDemands } from "./telnet.ts";

/** Where suites are run. */
export interface SuitePlace {
  /** Of the server that the demands on HTTP clients describe. */
  readonly origin: string;
  /** What the platform lacks; default nothing. */
  readonly lacks?: Lacks;
  /** How requests come to a host here; default as the platform's `Request`. */
  readonly requestsAs?: "request" | "parts";
}

/** The demands of each contract on the provider that is the same on every platform, which keeps nothing. */
export function suitesOf({ origin, lacks = {}, requestsAs = "request" }: SuitePlace): RunnableCase[] {
  const cases = <Setting>(
    name: string,
    demands: readonly Demand<Setting>[],
    setting: Setting,
  ): RunnableCase[] =>
    demandsWhere(lacks, demands).map((demand) => ({
      title: `${name}: ${demand.title}`,
      run: () => demand.run(setting),
    }));
  const handed = requestsAs === "request" ? handedRequests : handedParts;
  return [
    ...cases("HTTP server", httpServerDemands, (options) => handed(new HttpServerProvider(options))),
    ...cases("HTTP client", httpClientDemands, {
      origin,
      open: async (options) => new HttpClientProvider(options),
    }),
    ...cases("logging", loggingDemands, (sink) => new LoggingProvider({ sinks: [sink], now: () => 5 })),
    ...cases("telnet", telnetDemands, (options) => new TelnetProvider(options)),
    ...cases("extras", extrasDemands, () => new ExtrasProvider()),
    ...cases("graphs", graphDbDemands, (engine) => new GraphDbProvider({ engine, maxRows: 3 })),
  ];
}
