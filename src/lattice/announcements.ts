import type { ActorClaims } from "../claims/index.ts";
import type { LatticeSubscription } from "./connection.ts";
import type { LinkDefinition } from "./link-definition.ts";
import type { ResolvedRpcOptions } from "./rpc-options.ts";
import { decodeClaims, encodeClaims } from "./wire/claims-codec.ts";
import { DEFAULT_WIRE_LIMITS, type WireLimits } from "./wire/limits.ts";
import { decodeLinkDefinition, encodeLinkDefinition } from "./wire/link-codec.ts";

/** What names a link: there is one provider for each. */
export type LinkRemoval = Pick<LinkDefinition, "actorId" | "contractId" | "linkName">;

/** What hosts tell all others of their lattice, unsigned and without reply. Protocol sections 2 and 3.4. */
export class Announcements {
  readonly #options: ResolvedRpcOptions;

  constructor(options: ResolvedRpcOptions) {
    this.#options = options;
  }

  claims(claims: ActorClaims): void {
    this.#options.connection.publish(this.#options.subjects.claims, encodeClaims(claims));
  }

  link(link: LinkDefinition): void {
    this.#options.connection.publish(this.#options.subjects.links, encodeLinkDefinition(link));
  }

  linkRemoval({ actorId, contractId, linkName }: LinkRemoval): void {
    const removal = { actorId, providerId: "", linkName, contractId, values: {} };
    this.#options.connection.publish(this.#options.subjects.removedLinks, encodeLinkDefinition(removal));
  }

  onClaims(handler: (claims: ActorClaims) => void): LatticeSubscription {
    return this.#listen(this.#options.subjects.claims, decodeClaims, handler);
  }

  onLink(handler: (link: LinkDefinition) => void): LatticeSubscription {
    return this.#listen(this.#options.subjects.links, decodeLinkDefinition, handler);
  }

  onLinkRemoval(handler: (removal: LinkRemoval) => void): LatticeSubscription {
    return this.#listen(this.#options.subjects.removedLinks, decodeLinkDefinition, handler);
  }

  #listen<T>(
    subject: string,
    decode: (bytes: Uint8Array, limits: WireLimits) => T,
    handler: (announced: T) => void,
  ): LatticeSubscription {
    const { connection, faults } = this.#options;
    const onMessage = ({ data }: { readonly data: Uint8Array }): void => {
      let announced: T;
      try {
        announced = decode(data, { ...DEFAULT_WIRE_LIMITS, maxMessageBytes: connection.maxPayload });
      } catch (error) {
        faults.report("announcement_undecodable", error, { subject });
        return;
      }
      handler(announced);
    };
    return connection.subscribe(subject, { onMessage });
  }
}
