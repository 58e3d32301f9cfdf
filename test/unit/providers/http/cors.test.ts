import { expect, it } from "vitest";
import { decideCors, readCors } from "../../../../src/providers/http/cors.ts";

it.each([
  ["https://App.Example", "https://app.example"],
  ["https://app.example:443", "https://app.example"],
  ["http://app.example:80, https://other.example", "http://app.example"],
  ["https://bücher.example", "https://xn--bcher-kva.example"],
])("an origin may be written as people do: %s", (CORS_ALLOWED_ORIGINS, origin) => {
  const request = { method: "GET", headers: new Headers({ origin }) };
  const decision = decideCors(readCors({ CORS_ALLOWED_ORIGINS }), request, new URL("http://actor.example/"));
  expect(decision).toMatchObject({ kind: "allowed", headers: { "access-control-allow-origin": origin } });
});
