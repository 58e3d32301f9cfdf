import { describe, expect, it } from "vitest";
import { parseChallenges } from "../../../src/registry/challenge.ts";

function read(header: string): [string, Record<string, string>][] {
  return parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
}

describe("a challenge", () => {
  it.each<[string, [string, Record<string, string>][]]>([
    [
      'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull,push"',
      [
        [
          "bearer",
          {
            realm: "https://auth.example.com/token",
            service: "registry",
            scope: "repository:a/b:pull,push",
          },
        ],
      ],
    ],
    [
      'Basic realm="x", Bearer realm="y"',
      [
        ["basic", { realm: "x" }],
        ["bearer", { realm: "y" }],
      ],
    ],
    [
      "Negotiate YWJj==, BASIC Realm = plain",
      [
        ["negotiate", {}],
        ["basic", { realm: "plain" }],
      ],
    ],
    ['Bearer realm="a\\"b\\\\c"', [["bearer", { realm: 'a"b\\c' }]]],
    [
      "Bearer realm=https://a.example/t,service=s",
      [["bearer", { realm: "https://a.example/t", service: "s" }]],
    ],
    ['Bearer realm="first",realm="second"', [["bearer", { realm: "first" }]]],
    [",,, Basic ,,,", [["basic", {}]]],
    ["", []],
    ['realm="nobody asked"', []],
    ['"', []],
    ['Bearer realm="never ends', [["bearer", {}]]],
    ["\u0000\u0001", []],
  ])("%j is read", (header, challenges) => {
    expect(read(header)).toEqual(challenges);
  });

  it("of any garbage is read to some end", () => {
    const pieces = ["Bearer", "Basic", " ", ",", "=", '"', "\\", "realm", "x", "/", "é", "\t", "=="];
    let seed = 7;
    for (let round = 0; round < 2_000; round += 1) {
      let text = "";
      for (let count = 0; count < 12; count += 1) {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        text += pieces[seed % pieces.length];
      }
      for (const { scheme } of parseChallenges(text)) expect(scheme).toMatch(/^[!-~]+$/);
    }
  });

  it("of endless text ends", () => {
    expect(read(`Bearer realm="${"\\".repeat(100_000)}`).length).toBeLessThan(3);
    expect(read("Basic ".repeat(100_000)).length).toBeLessThan(2_000);
  });
});
