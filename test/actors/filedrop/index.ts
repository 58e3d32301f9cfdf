import { Fields, hostCall, HttpRequest, httpResponse, ok, on, PackWriter, TextPair, textResponse } from "../guest";
import { writeListing } from "./listing";
import { expectFile, forgetFile, isFetching, isWhole, MAX_BYTES, prepareSlot, takeBytes, takeFile } from "./slot";

export { __guest_call } from "../guest";

const BLOBSTORE = "wasmcloud:blobstore";
const CONTAINER = "drop";
const CHUNK: i32 = 65536;

export function wapc_init(): void {
  prepareSlot();
  on("HandleRequest", handleRequest);
  on("ReceiveChunk", receiveChunk);
}

/**
 * `PUT /NAME` keeps a file, `DELETE /NAME` removes it, `GET /` lists all. The contract sends a file in calls of its own,
 * so the first `GET /NAME` is answered by 202, and the next one after the file has arrived by the file. `PUT /NAME?from=7`
 * goes on with chunk 7 of a file that was interrupted.
 */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const request = new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  const name = request.path.substring(1);
  if (name == "") return request.method == "GET" ? list() : textResponse(405, "Method Not Allowed", "GET only");
  if (request.method == "PUT") return keep(name, request.body, firstChunk(request.queryString));
  if (request.method == "GET") return give(name);
  if (request.method == "DELETE") return remove(name);
  return textResponse(405, "Method Not Allowed", "GET, PUT or DELETE");
}

/** A part of a file that was asked for. */
function receiveChunk(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const sequence = fields.u64("sequenceNo");
  const id = fields.text("id");
  const chunkSize = fields.u64("chunkSize");
  const bytes = fields.bytes("chunkBytes");
  if (fields.undecodable) return fields.refuse();
  takeBytes(id, sequence * chunkSize, bytes);
  return new PackWriter().nil().finish();
}

/** -1: from the begin. */
function firstChunk(query: string): i32 {
  return query.startsWith("from=") ? <i32>parseInt(query.substring(5)) : -1;
}

function keep(name: string, body: ArrayBuffer, from: i32): ArrayBuffer | null {
  if (body.byteLength > MAX_BYTES) return textResponse(413, "Payload Too Large", "A file has at most 8 MiB");
  forgetFile(name);
  if (from < 0) {
    if (hostCall(BLOBSTORE, "CreateContainer", container()) === null) return null;
    const started = upload("StartUpload", name, body, 0, 0);
    if (started === null) return null;
    if (!succeeded(started)) return refusal(started);
  }
  for (let sequence = max(0, from), at = sequence * CHUNK; at < body.byteLength; at += CHUNK, sequence++) {
    const answer = upload("UploadChunk", name, body, sequence, min(CHUNK, body.byteLength - at));
    if (answer === null) return null;
    if (!succeeded(answer)) return refusal(answer);
  }
  return textResponse(201, "Created", "kept");
}

function give(name: string): ArrayBuffer | null {
  const object = new PackWriter().map(2).text("blob_id").text(name).text("container_id").text(CONTAINER).finish();
  const answer = hostCall(BLOBSTORE, "GetObjectInfo", object);
  if (answer === null) return null;
  const info = new Fields(answer);
  const size = <i32>info.u64("byteSize");
  const isThere = info.text("id") == name;
  info.demand();
  if (!isThere) {
    forgetFile(name);
    return textResponse(404, "Not Found", "There is no such file");
  }
  if (size == 0 || isWhole(name)) {
    const header = [new TextPair("content-type", "application/octet-stream")];
    return httpResponse(200, "OK", header, size == 0 ? new ArrayBuffer(0) : takeFile());
  }
  if (!isFetching(name)) {
    if (!expectFile(name, size)) return textResponse(413, "Payload Too Large", "A file has at most 8 MiB");
    const request = new PackWriter().map(4).text("blob_id").text(name).text("container_id").text(CONTAINER);
    request.text("chunk_size").int(CHUNK).text("context").nil();
    if (hostCall(BLOBSTORE, "StartDownload", request.finish()) === null) return null;
  }
  return httpResponse(202, "Accepted", [new TextPair("retry-after", "0")], String.UTF8.encode("fetching"));
}

function remove(name: string): ArrayBuffer | null {
  forgetFile(name);
  const object = new PackWriter().map(2).text("id").text(name).text("container_id").text(CONTAINER).finish();
  const answer = hostCall(BLOBSTORE, "RemoveObject", object);
  if (answer === null) return null;
  return succeeded(answer) ? textResponse(200, "OK", "removed") : textResponse(404, "Not Found", "There is no such file");
}

function list(): ArrayBuffer | null {
  if (hostCall(BLOBSTORE, "CreateContainer", container()) === null) return null;
  const answer = hostCall(BLOBSTORE, "ListObjects", new PackWriter().map(1).text("container_id").text(CONTAINER).finish());
  return answer === null ? null : ok(writeListing(answer));
}

/** One chunk, in the form of interface 0.2.2. */
function upload(operation: string, name: string, body: ArrayBuffer, sequence: i32, length: i32): ArrayBuffer | null {
  const start = sequence * CHUNK;
  const writer = new PackWriter().map(1).text("chunk").map(7);
  writer.text("sequenceNo").int(sequence);
  writer.text("container").map(1).text("id").text(CONTAINER);
  writer.text("id").text(name);
  writer.text("totalBytes").int(body.byteLength);
  writer.text("chunkSize").int(CHUNK);
  writer.text("context").nil();
  writer.text("chunkBytes").bytes(body.slice(start, start + length));
  return hostCall(BLOBSTORE, operation, writer.finish());
}

function container(): ArrayBuffer {
  return new PackWriter().map(1).text("id").text(CONTAINER).finish();
}

function succeeded(answer: ArrayBuffer): bool {
  const fields = new Fields(answer);
  const success = fields.bool("success");
  fields.demand();
  return success;
}

function refusal(answer: ArrayBuffer): ArrayBuffer {
  return textResponse(507, "Insufficient Storage", new Fields(answer).textOr("error", "The file was not kept"));
}
