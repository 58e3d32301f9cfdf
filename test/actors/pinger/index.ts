import { Fields, hostCall, HttpRequest, JsonWriter, ok, on, PackWriter } from "../guest";

export { __guest_call } from "../guest";

/** The call alias in the claims of the actor `ponger`. */
const PONGER = "weblattice/examples/ponger";

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
  on("PingVia", pingVia);
}

/** Pings the ponger under its call alias. */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  const answer = ping(PONGER, 11);
  if (answer === null) return null;
  return ok(new JsonWriter().raw('{"value":').number(pong(answer)).raw("}").finish());
}

/** Pings whatever actor `target` names: a call alias or a public key. */
function pingVia(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const target = fields.text("target");
  const value = fields.i32("value");
  if (fields.undecodable) return fields.refuse();
  const answer = ping(target, value);
  if (answer === null) return null;
  return new PackWriter().map(1).text("value").int(pong(answer)).finish();
}

function ping(target: string, value: i32): ArrayBuffer | null {
  return hostCall(target, "Ping", new PackWriter().map(1).text("value").int(value).finish());
}

function pong(answer: ArrayBuffer): i32 {
  const fields = new Fields(answer);
  const value = fields.i32("value");
  fields.demand();
  return value;
}
