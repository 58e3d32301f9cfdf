import { beforeEach, describe, expect, it } from "vitest";
import { resolveActor, resolveTarget } from "../../../src/dispatch/index.ts";
import { LatticeCache } from "../../../src/lattice/index.ts";
import { testActor } from "../../support/actors.ts";
import { vectors } from "../lattice/lattice-vectors.ts";

const CALLER = vectors.invocation.target.id;
const OTHER = testActor("ponger").key;
const CONTRACT = "wasmcloud:keyvalue";

let cache: LatticeCache;
beforeEach(() => {
  cache = new LatticeCache();
});

function link(contractId: string, linkName: string, providerId: string): void {
  cache.putLink({ actorId: CALLER, contractId, linkName, providerId, values: {} });
}
const resolve = (namespace: string, binding = "default"): unknown =>
  resolveTarget(cache, CALLER, namespace, binding);

describe("whom a guest means", () => {
  it("is an actor by its key, whether anybody knows it or not", () => {
    expect(resolve(OTHER)).toEqual({ kind: "actor", id: OTHER });
  });

  it("is an actor by its call alias, exactly as it is written", () => {
    cache.claimAlias("wasmcloud/examples/ponger", OTHER);
    expect(resolve("wasmcloud/examples/ponger")).toEqual({ kind: "actor", id: OTHER });
    for (const near of ["wasmcloud/examples/Ponger", " wasmcloud/examples/ponger", "wasmcloud/examples"]) {
      expect(() => resolve(near)).toThrow(expect.objectContaining({ code: "dispatch.no_target" }));
    }
  });

  it("is the provider linked for a contract under a link name", () => {
    link(CONTRACT, "default", "VA");
    link(CONTRACT, "backup", "VB");
    expect(resolve(CONTRACT)).toEqual({
      kind: "provider",
      id: "VA",
      contractId: CONTRACT,
      linkName: "default",
    });
    expect(resolve(CONTRACT, "backup")).toMatchObject({ id: "VB", linkName: "backup" });
  });

  it.each(["", " ", "\t\n "])("is the provider of the default link for the blank binding %j", (binding) => {
    link(CONTRACT, "default", "VA");
    expect(resolve(CONTRACT, binding)).toMatchObject({ id: "VA", linkName: "default" });
  });

  it("is looked for in this order: key, alias, link", () => {
    link("shadowed", "default", "VA");
    link(OTHER, "default", "VB");
    expect(resolve("shadowed")).toMatchObject({ id: "VA" });
    cache.claimAlias("shadowed", OTHER);
    expect(resolve("shadowed")).toEqual({ kind: "actor", id: OTHER });
    expect(resolve(OTHER)).toEqual({ kind: "actor", id: OTHER });
  });

  it("cannot be captured by an alias that passes for a contract or a key", () => {
    link(CONTRACT, "default", "VA");
    for (const alias of [CONTRACT, OTHER, ""]) expect(cache.claimAlias(alias, CALLER)).toBe(false);
    expect(resolve(CONTRACT)).toMatchObject({ kind: "provider", id: "VA" });
    expect(resolve(OTHER)).toEqual({ kind: "actor", id: OTHER });
  });

  it("is not found by the links of other actors, contracts or names", () => {
    cache.putLink({
      actorId: OTHER,
      contractId: CONTRACT,
      linkName: "default",
      providerId: "VA",
      values: {},
    });
    link(CONTRACT, "backup", "VA");
    expect(() => resolve(CONTRACT)).toThrow(
      expect.objectContaining({
        code: "dispatch.no_target",
        message:
          `The target ${CONTRACT} was not found as an actor public key, an actor call alias, or as the contract ID ` +
          `in an existing link from source actor ${CALLER}`,
        hint: expect.stringContaining("under the link name default"),
      }),
    );
  });

  it.each([
    ["a provider's key", "VDHPKGFKDI34Y4RN4PWWZHRYZ6373HYRSNNEM4UTDLLOGO5B37TSVREP"],
    ["a key with a wrong checksum", `${OTHER.slice(0, -1)}${OTHER.endsWith("A") ? "B" : "A"}`],
    ["a short key", "MAU2"],
    ["nothing", ""],
    ["the system", "system"],
    ["a name that objects have by themselves", "__proto__"],
  ])("is nobody: %s", (_what, namespace) => {
    expect(() => resolve(namespace)).toThrow(expect.objectContaining({ code: "dispatch.no_target" }));
  });
});

describe("an actor that the host means", () => {
  it("is found by key or alias, not by links", () => {
    cache.claimAlias("alias", OTHER);
    link(CONTRACT, "default", "VA");
    expect([OTHER, "alias", CONTRACT, "VA"].map((name) => resolveActor(cache, name))).toEqual([
      OTHER,
      OTHER,
      undefined,
      undefined,
    ]);
  });
});
