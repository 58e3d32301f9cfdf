import { Fields, HttpRequest, JsonWriter, ok, on } from "../guest";

export { __guest_call } from "../guest";

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
  on("Echo", echo);
}

/** Shows the request it was sent. */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const request = new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  return ok(
    new JsonWriter()
      .raw('{"method":')
      .text(request.method)
      .raw(',"path":')
      .text(request.path)
      .raw(',"query_string":')
      .text(request.queryString)
      .raw(',"headers":')
      .texts(request.header)
      .raw(',"body":')
      .bytes(request.body)
      .raw("}")
      .finish(),
  );
}

/** Answers with the payload, whatever it is. */
function echo(payload: ArrayBuffer): ArrayBuffer | null {
  return payload;
}
