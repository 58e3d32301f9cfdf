import { DurableObject } from "cloudflare:workers";
import { EdgeTelnet } from "../../../edge/providers/telnet.ts";
import { Logger } from "../../../src/index.ts";
import { observeAll, type RunnableCase } from "../../conformance/observe.ts";
import type { CaseOutcome } from "../../conformance/outcome.ts";
import { LACKING_IN_WORKERD } from "../../conformance/providers/ability.ts";
import { runNatsSuites } from "../../conformance/providers/nats-suites.ts";
import { suitesOf } from "../../conformance/providers/suites.ts";
import { telnetDemands } from "../../conformance/providers/telnet.ts";

/** Runs the demands on the providers of every contract inside the runtime. */
export class SuiteObject extends DurableObject {
  /** @param origin - of the server that the demands on HTTP clients describe. */
  run(origin: string): Promise<CaseOutcome[]> {
    return observeAll([...suitesOf({ origin, lacks: LACKING_IN_WORKERD }), ...terminals()]);
  }

  /** @param servers - as {@link runNatsSuites} takes them. */
  runNats(servers: string): Promise<CaseOutcome[]> {
    return runNatsSuites(servers);
  }
}

/** Terminals as hosts in objects have them. */
function terminals(): RunnableCase[] {
  const open = ({ maxSessions, maxOutput }: { maxSessions: number; maxOutput: number }) =>
    new EdgeTelnet({ maxSessions, maxOutput, logger: new Logger([]) });
  return telnetDemands.map(({ title, run }) => ({
    title: `telnet of the edge: ${title}`,
    run: () => run(open),
  }));
}
