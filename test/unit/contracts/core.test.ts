import { describe, expect, it } from "vitest";
import {
  CORE_OPERATIONS,
  decodeCapabilityConfiguration,
  decodeHealthResponse,
  encodeCapabilityConfiguration,
  encodeHealthRequest,
  encodeHealthResponse,
} from "../../../src/contracts/index.ts";
import { vectors } from "../lattice/lattice-vectors.ts";
import { bytes, hex, NOTHING, pack, vector } from "./payloads.ts";

const ACTOR = vectors.invocation.target.id;
const HIDDEN = {
  PORT: "8080",
  __wasmcloud_capabilities: "wasmcloud:httpserver,wasmcloud:keyvalue",
  __wasmcloud_expires: "0",
  __wasmcloud_issuer: "AALUKU5UK3O57RUQR3FLDQIB7ZVLEHRLVIDBO6K3PVB2MNECTE75LV2E",
  __wasmcloud_name: "Echo",
  __wasmcloud_tags: "",
};

describe("the core contract", () => {
  it("names the operations of the protocol", () => {
    expect(CORE_OPERATIONS).toEqual({
      health: "HealthRequest",
      bind: "BindActor",
      remove: "RemoveActor",
      halt: "__halt",
    });
  });

  it("asks for health in 14 bytes", () => {
    expect(hex(encodeHealthRequest())).toBe(vector("HealthRequest").hex);
    expect(encodeHealthRequest()).toHaveLength(14);
  });

  it("answers a health check as first-party actors do", () => {
    expect(hex(encodeHealthResponse({ healthy: true, message: "" }))).toBe(vector("HealthResponse").hex);
    expect(decodeHealthResponse(vector("HealthResponse").bytes)).toEqual({ healthy: true, message: "" });
  });

  it.each([
    ["CapabilityConfiguration, no values", { module: "MA", values: {} }],
    ["CapabilityConfiguration, one value", { module: "MA", values: { PORT: "8080" } }],
    ["CapabilityConfiguration, hidden values", { module: ACTOR, values: HIDDEN }],
  ])("writes and reads %s byte for byte", (name, configuration) => {
    expect(hex(encodeCapabilityConfiguration(configuration))).toBe(vector(name).hex);
    expect(decodeCapabilityConfiguration(vector(name).bytes)).toEqual(configuration);
  });

  it("has the 289 bytes of the protocol for a link with its hidden values", () => {
    expect(vector("CapabilityConfiguration, hidden values").bytes).toHaveLength(289);
  });

  it("takes fields by position, in any order, among unknown ones, and with bytes after them", () => {
    expect(decodeHealthResponse(pack([false, "ill"]))).toEqual({ healthy: false, message: "ill" });
    expect(decodeHealthResponse(pack({ message: "", more: [{}], healthy: true }))).toEqual({
      healthy: true,
      message: "",
    });
    expect(decodeHealthResponse(bytes(`${vector("HealthResponse").hex}c1c1`))).toEqual({
      healthy: true,
      message: "",
    });
    expect(decodeCapabilityConfiguration(pack(["MA", { A: "1" }]))).toEqual({
      module: "MA",
      values: { A: "1" },
    });
  });

  it("counts absent or nil-free values of a configuration as none", () => {
    expect(decodeCapabilityConfiguration(pack({ module: "MA" }))).toEqual({ module: "MA", values: {} });
  });

  it.each([
    ["a missing field", pack({ healthy: true })],
    ["a wrong type", pack({ healthy: "yes", message: "" })],
    ["nil", pack(null)],
    ["a number", pack(1)],
    ["nothing", NOTHING],
  ])("refuses a health answer that is %s", (_what, payload) => {
    expect(() => decodeHealthResponse(payload)).toThrow(
      expect.objectContaining({
        code: "provider.bad_request",
        message: expect.stringMatching(/^Failed to de-serialize: ./),
      }),
    );
  });

  it("names the field that does not fit", () => {
    expect(() => decodeCapabilityConfiguration(pack({ module: 1, values: {} }))).toThrow("field `module`");
    expect(() => decodeCapabilityConfiguration(pack({ module: "M", values: { a: 1 } }))).toThrow(
      "field `values.a`",
    );
    expect(() => decodeCapabilityConfiguration(pack({ module: "M".repeat(257), values: {} }))).toThrow(
      "field `module`",
    );
  });

  it("cannot be made to touch the prototype of objects", () => {
    const values = bytes("82a66d6f64756c65a24d41a676616c75657381a95f5f70726f746f5f5f81a161a162");
    expect(() => decodeCapabilityConfiguration(values)).toThrow(/^Failed to de-serialize: .*__proto__/);
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
  });
});
