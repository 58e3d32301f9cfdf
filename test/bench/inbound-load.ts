import { connect, type NatsConnection } from "nats.ws";
import { webSocketFactory } from "../../node/index.ts";
import { signInvocation } from "../../src/claims/index.ts";
import { KeyPair } from "../../src/keys/index.ts";
import { decodeInvocationResponse, encodeInvocation, latticeSubjects } from "../../src/lattice/index.ts";
import { echoCall, echoReplyBytes } from "./echo-call.ts";
import { drive, type Figures, samplePayload } from "./figures.ts";
import type { Side } from "./tab-api.ts";

/** Invocations signed at a time: WebCrypto works on several threads. */
const SIGNED_AT_ONCE = 64;
const TIMEOUT_MS = 10_000;

/** Who is called. */
export interface InboundTarget {
  /** Key of an echoing actor. */
  readonly actor: string;
  /** Prefix of the subjects that a bare responder in the same tab answers. */
  readonly bareSubject: string;
}

/** A nats.ws client in Node that calls a tab. What it sends is signed before a round, so that it never waits. */
export class InboundLoad {
  readonly #nats: NatsConnection;
  readonly #host: KeyPair;
  readonly #target: InboundTarget;
  readonly #pools = new Map<number, Uint8Array[]>();
  readonly #fastest = new Map<string, number>();

  private constructor(nats: NatsConnection, host: KeyPair, target: InboundTarget) {
    this.#nats = nats;
    this.#host = host;
    this.#target = target;
  }

  static async connect(server: string, target: InboundTarget): Promise<InboundLoad> {
    const wsFactory = async (url: string) => ({ socket: webSocketFactory(url), encrypted: false });
    const nats = await connect({ servers: server, noAsyncTraces: true, wsFactory } as object);
    return new InboundLoad(nats, await KeyPair.generate("server"), target);
  }

  async measure(side: Side, bytes: number, inFlight: number, ms: number): Promise<Figures> {
    const payload = samplePayload(bytes);
    const replyBytes = echoReplyBytes(payload);
    if (side === "bare") {
      const [data] = await this.#pool(payload, 1);
      if (data === undefined) throw new Error("Nothing was signed");
      const subject = `${this.#target.bareSubject}.${replyBytes}`;
      return drive(() => this.#request(subject, data, replyBytes), { inFlight, ms });
    }
    const speed = this.#fastest.get(`${bytes} ${inFlight}`) ?? 1000;
    const pool = await this.#pool(payload, Math.ceil((speed * 1.5 * ms) / 1000) + inFlight);
    const subject = latticeSubjects().actor(this.#target.actor);
    const call = (): Promise<void> => this.#request(subject, pool.pop() as Uint8Array, replyBytes);
    const figures = await drive(call, { inFlight, ms, hasMore: () => pool.length > 0 });
    this.#fastest.set(`${bytes} ${inFlight}`, Math.max(speed, figures.perSecond));
    return figures;
  }

  async stop(): Promise<void> {
    await this.#nats.close();
  }

  async #request(subject: string, data: Uint8Array, replyBytes: number): Promise<void> {
    const reply = await this.#nats.request(subject, data, { timeout: TIMEOUT_MS });
    if (reply.data.length === replyBytes) return;
    throw new Error(`The call was answered by ${decodeInvocationResponse(reply.data).error}`);
  }

  /** Each invocation can be sent once: a repeat is refused. */
  async #pool(payload: Uint8Array, size: number): Promise<Uint8Array[]> {
    const pool = this.#pools.get(payload.length) ?? [];
    this.#pools.set(payload.length, pool);
    const call = echoCall(this.#target.actor, payload);
    const sign = async (): Promise<void> => {
      pool.push(encodeInvocation(await signInvocation(call, this.#host)));
    };
    while (pool.length < size) await Promise.all(Array.from({ length: SIGNED_AT_ONCE }, sign));
    return pool;
  }
}
