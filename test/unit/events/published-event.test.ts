import { describe, expect, it } from "vitest";
import { type ActorClaims, parseActorPayload } from "../../../src/claims/index.ts";
import { type HostEventBody, publishedEvent } from "../../../src/events/index.ts";
import { vectors } from "../lattice/lattice-vectors.ts";

const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const ACTOR = "MAU2ZOXBIG6MV4FSFYNJJU2NBPDTMHSSNUF74EWIS6KLZEZCSZW5PMMJ";
const HEADER = `"header":{"host_origin":"${HOST}","timestamp":1620000000}}`;
/** The claims of protocol section 3.8, as they are sent in heartbeats. */
const CLAIMS = JSON.stringify(vectors.claims.payload);

function published(body: HostEventBody, claims: readonly ActorClaims[] = []): string | undefined {
  return publishedEvent({ ...body, time: 1_620_000_000_999 }, HOST, () => claims);
}

const provider = { provider: "VASU", contractId: "wasmcloud:keyvalue", linkName: "default", name: "Redis" };

describe("what is published, byte for byte as in protocol section 9", () => {
  it.each<readonly [HostEventBody, string]>([
    [{ type: "host_started" }, `{"event":"HostStarted",${HEADER}`],
    [{ type: "host_stopped" }, `{"event":"HostStopped",${HEADER}`],
    [
      { type: "actor_started", actor: ACTOR, name: "Echo", reference: "registry.example.com/echo:0.2.1" },
      `{"event":{"ActorStarted":{"actor":"${ACTOR}","image_ref":"registry.example.com/echo:0.2.1"}},${HEADER}`,
    ],
    [
      { type: "actor_started", actor: ACTOR, name: "Echo" },
      `{"event":{"ActorStarted":{"actor":"${ACTOR}","image_ref":null}},${HEADER}`,
    ],
    [
      { type: "actor_stopped", actor: ACTOR, name: "Echo" },
      `{"event":{"ActorStopped":{"actor":"${ACTOR}"}},${HEADER}`,
    ],
    [
      { type: "provider_started", ...provider, reference: "registry.example.com/redis:0.11.2" },
      '{"event":{"ProviderStarted":{"contract_id":"wasmcloud:keyvalue","link_name":"default",' +
        `"provider_id":"VASU","image_ref":"registry.example.com/redis:0.11.2"}},${HEADER}`,
    ],
    [
      { type: "provider_started", ...provider },
      '{"event":{"ProviderStarted":{"contract_id":"wasmcloud:keyvalue","link_name":"default",' +
        `"provider_id":"VASU","image_ref":null}},${HEADER}`,
    ],
    [
      { type: "provider_stopped", ...provider },
      '{"event":{"ProviderStopped":{"contract_id":"wasmcloud:keyvalue","link_name":"default",' +
        `"provider_id":"VASU"}},${HEADER}`,
    ],
  ])("%j", (body, line) => {
    expect(published(body)).toBe(line);
  });

  it("a heartbeat, with all claims known and the state of everything here", () => {
    const claims = parseActorPayload(vectors.claims.payload);
    const line = published(
      {
        type: "heartbeat",
        states: {
          [ACTOR]: { state: "running" },
          VASU: { state: "unhealthy", reason: "No successful health check response from target" },
        },
      },
      [claims],
    );
    expect(line).toBe(
      `{"event":{"Heartbeat":{"claims":[${CLAIMS}],"entities":{"${ACTOR}":"Running",` +
        `"VASU":{"Unhealthy":"No successful health check response from target"}}}},${HEADER}`,
    );
  });

  it("a heartbeat of an empty host", () => {
    expect(published({ type: "heartbeat", states: {} })).toBe(
      `{"event":{"Heartbeat":{"claims":[],"entities":{}}},${HEADER}`,
    );
  });
});

describe("what has no form on the lattice", () => {
  const link = {
    actorId: "M",
    providerId: "V",
    contractId: "c",
    linkName: "default",
    values: { KEY: "secret" },
  };
  const error = { code: "internal", message: "", details: {} } as const;
  const call = {
    route: "local",
    origin: { kind: "actor", id: "M" },
    target: { kind: "actor", id: "M" },
    operation: "Op",
    durationMs: 1,
    requestBytes: 1,
    responseBytes: 1,
  } as const;

  it.each<HostEventBody>([
    { type: "lattice_changed", state: "connected" },
    { type: "actor_failed", actor: "M", name: "n", error },
    { type: "link_set", link },
    { type: "link_removed", link },
    { type: "link_bound", link },
    { type: "call", call },
  ])("is not published: $type", (body) => {
    expect(published(body)).toBeUndefined();
  });

  it("does not even have the claims collected", () => {
    const claims = (): never => {
      throw new Error("asked for");
    };
    expect(publishedEvent({ type: "host_started", time: 0 }, HOST, claims)).toContain("HostStarted");
  });
});
