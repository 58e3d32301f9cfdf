import * as v from "valibot";
import { type ErrorCode, HostError } from "../errors/index.ts";
import type { Exchange } from "./exchange.ts";

const MAX_BODY = 16 * 1024;
const MAX_TEXT = 200;
const problemSchema = v.object({
  errors: v.pipe(
    v.array(v.object({ code: v.optional(v.string(), ""), message: v.optional(v.string(), "") })),
    v.minLength(1),
  ),
});

/**
 * The error for an answer that is not the one hoped for; reads its body.
 * @param what what was asked for, to begin the message with
 */
export async function statusError(exchange: Exchange, what: string): Promise<HostError> {
  const { status } = exchange;
  const { host } = new URL(exchange.url);
  const reason = await reasonOf(exchange);
  const { code, text, hint } = meaningOf(exchange);
  return new HostError(code, `${what}: ${host} ${text}${reason === "" ? "" : ` (${reason})`}`, {
    ...(hint === undefined ? {} : { hint }),
    details: { status, host },
  });
}

function meaningOf(exchange: Exchange): { code: ErrorCode; text: string; hint?: string } {
  const { status } = exchange;
  if (status === 401 || status === 403) {
    return {
      code: "registry.unauthorized",
      text: status === 401 ? "does not let us in" : "denies access",
      hint: "Check the user and the password for this registry, and what that user may do there.",
    };
  }
  if (status === 404) {
    const hint = "Check the name and the tag. Some registries say this where access is missing.";
    return { code: "registry.not_found", text: "has no such thing", hint };
  }
  if (status === 429) {
    const wait = waitOf(exchange.header("retry-after"));
    const hint = "Registries allow more to those who log in.";
    return { code: "registry.rate_limited", text: `asks to be left alone for ${wait}`, hint };
  }
  return { code: "registry.refused", text: `answered with status ${status}` };
}

/** `Retry-After` is a number of seconds or a date. */
function waitOf(header: string | undefined): string {
  if (header !== undefined && /^\d{1,9}$/.test(header)) return `${header} s`;
  const date = header === undefined ? Number.NaN : Date.parse(header);
  if (Number.isNaN(date)) return "a while";
  return `${Math.max(0, Math.ceil((date - Date.now()) / 1000))} s`;
}

/** What the registry says about it, as far as it is short and plain. */
async function reasonOf(exchange: Exchange): Promise<string> {
  try {
    const body = await exchange.bytes(MAX_BODY, "The error");
    const result = v.safeParse(problemSchema, JSON.parse(new TextDecoder().decode(body)));
    const [first] = result.success ? result.output.errors : [];
    return [first?.code, first?.message]
      .filter((part) => part !== undefined && part !== "")
      .join(": ")
      .replace(/[^ -~]/g, "?")
      .slice(0, MAX_TEXT);
  } catch {
    return ""; // a page for people, or nothing: the status says enough
  }
}
