import * as v from "valibot";
import { isExact } from "../../bytes/index.ts";
import { HostError } from "../../errors/index.ts";

/** What a provider's worker asks of its host, besides calls of actors. */
export type AuthorityRequest =
  | {
      readonly op: "fetch";
      readonly method: string;
      readonly url: string;
      readonly headers: readonly (readonly [name: string, value: string])[];
      readonly body: Uint8Array<ArrayBuffer>;
    }
  | { readonly op: "get" | "delete"; readonly key: string }
  | { readonly op: "set"; readonly key: string; readonly value: Uint8Array<ArrayBuffer> }
  | { readonly op: "list"; readonly prefix: string }
  | { readonly op: "open"; readonly url: string }
  | { readonly op: "send"; readonly socket: number; readonly data: string | Uint8Array<ArrayBuffer> }
  | { readonly op: "close"; readonly socket: number; readonly code: number; readonly reason: string };

/** What a provider is told of a WebSocket. */
export type SocketNews =
  | { readonly what: "message"; readonly data: string | Uint8Array<ArrayBuffer> }
  | { readonly what: "closed"; readonly code: number; readonly reason: string };

const MAX_URL_LENGTH = 65_536;
const MAX_HEADERS = 256;

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const bytes = v.custom<Uint8Array<ArrayBuffer>>(isExact, "bytes are wanted");
const number = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const key = text(4_096);
const requestSchema = v.variant("op", [
  v.object({
    op: v.literal("fetch"),
    method: text(64),
    url: text(MAX_URL_LENGTH),
    headers: v.pipe(
      v.array(v.strictTuple([text(MAX_URL_LENGTH), text(MAX_URL_LENGTH)])),
      v.maxLength(MAX_HEADERS),
    ),
    body: bytes,
  }),
  v.object({ op: v.picklist(["get", "delete"]), key }),
  v.object({ op: v.literal("set"), key, value: bytes }),
  v.object({ op: v.literal("list"), prefix: key }),
  v.object({ op: v.literal("open"), url: text(MAX_URL_LENGTH) }),
  v.object({ op: v.literal("send"), socket: number, data: v.union([v.string(), bytes]) }),
  v.object({ op: v.literal("close"), socket: number, code: number, reason: text(4_096) }),
]);

/** @throws HostError `provider.bad_request` for what is no request: the provider's code, not its worker's, is wrong. */
export function parseAuthorityRequest(value: unknown): AuthorityRequest {
  const result = v.safeParse(requestSchema, value, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const place = v.getDotPath(issue) ?? "request";
  throw new HostError("provider.bad_request", `${place}: ${issue.message.slice(0, 200)}`);
}
