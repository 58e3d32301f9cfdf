import { Fields, hostCall, HttpRequest, httpResponse, JsonWriter, on, PackWriter, TextPair, textResponse } from "../guest";

export { __guest_call } from "../guest";

const KEYVALUE = "wasmcloud:keyvalue";
const MAX_LENGTH = 2048;

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
}

/** `POST /` with an address as body names it; `GET /NAME` leads there; `GET /NAME/visits` shows how often. */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const request = new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  if (request.method == "POST" && request.path == "/") return shorten(request);
  if (request.method != "GET") return textResponse(405, "Method Not Allowed", "POST / or GET /NAME");
  const name = request.path.substring(1);
  return name.endsWith("/visits") ? visits(name.substring(0, name.length - 7)) : lead(name);
}

function shorten(request: HttpRequest): ArrayBuffer | null {
  const address = String.UTF8.decode(request.body).trim();
  if (!isAddress(address)) return textResponse(400, "Bad Request", "The body must be an http or https address");
  const count = add("shortener:names");
  if (count < 0) return null;
  const name = count.toString(36);
  const entry = new PackWriter().map(3).text("key").text(`shortener:to:${name}`);
  const set = entry.text("value").text(address).text("expires").int(0).finish();
  if (hostCall(KEYVALUE, "Set", set) === null) return null;
  const header = [
    new TextPair("location", `${prefixOf(request)}/${name}`),
    new TextPair("content-type", "application/json"),
  ];
  return httpResponse(201, "Created", header, new JsonWriter().raw('{"name":').text(name).raw("}").finish());
}

function lead(name: string): ArrayBuffer | null {
  const answer = hostCall(KEYVALUE, "Get", key(`shortener:to:${name}`));
  if (answer === null) return null;
  const fields = new Fields(answer);
  const exists = fields.bool("exists");
  const address = fields.text("value");
  fields.demand();
  if (!exists) return textResponse(404, "Not Found", "There is no such name");
  if (add(`shortener:visits:${name}`) < 0) return null;
  return httpResponse(302, "Found", [new TextPair("location", address)], new ArrayBuffer(0));
}

function visits(name: string): ArrayBuffer | null {
  const answer = hostCall(KEYVALUE, "Get", key(`shortener:visits:${name}`));
  if (answer === null) return null;
  const fields = new Fields(answer);
  const count = fields.bool("exists") ? fields.text("value") : "0";
  fields.demand();
  const header = [new TextPair("content-type", "application/json")];
  return httpResponse(200, "OK", header, new JsonWriter().raw('{"visits":').raw(count).raw("}").finish());
}

/** Adds one to a counter; negative after a failure. */
function add(name: string): i32 {
  const payload = new PackWriter().map(2).text("key").text(name).text("value").int(1).finish();
  const answer = hostCall(KEYVALUE, "Add", payload);
  if (answer === null) return -1;
  const fields = new Fields(answer);
  const value = fields.i32("value");
  fields.demand();
  return value;
}

function key(name: string): ArrayBuffer {
  return new PackWriter().map(1).text("key").text(name).finish();
}

/** What stands before the path that the actor sees. */
function prefixOf(request: HttpRequest): string {
  for (let i = 0; i < request.header.length; i++) {
    if (request.header[i].name == "x-forwarded-prefix") return request.header[i].value;
  }
  return "";
}

/** Visible ASCII only, so that it can be a header. */
function isAddress(text: string): bool {
  if (text.length > MAX_LENGTH || !(text.startsWith("https://") || text.startsWith("http://"))) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return true;
}
