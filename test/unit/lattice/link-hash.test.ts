import { expect, test } from "vitest";
import { linkHash } from "../../../src/lattice/index.ts";
import { vectors } from "./lattice-vectors.ts";

test.each(vectors.linkHashes)("the hash of $actorId, $contractId, $linkName is $hash", (vector) => {
  expect(linkHash(vector.actorId, vector.contractId, vector.linkName).toString()).toBe(vector.hash);
});

test("what is divided differently has another hash", () => {
  expect(linkHash("ab", "c", "d")).not.toBe(linkHash("a", "bc", "d"));
});
