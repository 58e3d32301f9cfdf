import { FEED_PATH } from "../../src/feed/index.ts";
import { offersToken } from "../feed/feed-token.ts";
import type { HostObjectApi } from "../object/api.ts";
import type { ResolvedEdgeOptions } from "../options.ts";
import { readSettings } from "../settings.ts";
import { problemResponse, upgradeRequired } from "./problem.ts";
import { asksForWebSocket, upgradeOf } from "./upgrade.ts";

/**
 * Answers a request for the feed. Whoever does not have the token does not get as far as the object.
 *
 * @returns undefined for other requests, and where there is no feed.
 * @throws HostError `input.invalid` for variables that are wrong.
 */
export async function fed(
  request: Request,
  environment: object,
  { latticeMode }: ResolvedEdgeOptions,
  object: () => HostObjectApi,
): Promise<Response | undefined> {
  if (new URL(request.url).pathname !== FEED_PATH) return undefined;
  const { feedToken } = readSettings(environment, latticeMode);
  if (feedToken === undefined) return undefined;
  if (!asksForWebSocket(request)) return upgradeRequired();
  const offered = request.headers.get("sec-websocket-protocol");
  if (await offersToken(offered, feedToken)) return object().fetch(upgradeOf({ feed: "" }));
  const text = "The subprotocols must be that of the feed and one that carries the right token";
  return problemResponse({ status: 401, text, code: "http.unauthorized" });
}
