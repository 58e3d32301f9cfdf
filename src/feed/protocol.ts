import type { HostEvent } from "../events/index.ts";
import type { HostDescription } from "../host/index.ts";

/** Where a host on the edge offers its feed. */
export const FEED_PATH = "/.weblattice/feed";
/** The subprotocol that is spoken there. */
export const FEED_PROTOCOL = "weblattice.feed.v1";
/** Characters of one batch at most. */
export const MAX_BATCH_TEXT = 8_388_608;
/** Messages of one batch at most. */
export const MAX_BATCH = 1_000;
/** Batches that a host sends before the reader has answered the first of them. */
export const FEED_WINDOW = 4;
/** What a reader answers each batch with, when it is done with it. */
export const FEED_ACKNOWLEDGEMENT = "ok";
/** Milliseconds after which a host says something at the latest, and a reader has to answer. */
export const FEED_SILENCE_MS = 30_000;

/**
 * What a reader receives, in batches: JSON arrays of these. Values of links are masked in all of them. The forms are
 * those of the watch of a host in a tab.
 */
export type FeedMessage =
  /** All that can be shown of the host: at first, and soon after anything has changed. */
  | { readonly kind: "host"; readonly description: HostDescription }
  | { readonly kind: "event"; readonly event: HostEvent }
  /** Events that came too fast and were left out since the last message. */
  | { readonly kind: "skipped"; readonly count: number };

const TOKEN_PREFIX = "weblattice.token.";
/** Characters of what stands for a token. */
const MAX_TOKEN_TEXT = 1_024;

/**
 * The subprotocol that carries a token to the host. Pages can set no other header of a WebSocket, and addresses, with
 * their queries, end up in logs and histories.
 */
export function tokenProtocol(token: string): string {
  const bytes = new TextEncoder().encode(token);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return TOKEN_PREFIX + text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The subprotocol with the token among those that a client offers.
 *
 * @param offered - the header `Sec-WebSocket-Protocol`.
 * @returns undefined if there is none, or the client does not speak the protocol of the feed.
 */
export function offeredTokenProtocol(offered: string | null): string | undefined {
  const names = (offered ?? "").slice(0, 4 * MAX_TOKEN_TEXT).split(",");
  const protocols = names.map((name) => name.trim());
  if (!protocols.includes(FEED_PROTOCOL)) return undefined;
  return protocols.find((name) => name.startsWith(TOKEN_PREFIX) && name.length <= MAX_TOKEN_TEXT);
}
