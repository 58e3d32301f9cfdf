import { consoleLog, Fields, hostCall, on, PackWriter } from "../guest";
import { Note } from "./note";

export { __guest_call } from "../guest";

// A provider, not an actor: it is packed into an archive under the target wasm32-wapc.
const HTTP = "weblattice:http";
const STORAGE = "weblattice:storage";
const SOCKET = "weblattice:socket";
const SELF = "weblattice:provider";

/** The actor that is linked, and the value URL of its link. */
const linked = new Note();
const address = new Note();
/** The actor that opened the WebSocket, and its number. */
const listener = new Note();
let socket: u32 = 0;

export function wapc_init(): void {
  on("BindActor", bind);
  on("RemoveActor", remove);
  on("Get", get);
  on("Count", count);
  on("Connect", connect);
  on("Say", say);
  on("SocketMessage", socketMessage);
  on("SocketClosed", socketClosed);
  on("Spin", spin);
  on("Reach", reach);
}

/** Keeps the address that the actor is linked with. */
function bind(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const actor = fields.text("module");
  const values = fields.texts("values");
  if (fields.undecodable) return fields.refuse();
  for (let i = 0; i < values.length; i++) {
    if (values[i].name == "URL") address.write(values[i].value);
  }
  linked.write(actor);
  return new ArrayBuffer(0);
}

function remove(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const actor = fields.text("module");
  if (fields.undecodable) return fields.refuse();
  if (linked.read() == actor) linked.write("");
  return new ArrayBuffer(0);
}

/** Sends a request to the address of the caller's link. Answers with what came, unchanged. */
function get(payload: ArrayBuffer): ArrayBuffer | null {
  const actor = caller();
  if (actor === null) return null;
  const url = linked.read() == actor ? address.read() : "http://no.link.invalid/";
  const request = new PackWriter().map(4).text("method").text("GET").text("url").text(url);
  return hostCall(
    HTTP,
    "Request",
    request.text("headers").map(0).text("body").bytes(new ArrayBuffer(0)).finish(),
  );
}

/** Counts up in the store. Answers `{count}`. */
function count(payload: ArrayBuffer): ArrayBuffer | null {
  const known = hostCall(STORAGE, "Get", new PackWriter().map(1).text("key").text("count").finish());
  if (known === null) return null;
  const fields = new Fields(known);
  const value = Uint8Array.wrap(fields.bytes("value"));
  if (fields.undecodable) return fields.refuse();
  const next = new Uint8Array(1);
  next[0] = value.length == 0 ? 1 : value[0] + 1;
  const entry = new PackWriter().map(2).text("key").text("count").text("value").bytes(next.buffer);
  if (hostCall(STORAGE, "Set", entry.finish()) === null) return null;
  return new PackWriter().map(1).text("count").unsigned(next[0]).finish();
}

/** `{url}`: opens a WebSocket for the caller. */
function connect(payload: ArrayBuffer): ArrayBuffer | null {
  const actor = caller();
  if (actor === null) return null;
  const answer = hostCall(SOCKET, "Open", payload);
  if (answer === null) return null;
  const fields = new Fields(answer);
  socket = fields.u32("socket");
  if (fields.undecodable) return fields.refuse();
  listener.write(actor);
  return answer;
}

/** The bytes of a text, to be sent. */
function say(payload: ArrayBuffer): ArrayBuffer | null {
  const message = new PackWriter().map(3).text("socket").unsigned(socket).text("isText").bool(true);
  return hostCall(SOCKET, "Send", message.text("data").bytes(payload).finish());
}

/** What comes is logged by the actor that opened the WebSocket. */
function socketMessage(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const data = fields.bytes("data");
  if (fields.undecodable) return fields.refuse();
  const line = new PackWriter().map(1).text("text").text(`heard ${String.UTF8.decode(data)}`);
  return hostCall(listener.read(), "Log", line.finish());
}

function socketClosed(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const code = fields.u32("code");
  if (fields.undecodable) return fields.refuse();
  consoleLog(`closed ${code.toString()}`);
  return new ArrayBuffer(0);
}

/** Loses the instance. */
function spin(payload: ArrayBuffer): ArrayBuffer | null {
  while (true) {}
}

/** `{namespace}`: asks for what a provider may not have. */
function reach(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const namespace = fields.text("namespace");
  if (fields.undecodable) return fields.refuse();
  return hostCall(namespace, "Get", new ArrayBuffer(0));
}

function caller(): string | null {
  const answer = hostCall(SELF, "Caller", new ArrayBuffer(0));
  if (answer === null) return null;
  const fields = new Fields(answer);
  const actor = fields.text("actor");
  return fields.undecodable ? null : actor;
}
