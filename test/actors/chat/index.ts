import { Fields, hostCall, on, PackReader, PackWriter, takeFailure } from "../guest";

export { __guest_call } from "../guest";

const TELNET = "wasmcloud:telnet";
const MESSAGING = "wasmcloud:messaging";
const KEYVALUE = "wasmcloud:keyvalue";
/** The link's SUBSCRIPTION must name it too. */
const ROOM = "chat.room";
/** The sessions of this host. */
const SESSIONS = "chat:sessions";

export function wapc_init(): void {
  on("SessionStarted", sessionStarted);
  on("ReceiveText", receiveText);
  on("HandleMessage", handleMessage);
}

/** Somebody sat down at a terminal. */
function sessionStarted(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const session = fields.text("session");
  if (fields.undecodable) return fields.refuse();
  if (changeSessions("SetAdd", session) === null) return null;
  if (!sendText(session, `You are ${nameOf(session)}.\r\n`)) return null;
  return publish(`${nameOf(session)} has come`) === null ? null : result();
}

/** Somebody wrote a line: everybody is to see it, on whichever host. */
function receiveText(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const session = fields.text("session");
  const text = fields.text("text");
  if (fields.undecodable) return fields.refuse();
  return publish(`${nameOf(session)}: ${text}`) === null ? null : result();
}

/** Somebody said something, here or elsewhere. */
function handleMessage(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const line = String.UTF8.decode(fields.bytes("body")) + "\r\n";
  if (fields.undecodable) return fields.refuse();
  const answer = hostCall(KEYVALUE, "SetQuery", new PackWriter().map(1).text("key").text(SESSIONS).finish());
  if (answer === null) return null;
  const sessions = textsOf(answer);
  for (let i = 0; i < sessions.length; i++) {
    if (sendText(sessions[i], line)) continue;
    // The terminal is gone.
    takeFailure();
    if (changeSessions("SetRemove", sessions[i]) === null) return null;
  }
  return new PackWriter().nil().finish();
}

function publish(line: string): ArrayBuffer | null {
  const message = new PackWriter().map(3).text("subject").text(ROOM).text("replyTo").text("");
  return hostCall(MESSAGING, "Publish", message.text("body").bytes(String.UTF8.encode(line)).finish());
}

function sendText(session: string, text: string): bool {
  const payload = new PackWriter().map(2).text("session").text(session).text("text").text(text).finish();
  return hostCall(TELNET, "SendText", payload) !== null;
}

function changeSessions(operation: string, session: string): ArrayBuffer | null {
  const payload = new PackWriter().map(2).text("key").text(SESSIONS).text("value").text(session).finish();
  return hostCall(KEYVALUE, operation, payload);
}

/** The items of `{values}`, the only member of the answer. */
function textsOf(answer: ArrayBuffer): string[] {
  const reader = new PackReader(answer);
  reader.map();
  reader.text();
  const count = reader.array();
  const texts: string[] = [];
  for (let i: i64 = 0; i < count; i++) texts.push(reader.text());
  reader.demand();
  return texts;
}

/** Enough of a session's id to tell people apart. */
function nameOf(session: string): string {
  return session.substring(0, 4);
}

function result(): ArrayBuffer {
  return new PackWriter().map(2).text("success").bool(true).text("error").nil().finish();
}
