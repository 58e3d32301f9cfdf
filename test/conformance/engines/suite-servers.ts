import { startNatsServer } from "../../../node/lattice/nats-server.ts";
import { startAnsweringServer } from "../answering-server.ts";
import type { SuiteServers } from "../page/page-report.ts";

/** The servers that the suites of providers need, running. */
export interface RunningSuiteServers {
  readonly addresses: SuiteServers;
  readonly stop: () => Promise<void>;
}

/** Starts them on free ports of this machine. */
export async function startSuiteServers(): Promise<RunningSuiteServers> {
  const nats = await startNatsServer({ jetStream: true });
  const answering = await startAnsweringServer();
  return {
    addresses: { origin: answering.origin, servers: nats.webSocketUrl },
    stop: () => {
      answering.stop();
      return nats.stop();
    },
  };
}
