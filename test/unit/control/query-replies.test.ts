import { describe, expect, it } from "vitest";
import type { ActorClaims } from "../../../src/claims/index.ts";
import { claimsReply, hostReply, inventoryReply, linksReply } from "../../../src/control/query-replies.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const HOST = "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB";
const ECHO = "registry.example.com/echo:0.2.1";

const CLAIMS: ActorClaims = {
  subject: "MAU2",
  issuer: "AALU",
  tokenId: "t",
  issuedAt: 1,
  name: "Echo",
  moduleHash: "26D8",
  tags: [],
  capabilities: ["wasmcloud:httpserver", "wasmcloud:keyvalue"],
  revision: 2,
  version: "0.2.1",
  isProvider: false,
};

describe("what a host answers to queries, byte for byte as in protocol section 8.2", () => {
  it("says who it is", () => {
    expect(text(hostReply(HOST, 3_600))).toBe(`{"id":"${HOST}","uptime":3600}`);
  });

  it("tells what runs on it, references only where there are any", () => {
    const labels = { "hostcore.os": "linux", "hostcore.arch": "x86_64", "hostcore.osfamily": "unix" };
    const inventory = inventoryReply(HOST, {
      labels,
      actors: [{ id: "MAU2", reference: ECHO, name: "Echo", revision: 2 }],
      providers: [
        { id: "VDHP", linkName: "default", name: "wasmcloud Extras", revision: 0 },
        { id: "VASU", linkName: "web", reference: "http:0.1", name: "Server", revision: 1 },
      ],
    });
    expect(text(inventory)).toBe(
      `{"host_id":"${HOST}","labels":{"hostcore.os":"linux","hostcore.arch":"x86_64","hostcore.osfamily":"unix"},` +
        `"actors":[{"id":"MAU2","image_ref":"registry.example.com/echo:0.2.1","name":"Echo","revision":2}],` +
        `"providers":[{"id":"VDHP","link_name":"default","name":"wasmcloud Extras","revision":0},` +
        `{"id":"VASU","link_name":"web","image_ref":"http:0.1","name":"Server","revision":1}]}`,
    );
  });

  it("tells no more of what runs on it than the protocol has", () => {
    const actor = { id: "M", name: "n", revision: 0, health: { state: "running" }, pending: 1 };
    expect(text(inventoryReply("N", { labels: {}, actors: [actor], providers: [] }))).toBe(
      '{"host_id":"N","labels":{},"actors":[{"id":"M","name":"n","revision":0}],"providers":[]}',
    );
  });

  it("tells labels of any name", () => {
    const labels = JSON.parse('{"__proto__":"a","constructor":"b"}');
    expect(text(inventoryReply("N", { labels, actors: [], providers: [] }))).toBe(
      '{"host_id":"N","labels":{"__proto__":"a","constructor":"b"},"actors":[],"providers":[]}',
    );
  });

  it("tells claims as flat texts, with version rather than ver", () => {
    expect(text(claimsReply([CLAIMS]))).toBe(
      '{"claims":[{"values":{"sub":"MAU2","iss":"AALU","caps":"wasmcloud:httpserver,wasmcloud:keyvalue",' +
        '"rev":"2","version":"0.2.1"}}]}',
    );
  });

  it("tells what claims lack as empty texts and 0", () => {
    const { capabilities: _capabilities, version: _version, ...bare } = { ...CLAIMS, revision: 0 };
    expect(text(claimsReply([bare]))).toBe(
      '{"claims":[{"values":{"sub":"MAU2","iss":"AALU","caps":"","rev":"0","version":""}}]}',
    );
    expect(text(claimsReply([]))).toBe('{"claims":[]}');
  });

  it("tells links with their values", () => {
    const link = {
      values: { PORT: "8080" },
      contractId: "wasmcloud:httpserver",
      linkName: "default",
      providerId: "VASU",
      actorId: "MAU2",
    };
    expect(text(linksReply([link]))).toBe(
      '{"links":[{"actor_id":"MAU2","provider_id":"VASU","link_name":"default",' +
        '"contract_id":"wasmcloud:httpserver","values":{"PORT":"8080"}}]}',
    );
    expect(text(linksReply([]))).toBe('{"links":[]}');
  });
});
