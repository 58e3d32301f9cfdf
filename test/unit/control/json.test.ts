import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { decodeJson, encodeJson, mapOf, text, textMap } from "../../../src/control/json.ts";

const bytes = (json: string): Uint8Array => new TextEncoder().encode(json);
const read = (json: string, maxBytes = 1_000): unknown =>
  decodeJson(v.object({ map: textMap }), bytes(json), maxBytes).map;

describe("a message", () => {
  it("is written compactly, in the order of its members", () => {
    expect(new TextDecoder().decode(encodeJson({ b: "ü", a: null }))).toBe('{"b":"ü","a":null}');
  });

  it.each([
    ["nothing", ""],
    ["no JSON", "{"],
    ["an array", '[{"map":{}}]'],
    ["a text", '"x"'],
    ["null", "null"],
    ["without a member", "{}"],
    ["with two values", '{"map":{}}{}'],
    ["with a byte order mark", '\ufeff{"map":{}}'],
    ["nested without end", "[".repeat(900)],
  ])("that is %s is refused with the reason", (_what, json) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ code: "input.invalid", message: expect.stringMatching(/./) }),
    );
  });

  it("that is no UTF-8 is refused", () => {
    const wrong = Uint8Array.from([...bytes('{"map":{"'), 0xff, ...bytes('":""}}')]);
    expect(() => decodeJson(v.object({ map: textMap }), wrong, 1_000)).toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
  });

  it("that is longer than the limit is not even parsed", () => {
    expect(() => read(" ".repeat(11), 10)).toThrow(
      expect.objectContaining({ code: "input.too_large", message: "message of 11 bytes" }),
    );
    expect(read('{"map":{}}', 10)).toEqual({});
  });

  it("is quoted in the reason no further than 300 characters", () => {
    const wrong = `{"map":"${"x".repeat(500)}"}`;
    expect(() => read(wrong)).toThrow(/^map: .{1,300}$/);
    expect(() => decodeJson(v.object({ map: v.number() }), bytes(wrong), 1_000)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(/^.{300}$/) }),
    );
  });
});

describe("texts by name", () => {
  it("may have any names, and no others are found", () => {
    const map = read('{"map":{"__proto__":"a","constructor":"b","prototype":"c","toString":"d"}}') as object;
    expect(Object.entries(map)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
      ["prototype", "c"],
      ["toString", "d"],
    ]);
    expect(Object.getPrototypeOf(map)).toBeNull();
    expect(({} as Record<string, unknown>)["a"]).toBeUndefined();
    expect((read('{"map":{}}') as Record<string, unknown>)["constructor"]).toBeUndefined();
  });

  it.each([
    ["an array", "[]"],
    ["null", "null"],
    ["a text", '"x"'],
    ["a number as value", '{"a":1}'],
    ["null as value", '{"a":null}'],
    ["an object as __proto__", '{"__proto__":{"a":"b"}}'],
    ["a name that is too long", `{"${"a".repeat(4_097)}":""}`],
    ["a value that is too long", `{"a":"${"b".repeat(65_537)}"}`],
  ])("with %s are refused", (_what, map) => {
    expect(() => read(`{"map":${map}}`, 100_000)).toThrow(expect.objectContaining({ code: "input.invalid" }));
  });

  it("are no more than the bound", () => {
    const three = '{"map":{"a":"","b":"","c":""}}';
    const schema = (bound: number) => v.object({ map: mapOf(text, bound) });
    expect(Object.keys(decodeJson(schema(3), bytes(three), 100).map)).toEqual(["a", "b", "c"]);
    expect(() => decodeJson(schema(2), bytes(three), 100)).toThrow("map: More than 2 members");
  });
});
