import { Fields } from "./fields";
import { PackWriter } from "./pack-writer";
import { TextPair } from "./pack-reader";

/** A request of the `wasmcloud:httpserver` contract, section 7.2. All members are required. */
export class HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly queryString: string;
  readonly header: TextPair[];
  readonly body: ArrayBuffer;

  constructor(fields: Fields) {
    this.method = fields.text("method");
    this.path = fields.text("path");
    this.queryString = fields.text("queryString");
    this.header = fields.texts("header");
    this.body = fields.bytes("body");
  }
}

/** Answers an HTTP request with 200 and a body. */
export function ok(body: ArrayBuffer): ArrayBuffer {
  return httpResponse(200, "OK", [], body);
}

/** Answers an HTTP request. */
export function httpResponse(
  statusCode: u32,
  status: string,
  header: TextPair[],
  body: ArrayBuffer,
): ArrayBuffer {
  const writer = new PackWriter().map(4).text("statusCode").unsigned(statusCode).text("status").text(status);
  writer.text("header").map(header.length);
  for (let i = 0; i < header.length; i++) writer.text(header[i].name).text(header[i].value);
  return writer.text("body").bytes(body).finish();
}

/** Answers an HTTP request with a line of text. */
export function textResponse(statusCode: u32, status: string, line: string): ArrayBuffer {
  const header = [new TextPair("content-type", "text/plain; charset=utf-8")];
  return httpResponse(statusCode, status, header, String.UTF8.encode(line));
}
