import { connect, type NatsConnection, RequestStrategy } from "nats.ws";
import {
  decodeInvocationResponse,
  type Entity,
  encodeInvocation,
  type Invocation,
  type InvocationResponse,
  KeyPair,
  latticeSubjects,
  SYSTEM_ACTOR,
  signInvocation,
  type UnsignedInvocation,
} from "../../../src/index.ts";
import "../websocket.ts";

const timeout = 5_000;
const utf8 = new TextEncoder();
const text = new TextDecoder();

/** The origin of a control client's calls. */
export const system: Entity = { kind: "actor", id: SYSTEM_ACTOR };

/** An event on the lattice, as it was sent. */
export interface LatticeEvent {
  readonly text: string;
  readonly event: unknown;
  readonly header: { readonly host_origin: string; readonly timestamp: number };
}

/** A member of a lattice that is no host: sends bytes of its own making, as control clients and attackers do. */
export class Peer {
  readonly subjects = latticeSubjects();
  /** All events since the connection was made. */
  readonly events: LatticeEvent[] = [];
  readonly nats: NatsConnection;
  readonly key: KeyPair;

  private constructor(nats: NatsConnection, key: KeyPair) {
    this.nats = nats;
    this.key = key;
    nats.subscribe(this.subjects.events, {
      callback: (_, message) => {
        const sent = text.decode(message.data);
        this.events.push({ text: sent, ...(JSON.parse(sent) as Omit<LatticeEvent, "text">) });
      },
    });
  }

  static async connect(webSocketUrl: string): Promise<Peer> {
    const nats = await connect({ servers: webSocketUrl, timeout, reconnect: false });
    const peer = new Peer(nats, await KeyPair.generate("server"));
    await nats.flush();
    return peer;
  }

  close(): Promise<void> {
    return this.nats.close();
  }

  /** Sends bytes and waits for the first answer. */
  async request(subject: string, data: Uint8Array | string = ""): Promise<Uint8Array> {
    const bytes = typeof data === "string" ? utf8.encode(data) : data;
    return (await this.nats.request(subject, bytes, { timeout })).data;
  }

  /** As {@link request}, for answers that are text. */
  async requestText(subject: string, data?: Uint8Array | string): Promise<string> {
    return text.decode(await this.request(subject, data));
  }

  /** Asks everybody and waits for so many answers. */
  async requestTexts(subject: string, count: number): Promise<string[]> {
    const options = { strategy: RequestStrategy.Count, maxMessages: count, maxWait: timeout };
    const replies: string[] = [];
    for await (const reply of await this.nats.requestMany(subject, "", options)) replies.push(reply.string());
    return replies;
  }

  /** Resolves when the server knows all that a host did before this call: its answer goes the same way, after that. */
  async hasHeardOf(hostId: string): Promise<void> {
    await this.request(this.subjects.inventory(hostId));
  }

  /** Sends bytes that need no answer. */
  async publish(subject: string, data: Uint8Array): Promise<void> {
    this.nats.publish(subject, data);
    await this.nats.flush();
  }

  sign(call: UnsignedInvocation): Promise<Invocation> {
    return signInvocation(call, this.key);
  }

  /** Sends an invocation to the subject of its target, or to another one. */
  async send(
    invocation: Invocation,
    subject: string = this.subjectOf(invocation.target),
  ): Promise<InvocationResponse> {
    return decodeInvocationResponse(await this.request(subject, encodeInvocation(invocation)));
  }

  /** A control client's call of an actor. */
  async call(
    actor: string,
    operation: string,
    payload: Uint8Array = new Uint8Array(),
  ): Promise<InvocationResponse> {
    const target: Entity = { kind: "actor", id: actor };
    return this.send(await this.sign({ origin: system, target, operation, payload }));
  }

  subjectOf(target: Entity): string {
    return target.kind === "actor"
      ? this.subjects.actor(target.id)
      : this.subjects.provider(target.id, target.linkName);
  }

  /** The events of one host, in the order in which they came. */
  eventsOf(hostId: string): readonly LatticeEvent[] {
    return this.events.filter(({ header }) => header.host_origin === hostId);
  }
}
