import type { HostDescription } from "../../../src/index.ts";
import type { Environment } from "../../environment.ts";
import type { Tone } from "../controls/badge.tsx";
import { bytesText, numberText } from "../format/amount.ts";
import { strategyText } from "../format/strategy.ts";
import { durationText } from "../format/time.ts";

/** A line of the panel. */
export interface FactLine {
  readonly term: string;
  readonly value: string;
  readonly tone?: Tone;
}

const FILE_ACCESS: Readonly<Record<Environment["privateFiles"], string>> = {
  sync: "yes, written in place",
  async: "yes, written by copies",
  none: "no",
};

/** What the browser offers, and what follows from it. */
export function browserFacts(
  environment: Environment,
  hostCalls: HostDescription["hostCalls"],
): readonly FactLine[] {
  return [
    { term: "Host calls by", value: strategyText(hostCalls), tone: hostCalls === "none" ? "bad" : "ok" },
    yesNo("JSPI", environment.jspi),
    yesNo("Shared memory", environment.sharedMemory),
    yesNo("Cross-origin isolated", environment.crossOriginIsolated),
    yesNo("WebCrypto Ed25519", environment.webCryptoEd25519),
    yesNo("Nested workers", environment.nestedWorkers),
    {
      term: "Private file system",
      value: FILE_ACCESS[environment.privateFiles],
      tone: environment.privateFiles === "none" ? "neutral" : "ok",
    },
    {
      term: "Storage quota",
      value: environment.storageQuota === undefined ? "not told" : bytesText(environment.storageQuota),
    },
  ];
}

/** The host's limits in words. */
export function limitFacts(limits: HostDescription["limits"]): readonly FactLine[] {
  return [
    { term: "Lattice call timeout", value: durationText(limits.rpcTimeoutMs) },
    { term: "Local call deadline", value: durationText(limits.callDeadlineMs) },
    { term: "Health check timeout", value: durationText(limits.healthTimeoutMs) },
    { term: "Heartbeat interval", value: durationText(limits.heartbeatMs) },
    { term: "Provider removed after", value: `${numberText(limits.healthMisses)} health checks missed` },
    { term: "Module size", value: bytesText(limits.moduleBytes) },
    { term: "Local payload", value: bytesText(limits.payloadBytes) },
    { term: "Queue per actor", value: `${numberText(limits.queueLength)} calls` },
    { term: "Pending lattice calls", value: numberText(limits.pendingRequests) },
  ];
}

function yesNo(term: string, isThere: boolean): FactLine {
  return { term, value: isThere ? "yes" : "no", tone: isThere ? "ok" : "neutral" };
}
