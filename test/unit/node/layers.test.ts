import { describe, expect, test } from "vitest";
import { checkLayers } from "../../support/layers/check.ts";

function violationsOf(path: string, text: string): readonly string[] {
  return checkLayers(new Map([[path, text]])).violations;
}

describe("what the layer check accepts", () => {
  test.each([
    ["src/claims/jwt.ts", 'import { KeyPair } from "../keys/index.ts";\nimport { jwtVerify } from "jose";'],
    ["src/claims/jwt.ts", 'import { part } from "./part.ts";\nexport * from "./other.ts";'],
    [
      "src/claims/deep/jwt.ts",
      'import { part } from "../part.ts"; import type { E } from "../../errors/index.ts";',
    ],
    ["src/host/host.ts", 'import { x } from "../dispatch/index.ts"; import * as v from "valibot";'],
    ["src/index.ts", 'export * from "./host/index.ts";'],
    ["src/actors/client.ts", 'new Worker(new URL("./actor-worker.ts", import.meta.url));'],
    [
      "web/worker.ts",
      'import "../src/index.ts"; import * as comlink from "comlink"; import "../src/host/index.ts";',
    ],
    ["node/main.ts", 'import { readFileSync } from "node:fs"; import "./system/ports.ts";'],
    ["test/unit/a.test.ts", 'import "../../src/claims/jwt.ts";'],
  ])("%s: %s", (path, text) => {
    expect(violationsOf(path, text)).toEqual([]);
  });
});

describe("what the layer check refuses", () => {
  test.each([
    ["a floor below", "src/claims/a.ts", 'import "../host/index.ts";', "lies below it"],
    [
      "a private file of another floor",
      "src/claims/a.ts",
      'import "../keys/text.ts";',
      "private to src/keys",
    ],
    ["a type from below", "src/keys/a.ts", 'let a: import("../claims/index.ts").Claims;', "lies below it"],
    [
      "a type-only import from below",
      "src/keys/a.ts",
      'import type { C } from "../claims/index.ts";',
      "lies below",
    ],
    ["a re-export from below", "src/keys/a.ts", 'export * from "../claims/index.ts";', "lies below it"],
    ["a dynamic import from below", "src/keys/a.ts", 'await import("../claims/index.ts");', "lies below it"],
    ["a computed import", "src/keys/a.ts", "await import(name);", "computed import"],
    ["a worker of another floor", "src/keys/a.ts", 'new URL("../actors/w.ts", import.meta.url);', "private"],
    ["the door of the whole house", "src/keys/a.ts", 'import "../index.ts";', "only src/index.ts may gather"],
    ["an adapter", "src/host/a.ts", 'import "../../web/index.ts";', "lies outside"],
    ["a module of Node", "src/keys/a.ts", 'import "node:crypto";', "must not import node:crypto"],
    ["a module of Node by its old name", "src/keys/a.ts", 'import "fs";', "must not import the package fs"],
    ["an unknown package", "src/keys/a.ts", 'import "left-pad/x";', "the package left-pad"],
    [
      "a package of another floor",
      "src/host/a.ts",
      'import { connect } from "nats.ws";',
      "is for src/lattice only",
    ],
    ["types of Node", "src/keys/a.ts", '/// <reference types="node" />', "the package node"],
    ["types of the DOM", "src/keys/a.ts", '/// <reference lib="dom" />', "library: dom"],
    ["a folder that is no floor", "src/helpers/a.ts", "export {};", "not a floor"],
    ["a private file from an adapter", "web/a.ts", 'import "../src/claims/jwt.ts";', "is private"],
    ["one adapter in another", "web/a.ts", 'import "../node/index.ts";', "web must not import node/index.ts"],
    ["tests in an adapter", "node/a.ts", 'import "../test/support/nats.ts";', "node must not import test/"],
  ])("%s", (_what, path, text, problem) => {
    const violations = violationsOf(path, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(`${path}:1: `);
    expect(violations[0]).toContain(problem);
  });

  test("names the line of the import", () => {
    expect(violationsOf("src/keys/a.ts", '\n\nimport "../claims/index.ts";')[0]).toMatch("src/keys/a.ts:3: ");
  });

  test("a file of more than 400 lines; one of more than 300 is told", () => {
    const lines = (count: number): string => "export {};\n".repeat(count);
    const report = checkLayers(
      new Map([
        ["src/keys/exact.ts", lines(300)],
        ["src/keys/long.ts", lines(400)],
        ["src/keys/longer.ts", lines(401)],
        ["web/any.ts", lines(500)],
      ]),
    );
    expect(report.warnings).toEqual(["src/keys/long.ts:400: longer than 300 lines"]);
    expect(report.violations).toEqual(["src/keys/longer.ts:401: longer than 400 lines"]);
  });
});
