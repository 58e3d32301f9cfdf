import { expect, it } from "vitest";
import { resolveEdgeOptions } from "../../../edge/options.ts";
import { testActor } from "../../support/actors.ts";

const { key } = testActor("echo");

it.each([
  ["route", { routes: [{ path: "/count", actor: "countr" }] }],
  ["link", { links: [{ actor: "countr", contract: "wasmcloud:keyvalue" }] }],
])("a %s of an actor that is not in the worker is refused where it is written", (_what, options) => {
  expect(() => resolveEdgeOptions(options)).toThrow('the actor "countr", which is neither');
});

it("a route may name the key of an actor that is started otherwise", () => {
  expect(resolveEdgeOptions({ routes: [{ actor: key }] }).routes).toEqual([{ actor: key }]);
});
