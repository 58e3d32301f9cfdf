import type { Comparison } from "./compare.ts";
import type { InboundLoad } from "./inbound-load.ts";
import type { TabTarget } from "./tab-api.ts";
import type { TabLine } from "./tab-line.ts";

const IN_FLIGHT: readonly number[] = [1, 32];
const SMALL = 100;
const KIBIBYTE = 1024;
const LARGE = 64 * 1024;
const MEBIBYTE = 1024 * 1024;

interface Row {
  readonly title: string;
  readonly target: TabTarget;
  readonly bare: string;
  readonly sizes: readonly number[];
  readonly inFlight?: readonly number[];
}

const inTab: readonly Row[] = [
  { title: "local call", target: "local", bare: "1 ping-pong", sizes: [SMALL, LARGE] },
  { title: "local call from the page", target: "page", bare: "2 ping-pongs", sizes: [SMALL] },
  {
    title: "worker, 1 instance",
    target: "worker-one",
    bare: "1 ping-pong",
    sizes: [KIBIBYTE],
    inFlight: [32],
  },
  {
    title: "worker, 1 instance per core",
    target: "worker-cores",
    bare: "1 ping-pong",
    sizes: [KIBIBYTE],
    inFlight: [32],
  },
  {
    title: "worker, in turn",
    target: "worker-serial",
    bare: "1 ping-pong at a time",
    sizes: [KIBIBYTE],
    inFlight: [32],
  },
  { title: "host call, jspi", target: "jspi", bare: "2 ping-pongs", sizes: [0] },
  { title: "host call, shared-memory", target: "shared-memory", bare: "2 ping-pongs", sizes: [0] },
  { title: "host call, asyncify", target: "asyncify", bare: "2 ping-pongs", sizes: [0] },
  { title: "host call, none (refused)", target: "none", bare: "1 ping-pong", sizes: [0] },
  { title: "actor to actor", target: "actor-to-actor", bare: "3 ping-pongs", sizes: [0] },
  {
    title: "lattice call, tab to tab",
    target: "lattice-out",
    bare: "nats.ws request",
    sizes: [SMALL, LARGE],
  },
  { title: "HTTP by service worker", target: "http", bare: "a static file of the server", sizes: [0] },
  { title: "sign an invocation", target: "sign", bare: "WebCrypto alone", sizes: [SMALL] },
  { title: "verify an invocation", target: "verify", bare: "WebCrypto alone", sizes: [SMALL] },
  { title: "keyvalue Set", target: "keyvalue-set", bare: "IndexedDB put", sizes: [SMALL] },
  { title: "keyvalue Add", target: "keyvalue-add", bare: "IndexedDB get, put", sizes: [0] },
  { title: "blobstore upload", target: "blobstore", bare: "file of the origin", sizes: [LARGE] },
  {
    title: "blobstore upload",
    target: "blobstore",
    bare: "file of the origin",
    sizes: [MEBIBYTE],
    inFlight: [1],
  },
  { title: "graphdb QueryGraph", target: "graphdb", bare: "1 ping-pong", sizes: [0] },
  { title: "httpclient Request", target: "httpclient", bare: "fetch", sizes: [0] },
  { title: "messaging Publish", target: "messaging", bare: "nats.ws publish", sizes: [SMALL] },
  { title: "eventstreams WriteEvent", target: "eventstreams", bare: "JetStream publish", sizes: [SMALL] },
  { title: "logging WriteLog", target: "logging", bare: "log line alone", sizes: [SMALL] },
];

/** Everything that is compared with bare means, in the order of the report. */
export function comparisons(tab: TabLine, inbound: InboundLoad): Comparison[] {
  const rows = inTab.flatMap(({ title, target, bare, sizes, inFlight: flights }) =>
    combinations(sizes, flights).map(
      ({ bytes, inFlight }): Comparison => ({
        title,
        bare,
        bytes,
        inFlight,
        measure: (side, ms) => tab.ask("measure", { target, side, bytes, inFlight, ms }),
      }),
    ),
  );
  const fromNode = combinations([SMALL, LARGE]).map(
    ({ bytes, inFlight }): Comparison => ({
      title: "lattice call, Node to tab",
      bare: "nats.ws responder",
      bytes,
      inFlight,
      measure: (side, ms) => inbound.measure(side, bytes, inFlight, ms),
    }),
  );
  return [...rows, ...fromNode];
}

function combinations(
  sizes: readonly number[],
  flights: readonly number[] = IN_FLIGHT,
): { readonly bytes: number; readonly inFlight: number }[] {
  return sizes.flatMap((bytes) => flights.map((inFlight) => ({ bytes, inFlight })));
}
