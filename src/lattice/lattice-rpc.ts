import { type ActorClaims, type Entity, signInvocation, type UnsignedInvocation } from "../claims/index.ts";
import { asHostError, HostError } from "../errors/index.ts";
import { Announcements, type LinkRemoval } from "./announcements.ts";
import type { LatticeSubscription } from "./connection.ts";
import type { LinkDefinition } from "./link-definition.ts";
import { notConnected } from "./nats-errors.ts";
import { type LatticeRpcOptions, type ResolvedRpcOptions, resolveRpcOptions } from "./rpc-options.ts";
import { type InvocationHandler, RpcServer } from "./rpc-server.ts";
import type { LatticeSubjects } from "./subjects.ts";
import { encodeInvocation } from "./wire/invocation-codec.ts";
import { DEFAULT_WIRE_LIMITS } from "./wire/limits.ts";
import { decodeInvocationResponse, type InvocationResponse } from "./wire/response-codec.ts";

/** The RPC plane of one lattice: calls in both directions, and announcements. Protocol sections 2 to 4. */
export class LatticeRpc {
  readonly #options: ResolvedRpcOptions;
  readonly #server: RpcServer;
  readonly #announcements: Announcements;
  readonly #subscriptions = new Set<LatticeSubscription>();
  #closing: Promise<void> | undefined;

  /** @throws HostError `input.invalid` for a bad namespace or number. */
  constructor(options: LatticeRpcOptions) {
    this.#options = resolveRpcOptions(options);
    this.#server = new RpcServer(this.#options);
    this.#announcements = new Announcements(this.#options);
  }

  /** The subjects of the lattice. */
  get subjects(): LatticeSubjects {
    return this.#options.subjects;
  }

  /**
   * Signs a call and sends it to whichever host runs the target. An error of the target is in the response.
   *
   * @param options - `timeoutMs`: milliseconds to wait; default that of the constructor.
   * @throws HostError with the texts of protocol section 4.7: `lattice.timeout`; `lattice.undecodable`; for what is
   * wrong on the way `lattice.transport`, `lattice.not_connected`, `lattice.payload_too_large`, `lattice.overloaded`,
   * `lattice.forbidden`; `input.invalid` for a target that no subject can name.
   */
  async call(
    invocation: UnsignedInvocation,
    options: { readonly timeoutMs?: number } = {},
  ): Promise<InvocationResponse> {
    if (this.#closing !== undefined) throw notConnected();
    const { connection, host, now } = this.#options;
    const subject = this.#subjectOf(invocation.target);
    const signed = await signInvocation(invocation, host, { iat: Math.floor(now() / 1_000) });
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    const reply = await connection
      .request(subject, encodeInvocation(signed), { timeoutMs })
      .catch((error: unknown) => Promise.reject(rpcError(error)));
    try {
      const limits = { ...DEFAULT_WIRE_LIMITS, maxMessageBytes: connection.maxPayload };
      return decodeInvocationResponse(reply, limits);
    } catch (error) {
      throw new HostError("lattice.undecodable", "RPC - failed to deserialize invocation response", {
        cause: error,
      });
    }
  }

  /**
   * Answers the calls of an actor or provider, together with all other hosts that do. Only genuine, timely calls for
   * exactly this entity reach the handler, and each only once.
   *
   * @throws HostError `lattice.not_connected` once closed, `input.invalid` for an entity that no subject can name.
   */
  serve(entity: Entity, handler: InvocationHandler): LatticeSubscription {
    return this.#keep(() => this.#server.serve(entity, handler));
  }

  /** Tells all hosts of an actor's claims. @throws HostError as `publish` of the connection. */
  announceClaims(claims: ActorClaims): void {
    this.#announcements.claims(claims);
  }

  /** Tells all hosts of a link. @throws HostError `link.invalid`, or as `publish` of the connection. */
  announceLink(link: LinkDefinition): void {
    this.#announcements.link(link);
  }

  /** Tells all hosts that a link is gone. @throws HostError `link.invalid`, or as `publish` of the connection. */
  announceLinkRemoval(link: LinkRemoval): void {
    this.#announcements.linkRemoval(link);
  }

  /** Hears of claims, one's own included. Nothing vouches for them. @throws HostError `lattice.not_connected`. */
  onClaims(handler: (claims: ActorClaims) => void): LatticeSubscription {
    return this.#keep(() => this.#announcements.onClaims(handler));
  }

  /** Hears of links, one's own included. @throws HostError `lattice.not_connected`. */
  onLink(handler: (link: LinkDefinition) => void): LatticeSubscription {
    return this.#keep(() => this.#announcements.onLink(handler));
  }

  /** Hears of removed links, one's own included. @throws HostError `lattice.not_connected`. */
  onLinkRemoval(handler: (removal: LinkRemoval) => void): LatticeSubscription {
    return this.#keep(() => this.#announcements.onLinkRemoval(handler));
  }

  /** Ends all subscriptions and waits, within a deadline, for calls being worked on. The connection stays open. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.close()));
    await this.#server.drain();
  }

  #subjectOf(target: Entity): string {
    const { subjects } = this.#options;
    return target.kind === "actor"
      ? subjects.actor(target.id)
      : subjects.provider(target.id, target.linkName);
  }

  /** Remembers a subscription until it is closed. */
  #keep(subscribe: () => LatticeSubscription): LatticeSubscription {
    if (this.#closing !== undefined) throw notConnected();
    const inner = subscribe();
    const kept: LatticeSubscription = {
      close: async () => {
        this.#subscriptions.delete(kept);
        await inner.close();
      },
    };
    this.#subscriptions.add(kept);
    return kept;
  }
}

/** A failed request with the texts of protocol section 4.7. */
function rpcError(error: unknown): HostError {
  const known = asHostError(error, "lattice.transport");
  if (known.code === "lattice.timeout" || known.message.startsWith("RPC error: ")) return known;
  return new HostError(known.code, `RPC error: ${known.message}`, {
    ...(known.hint === undefined ? {} : { hint: known.hint }),
    details: known.details,
    cause: known,
  });
}
