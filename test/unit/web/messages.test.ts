import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/index.ts";
import {
  isPageMessage,
  readFrontMessage,
  readHostMessage,
  readPagesMessage,
} from "../../../web/service-worker/messages.ts";

const answer = { kind: "answer", id: 1, status: 200, statusText: "OK", headers: [["a", "b"]], body: null };
const request = { kind: "request", id: 1, method: "GET", url: "/", mode: "cors", headers: [], body: null };

function refusal(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error instanceof HostError ? error.code : error;
  }
}

describe("messages of the HTTP front", () => {
  it("are read as they are", () => {
    const ofHosts = [
      { kind: "hello", host: "0b-1" },
      { kind: "routes", routes: [{ actor: "M", path: "/http/a", isHere: false }] },
      { kind: "ready", id: 7 },
      { ...answer, body: new ArrayBuffer(3) },
    ];
    const ofFronts = [
      { kind: "routes?" },
      { kind: "offer", id: 7 },
      { ...request, body: new ArrayBuffer(0) },
    ];
    expect(ofHosts.map(readHostMessage)).toEqual(ofHosts);
    expect(ofFronts.map(readFrontMessage)).toEqual(ofFronts);
    expect(isPageMessage({ kind: "weblattice-http-host" })).toBe(true);
    const question = { kind: "weblattice-http-hosts?", known: ["a"] };
    expect(readPagesMessage(question)).toEqual(question);
  });

  it.each([
    undefined,
    "hello",
    {},
    { kind: "hello", host: "" },
    { kind: "hello", host: "a b" },
    { kind: "ready" },
    { kind: "ready", id: 0 },
    { kind: "ready", id: 1.5 },
    { kind: "routes", routes: [{ actor: "M", path: 1, isHere: true }] },
    { ...answer, status: 99 },
    { ...answer, status: 600 },
    { ...answer, headers: [["a"]] },
    { ...answer, headers: { a: "b" } },
    { ...answer, body: "text" },
    { ...answer, statusText: "x".repeat(2_000) },
    request,
  ])("of hosts are refused as %j", (data) => {
    expect(refusal(() => readHostMessage(data))).toBe("input.invalid");
  });

  it.each([
    null,
    { kind: "offer" },
    { ...request, url: "x".repeat(70_000) },
    { ...request, body: [1] },
    answer,
  ])("of the front are refused as %j", (data) => {
    expect(refusal(() => readFrontMessage(data))).toBe("input.invalid");
  });

  it("of pages are told from all others", () => {
    expect([undefined, "weblattice-http-host", { kind: "other" }].map(isPageMessage)).toEqual([
      false,
      false,
      false,
    ]);
    expect([undefined, {}, { kind: "weblattice-http-hosts?", known: "a" }].map(readPagesMessage)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
