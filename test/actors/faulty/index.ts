// Does on purpose everything a host must survive. For tests only.
import {
  allocate,
  Call,
  consoleLog,
  Fields,
  hostCall,
  mark,
  on,
  PackWriter,
  receive,
  refuse,
  release,
  serve,
} from "../guest";
import { consoleLogRaw, guestError, guestRequest, guestResponse, hostCallRaw } from "../guest/abi";

/** The call alias in this actor's own claims. */
const OWN_ALIAS = "weblattice/tests/faulty";
/** A pointer that lies outside any memory a test allows. */
const NOWHERE: usize = 0xfffffff0;
/** The runtime counts memory in 32 bits, so it cannot live in the full 65,536 pages. */
const MOST_PAGES = 0xffff;

export function wapc_init(): void {
  on("Spin", spin);
  on("Trap", trap);
  on("Assert", assertFalse);
  on("Grow", grow);
  on("Oversize", oversize);
  on("HostCallOversize", hostCallOversize);
  on("Recurse", recurse);
  on("Call", call);
  on("CallSelf", callSelf);
  on("Log", log);
}

/** Handles what breaks the call protocol itself; everything else goes to the registered handlers. */
export function __guest_call(operationLength: usize, payloadLength: usize): i32 {
  const start = mark();
  const result = outcome(receive(operationLength, payloadLength));
  release(start);
  return result;
}

function outcome(call: Call): i32 {
  if (call.operation == "Fail") return failWith(call.payload);
  if (call.operation == "Silent") return 1;
  if (call.operation == "SilentFailure") return 0;
  if (call.operation == "BadPointer") return badPointer(call.payload);
  return serve(call) ? 1 : 0;
}

/** `{text}`: a guest error with exactly this text, which may be empty. */
function failWith(payload: ArrayBuffer): i32 {
  refuse(new Fields(payload).textOr("text", ""));
  return 0;
}

/** `{import?}`: hands the host a pointer out of range: response (default), error, request, hostCall or log. */
function badPointer(payload: ArrayBuffer): i32 {
  const target = payload.byteLength > 0 ? new Fields(payload).textOr("import", "response") : "response";
  if (target == "error") guestError(NOWHERE, 64);
  else if (target == "request") guestRequest(NOWHERE, NOWHERE);
  else if (target == "hostCall") hostCallRaw(NOWHERE, 64, NOWHERE, 64, NOWHERE, 64, NOWHERE, 64);
  else if (target == "log") consoleLogRaw(NOWHERE, 64);
  else guestResponse(NOWHERE, 64);
  return 1;
}

/** Never returns. */
function spin(payload: ArrayBuffer): ArrayBuffer | null {
  while (true) {}
}

/** The instruction `unreachable`. */
function trap(payload: ArrayBuffer): ArrayBuffer | null {
  unreachable();
  return null;
}

/** A failed assertion: logs a line, then traps. */
function assertFalse(payload: ArrayBuffer): ArrayBuffer | null {
  assert(payload.byteLength > i32.MAX_VALUE - 1, "asserted on purpose");
  return null;
}

/** `{pages}`: takes so many more pages, or as many as the host allows. Answers `{grown, pages}`. */
function grow(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const wanted = fields.i32("pages");
  if (fields.undecodable) return fields.refuse();
  const before = memory.size();
  let left = min(wanted, MOST_PAGES - before);
  for (let step = left; left > 0 && step > 0; ) {
    if (memory.grow(step) >= 0) left -= step;
    else step >>= 1;
    step = min(step, left);
  }
  const pages = memory.size();
  return new PackWriter().map(2).text("grown").int(pages - before).text("pages").int(pages).finish();
}

/** `{bytes}`: answers with so many bytes. */
function oversize(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const bytes = fields.i32("bytes");
  if (fields.undecodable) return fields.refuse();
  return new ArrayBuffer(bytes);
}

/** `{bytes, target?, operation?}`: a host call with so many bytes. Answers `{bytes}`, the length of the answer. */
function hostCallOversize(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const bytes = fields.i32("bytes");
  const target = fields.textOr("target", "wasmcloud:keyvalue");
  const operation = fields.textOr("operation", "Set");
  if (fields.undecodable) return fields.refuse();
  const answer = hostCall(target, operation, new ArrayBuffer(bytes));
  if (answer === null) return null;
  return new PackWriter().map(1).text("bytes").int(answer.byteLength).finish();
}

/** Calls itself until the stack is used up. */
function recurse(payload: ArrayBuffer): ArrayBuffer | null {
  return descend(payload.byteLength) == 0 ? null : payload;
}

function descend(depth: i32): i32 {
  return depth < 0 ? 0 : descend(depth + 1) + depth;
}

/** `{target, operation, payload?, binding?}`: that host call. Answers with the host's answer, unchanged. */
function call(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const target = fields.text("target");
  const operation = fields.text("operation");
  const message = fields.bytesOrNone("payload");
  const binding = fields.textOr("binding", "default");
  if (fields.undecodable) return fields.refuse();
  return hostCall(target, operation, message, binding);
}

/** `{operation, payload?}`: calls this actor under its own alias, which can only wait for itself. */
function callSelf(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const operation = fields.text("operation");
  const message = fields.bytesOrNone("payload");
  if (fields.undecodable) return fields.refuse();
  return hostCall(OWN_ALIAS, operation, message);
}

/** `{text, count?}`: logs the line so often. */
function log(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const text = fields.text("text");
  const count = fields.i32Or("count", 1);
  if (fields.undecodable) return fields.refuse();
  for (let i = 0; i < count; i++) consoleLog(text);
  return allocate(0);
}
