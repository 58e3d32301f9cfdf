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
  return new PackWriter()
    .map(4)
    .text("statusCode")
    .unsigned(200)
    .text("status")
    .text("OK")
    .text("header")
    .map(0)
    .text("body")
    .bytes(body)
    .finish();
}
