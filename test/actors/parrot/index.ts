// Says at a terminal what it was told there. For tests only.
import { Fields, hostCall, on, PackWriter } from "../guest";

export { __guest_call } from "../guest";

const TELNET = "wasmcloud:telnet";
/** Characters of one text of a flood. */
const PIECE = 65_536;

/** The first byte of the last answer to `SendText`: a map or a boolean, by the form of the link. */
let form: u8 = 0;

export function wapc_init(): void {
  on("SessionStarted", sessionStarted);
  on("ReceiveText", receiveText);
}

function sessionStarted(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const session = fields.text("session");
  if (fields.undecodable) return fields.refuse();
  return say(session, "ready\r\n") ? result() : null;
}

function receiveText(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const session = fields.text("session");
  const text = fields.text("text");
  if (fields.undecodable) return fields.refuse();
  if (text == "form") return say(session, `${form}\r\n`) ? result() : null;
  if (text.startsWith("flood ")) return flood(session, <i32>parseInt(text.substring(6)));
  return say(session, `you said ${text}\r\n`) ? result() : null;
}

function flood(session: string, pieces: i32): ArrayBuffer | null {
  const piece = "x".repeat(PIECE);
  for (let i = 0; i < pieces; i++) if (!say(session, piece)) return null;
  return result();
}

function say(session: string, text: string): bool {
  const payload = new PackWriter().map(2).text("session").text(session).text("text").text(text).finish();
  const answer = hostCall(TELNET, "SendText", payload);
  if (answer === null) return false;
  form = load<u8>(changetype<usize>(answer));
  return true;
}

function result(): ArrayBuffer {
  return new PackWriter().map(2).text("success").bool(true).text("error").nil().finish();
}
