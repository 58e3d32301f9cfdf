import { useEffect, useState } from "preact/hooks";
import * as v from "valibot";
import { readServerOffer } from "../session/server-offer.ts";

const offerSchema = v.object({
  latticeUrl: v.pipe(v.string(), v.regex(/^wss?:\/\//)),
  latticeKind: v.optional(v.string()),
  latticeLabel: v.optional(v.string()),
  namespace: v.optional(v.string()),
});

/** A lattice that the server of this page knows of. */
export interface LatticeOffer {
  readonly url: string;
  readonly namespace: string;
  /** What the server says it is, in words. */
  readonly label: string;
  /** The server's own stand-in for a NATS server, for development only. */
  readonly embedded: boolean;
}

/** Asks the server of this page for the lattice it offers. No file, or one that offers none, is no error. */
export async function fetchLatticeOffer(): Promise<LatticeOffer | undefined> {
  const result = v.safeParse(offerSchema, await readServerOffer());
  if (!result.success) return undefined;
  const { latticeUrl, latticeKind, latticeLabel, namespace } = result.output;
  const embedded = latticeKind === "embedded";
  return {
    url: latticeUrl,
    namespace: namespace ?? "default",
    label: embedded ? embeddedLabel : (latticeLabel ?? "NATS server"),
    embedded,
  };
}

/** How the development broker is called everywhere on the page. */
export const embeddedLabel = "embedded development broker";

/** The offered lattice, once it is known. */
export function useLatticeOffer(): LatticeOffer | undefined {
  const [offer, setOffer] = useState<LatticeOffer>();
  useEffect(() => {
    void fetchLatticeOffer().then(setOffer);
  }, []);
  return offer;
}

/** Whether a server that the host names is the offered one; hosts name it with or without `ws://`. */
export function isOffered(offer: LatticeOffer | undefined, server: string | undefined): boolean {
  if (offer === undefined || server === undefined) return false;
  const bare = (url: string): string => url.replace(/^wss?:\/\//, "").replace(/\/$/, "");
  return bare(offer.url) === bare(server);
}
