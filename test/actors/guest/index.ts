// Everything an actor needs to speak waPC 0.18: `on` in `wapc_init`, `export { __guest_call } from "../guest"`, done.
import "./abort"; // Named only on the compiler's command line.

export { Call, receive, refuse, respond } from "./call";
export { fail, takeFailure } from "./failure";
export { Fields } from "./fields";
export { __guest_call, Handler, on, serve } from "./handlers";
export { health } from "./health";
export { allocate, mark, release } from "./heap";
export { hostCall } from "./host-call";
export { HttpRequest, httpResponse, ok, textResponse } from "./http";
export { JsonWriter } from "./json-writer";
export { consoleLog } from "./log";
export { PackReader, TextPair } from "./pack-reader";
export { PackWriter } from "./pack-writer";
export { writeJson } from "./transcode";
