import { Fields, hostCall, HttpRequest, httpResponse, JsonWriter, on, PackReader, PackWriter, TextPair, textResponse, writeJson } from "../guest";

export { __guest_call } from "../guest";

const GRAPHDB = "wasmcloud:graphdb";

export function wapc_init(): void {
  on("HandleRequest", handleRequest);
}

/** `POST /GRAPH` asks a graph the query in the body, `DELETE /GRAPH` removes it; answers are shown as JSON. */
function handleRequest(payload: ArrayBuffer): ArrayBuffer | null {
  const fields = new Fields(payload);
  const request = new HttpRequest(fields);
  if (fields.undecodable) return fields.refuse();
  const graph = request.path.substring(1);
  if (request.method == "POST") {
    const query = new PackWriter().map(2).text("graphName").text(graph).text("query");
    return show(hostCall(GRAPHDB, "QueryGraph", query.text(String.UTF8.decode(request.body)).finish()));
  }
  if (request.method == "DELETE") {
    return show(hostCall(GRAPHDB, "DeleteGraph", new PackWriter().map(1).text("graphName").text(graph).finish()));
  }
  return textResponse(405, "Method Not Allowed", "POST or DELETE /GRAPH");
}

function show(answer: ArrayBuffer | null): ArrayBuffer | null {
  if (answer === null) return null;
  const reader = new PackReader(answer);
  const json = new JsonWriter();
  writeJson(reader, json);
  reader.demand();
  return httpResponse(200, "OK", [new TextPair("content-type", "application/json")], json.finish());
}
