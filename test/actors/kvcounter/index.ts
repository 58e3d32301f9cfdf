import { Fields, hostCall, HttpRequest, JsonWriter, ok, on, PackWriter } from "../guest";

export { __guest_call } from "../guest";

/** The counter of the path `/`. */
const DEFAULT_KEY = ":";

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
  on("Count", count);
}

/** Counts the requests to each path. */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const request = new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  const answer = add(request.path.replaceAll("/", ":"));
  if (answer === null) return null;
  return ok(new JsonWriter().raw('{"counter":').number(counter(answer)).raw("}").finish());
}

/** Counts without HTTP: an empty payload, or `{key}`. */
function count(payload: ArrayBuffer): ArrayBuffer | null {
  let key = DEFAULT_KEY;
  if (payload.byteLength > 0) {
    const fields = new Fields(payload);
    key = fields.textOr("key", DEFAULT_KEY);
    if (fields.undecodable) return fields.refuse();
  }
  const answer = add(key);
  if (answer === null) return null;
  return new PackWriter().map(1).text("counter").int(counter(answer)).finish();
}

function add(key: string): ArrayBuffer | null {
  const payload = new PackWriter().map(2).text("key").text(key).text("value").int(1).finish();
  return hostCall("wasmcloud:keyvalue", "Add", payload);
}

function counter(answer: ArrayBuffer): i32 {
  const fields = new Fields(answer);
  const value = fields.i32("value");
  fields.demand();
  return value;
}
