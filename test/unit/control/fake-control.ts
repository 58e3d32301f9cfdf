import { type ControlledHost, ControlServer } from "../../../src/control/index.ts";
import {
  type LatticeConnection,
  type LatticeMessage,
  latticeSubjects,
  type SubscribeOptions,
} from "../../../src/lattice/index.ts";
import { Counters, Logger, type LogRecord, RingBufferSink } from "../../../src/telemetry/index.ts";
import { MemoryHost } from "./memory-host.ts";

export const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const PREFIX = "wasmbus.ctl.default.";

/** A control server whose connection is a table of handlers, for hosts that fail in ways a real one does not. */
export interface FakeControl {
  readonly server: ControlServer;
  readonly counters: Counters;
  readonly subjects: string[];
  log(): LogRecord[];
  /** Sends a message to a subject below the control prefix, and resolves to the text of the answer. */
  ask(subject: string, data?: unknown): Promise<string>;
  /** Sends a message, and resolves when it was handled, to the answer if there was one. */
  send(subject: string, data?: unknown): Promise<string | undefined>;
}

/** @param changes - functions of the host that behave otherwise. */
export function fakeControl(
  host: ControlledHost = new MemoryHost(HOST),
  changes: Partial<ControlledHost> = {},
): FakeControl {
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
    host: Object.assign(host, changes),
    logger: new Logger([sink]),
    counters,
  });
  const deliver = (subject: string, data: unknown, respond: (text: string) => void): void => {
    const message: LatticeMessage = {
      subject: PREFIX + subject,
      data: typeof data === "string" ? Buffer.from(data) : Buffer.from(JSON.stringify(data)),
      reply: "inbox",
      respond: (answer) => respond(Buffer.from(answer).toString()),
    };
    void handlers.get(PREFIX + subject)?.(message);
  };
  return {
    server,
    counters,
    subjects: [...handlers.keys()],
    log: () => sink.records(),
    ask: (subject, data = {}) => new Promise((resolve) => deliver(subject, data, resolve)),
    send: async (subject, data = {}) => {
      let answer: string | undefined;
      deliver(subject, data, (text) => {
        answer = text;
      });
      // Whatever needs no timer is done by then.
      await new Promise((resolve) => setImmediate(resolve));
      return answer;
    },
  };
}
