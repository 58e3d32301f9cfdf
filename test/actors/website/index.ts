// Answers HTTP requests as no good actor would. For tests only.
import { consoleLog, Fields, hostCall, HttpRequest, JsonWriter, ok, on, PackWriter } from "../guest";

export { __guest_call } from "../guest";

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
}

function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const request = new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  const parts = request.path.split("/");
  const what = parts.length > 1 ? parts[1] : "";
  const argument = parts.length > 2 ? parts[2] : "";
  if (what == "spin") while (true) {}
  if (what == "trap") unreachable();
  if (what == "late") return late();
  if (what == "garbage") return String.UTF8.encode("no response");
  if (what == "status") return answer(<u32>parseInt(argument), new ArrayBuffer(3));
  if (what == "large") return answer(200, new ArrayBuffer(<i32>parseInt(argument)));
  if (what == "headers") return headers();
  if (what == "bad-header") return badHeader();
  if (what == "encoded") return encoded(request.body);
  if (what == "log") consoleLog("said by the guest");
  if (what == "write") return write();
  if (what == "fetch") return fetch(request.method, request.queryString, request.body);
  return answer(200, request.body);
}

/** Waits for host calls again and again, and never answers. */
function late(): ArrayBuffer | null {
  const question = new PackWriter().map(1).text("key").text("nothing").finish();
  while (true) hostCall("wasmcloud:keyvalue", "Get", question);
}

function answer(status: u32, body: ArrayBuffer): ArrayBuffer {
  return begin(status).map(0).text("body").bytes(body).finish();
}

/** What the connection's own headers say is not for an actor to decide. */
function headers(): ArrayBuffer {
  return begin(201)
    .map(4)
    .text("x-one")
    .text("1")
    .text("Content-Length")
    .text("1")
    .text("transfer-encoding")
    .text("chunked")
    .text("content-type")
    .text("text/plain")
    .text("body")
    .bytes(String.UTF8.encode("several letters"))
    .finish();
}

function badHeader(): ArrayBuffer {
  return begin(200)
    .map(1)
    .text("x-split")
    .text("a\r\nset-cookie: b=c")
    .text("body")
    .bytes(new ArrayBuffer(0))
    .finish();
}

/** Says of what it was sent that it is compressed. */
function encoded(body: ArrayBuffer): ArrayBuffer {
  return begin(200).map(1).text("content-encoding").text("gzip").text("body").bytes(body).finish();
}

function begin(status: u32): PackWriter {
  return new PackWriter().map(4).text("statusCode").unsigned(status).text("status").text("").text("header");
}

function write(): ArrayBuffer | null {
  const line = new PackWriter().map(3).text("target").text("t").text("level").text("WARN").text("text").text("a line");
  const answered = hostCall("wasmcloud:logging", "WriteLog", line.finish());
  if (answered === null) return null;
  return ok(new JsonWriter().number(answered.byteLength).finish());
}

/** Fetches the address in the query and answers with the response, as it came. */
function fetch(method: string, url: string, body: ArrayBuffer): ArrayBuffer | null {
  const request = new PackWriter().map(4).text("method").text(method).text("url").text(url).text("headers").map(1);
  request.text("x-from").text("actor").text("body").bytes(body);
  return hostCall("wasmcloud:httpclient", "Request", request.finish());
}
