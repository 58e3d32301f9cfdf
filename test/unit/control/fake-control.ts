import { type ControlledHost, ControlServer } from "../../../src/control/index.ts";
import {
  type LatticeConnection,
  type LatticeMessage,
  latticeSubjects,
  type SubscribeOptions,
} from "../../../src/lattice/index.ts";
import { Counters, Logger, type LogRecord, RingBufferSink } from "../../../src/telemetry/index.ts";

export const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const PREFIX = "wasmbus.ctl.default.";

/** A control server whose connection is a table of handlers, for hosts that fail in ways a real one does not. */
export interface FakeControl {
  readonly server: ControlServer;
  readonly counters: Counters;
  readonly subjects: string[];
  log(): LogRecord[];
  /** Sends a message to a subject below the control prefix; undefined when it is not answered. */
  ask(subject: string, data?: unknown): Promise<unknown>;
}

export function fakeControl(host: Partial<ControlledHost> = {}): FakeControl {
  const counters = new Counters();
  const sink = new RingBufferSink();
  const handlers = new Map<string, SubscribeOptions["onMessage"]>();
  const connection = {
    subscribe: (subject: string, { onMessage }: SubscribeOptions) => {
      handlers.set(subject, onMessage);
      return { close: async () => void handlers.delete(subject) };
    },
  } as unknown as LatticeConnection;
  const server = new ControlServer({
    connection,
    subjects: latticeSubjects("default"),
    host: {
      id: HOST,
      uptimeSeconds: () => 12,
      inventory: () => ({ labels: {}, actors: [], providers: [] }),
      knownClaims: () => [],
      knownLinks: () => [],
      resolveReference: (reference) => reference,
      isActorRunning: () => false,
      startActorFrom: async () => undefined,
      stopActor: async () => undefined,
      ...host,
    },
    logger: new Logger([sink]),
    counters,
  });
  return {
    server,
    counters,
    subjects: [...handlers.keys()],
    log: () => sink.records(),
    ask: (subject, data = {}) =>
      new Promise((resolve) => {
        const message: LatticeMessage = {
          subject,
          data: typeof data === "string" ? Buffer.from(data) : Buffer.from(JSON.stringify(data)),
          reply: "inbox",
          respond: (answer) => resolve(JSON.parse(Buffer.from(answer).toString())),
        };
        const handler = handlers.get(PREFIX + subject);
        if (handler === undefined) resolve(undefined);
        else void handler(message);
      }),
  };
}
