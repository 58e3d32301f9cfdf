import { describe, expect, it, vi } from "vitest";
import type { ActorClaims, Entity } from "../../../src/claims/index.ts";
import { type AuthorizationRequest, authorize, authorizeInbound } from "../../../src/dispatch/authorize.ts";
import { ALLOW_ALL, type Authorizer } from "../../../src/dispatch/index.ts";

const NOW = 1_700_000_000;
const CLAIMS: ActorClaims = {
  subject: "MA",
  issuer: "AA",
  tokenId: "t",
  issuedAt: NOW - 100,
  moduleHash: "",
  tags: [],
  capabilities: ["wasmcloud:keyvalue"],
  revision: 1,
  isProvider: false,
};
const { capabilities: _none, ...WITHOUT_CAPABILITIES } = CLAIMS;
const ACTOR: Entity = { kind: "actor", id: "MA" };
const OTHER: Entity = { kind: "actor", id: "MB" };
const SYSTEM: Entity = { kind: "actor", id: "system" };
const store = (contractId: string): Entity => ({
  kind: "provider",
  id: "VA",
  contractId,
  linkName: "default",
});
const KEYVALUE = store("wasmcloud:keyvalue");

function request(parts: Partial<AuthorizationRequest>, claims?: ActorClaims): AuthorizationRequest {
  return {
    origin: ACTOR,
    target: OTHER,
    operation: "Op",
    claimsOf: (actor) => (actor === "MA" ? claims : undefined),
    authorizer: ALLOW_ALL,
    now: NOW,
    ...parts,
  };
}

/** The caller learns no more than the first text. */
const denied = (reason: string) => ({
  code: "dispatch.denied",
  message: "Invocation authorization denied",
  details: { reason },
});
const NO_CLAIMS = denied("No claims found for actor 'MA'. Has it been started?");
const NOT_EMBEDDED = denied("This actor has no embedded claims. Authorization denied");
const NOT_CLAIMED = denied("Authorization denied - Actor does not have required claims");
const REJECTED = denied("Authorization denied - authorizer rejected invocation");

describe("a call that starts here", () => {
  it("of a provider may go to any actor", async () => {
    await authorize(request({ origin: KEYVALUE }));
  });

  it("of the host itself is allowed", async () => {
    await authorize(request({ origin: SYSTEM }));
    await authorize(request({ origin: SYSTEM, target: KEYVALUE }));
  });

  it("of the host itself is allowed whatever claims somebody announced for it", async () => {
    const claimsOf = (): ActorClaims => ({ ...WITHOUT_CAPABILITIES, subject: "system", expires: 1 });
    await authorize(request({ origin: SYSTEM, claimsOf }));
    await authorizeInbound(request({ origin: SYSTEM, claimsOf }));
  });

  it("of an actor that nobody knows is denied", async () => {
    await expect(authorize(request({}))).rejects.toMatchObject(NO_CLAIMS);
  });

  it("of an actor whose claims have no list of capabilities is denied, also to another actor", async () => {
    for (const target of [OTHER, KEYVALUE]) {
      await expect(authorize(request({ target }, WITHOUT_CAPABILITIES))).rejects.toMatchObject(NOT_EMBEDDED);
    }
  });

  it("of an actor with an empty list may go to actors, not to providers", async () => {
    const claims = { ...CLAIMS, capabilities: [] };
    await authorize(request({}, claims));
    await expect(authorize(request({ target: KEYVALUE }, claims))).rejects.toMatchObject(NOT_CLAIMED);
  });

  it("goes to providers of contracts that are in the list, literally", async () => {
    await authorize(request({ target: KEYVALUE }, CLAIMS));
    for (const contract of [
      "wasmcloud:KEYVALUE",
      "wasmcloud:keyvalue ",
      "wasmcloud",
      "wasmcloud:httpserver",
    ]) {
      await expect(authorize(request({ target: store(contract) }, CLAIMS))).rejects.toMatchObject(
        NOT_CLAIMED,
      );
    }
  });

  it("of an actor whose claims have expired is denied, equal being still good", async () => {
    await authorize(request({}, { ...CLAIMS, expires: NOW }));
    await expect(authorize(request({}, { ...CLAIMS, expires: NOW - 1 }))).rejects.toMatchObject(
      denied("Actor claims have expired"),
    );
  });

  it("of an actor whose claims are not valid yet is denied", async () => {
    await expect(authorize(request({}, { ...CLAIMS, notBefore: NOW + 1 }))).rejects.toMatchObject(
      denied("Actor claims cannot be used yet"),
    );
  });
});

describe("the authorizer", () => {
  const authorizer = (
    answer: boolean | Promise<boolean>,
  ): Authorizer & { canInvoke: ReturnType<typeof vi.fn> } => ({
    canLoad: () => true,
    canInvoke: vi.fn(() => answer),
  });

  it("is asked with claims, target and operation, and can deny", async () => {
    for (const answer of [false, Promise.resolve(false)]) {
      const asked = authorizer(answer);
      await expect(
        authorize(request({ authorizer: asked, target: KEYVALUE, operation: "Get" }, CLAIMS)),
      ).rejects.toMatchObject(REJECTED);
      expect(asked.canInvoke.mock.calls).toEqual([[CLAIMS, KEYVALUE, "Get"]]);
    }
  });

  it("cannot allow what the claims deny", async () => {
    const asked = authorizer(true);
    await expect(
      authorize(request({ authorizer: asked, target: store("other") }, CLAIMS)),
    ).rejects.toMatchObject(NOT_CLAIMED);
    expect(asked.canInvoke).not.toHaveBeenCalled();
  });

  it("is not asked about the host's own calls or those of providers", async () => {
    const asked = authorizer(false);
    await authorize(request({ origin: SYSTEM, authorizer: asked }));
    await authorize(request({ origin: KEYVALUE, authorizer: asked }));
    expect(asked.canInvoke).not.toHaveBeenCalled();
  });

  it("that fails lets nothing through, and the caller does not learn why", async () => {
    const failing = { canLoad: () => true, canInvoke: () => Promise.reject(new Error("no connection")) };
    await expect(authorize(request({ authorizer: failing }, CLAIMS))).rejects.toMatchObject(
      denied("Authorization denied - the authorizer failed: no connection"),
    );
  });
});

describe("a call that another host sent", () => {
  it("is allowed where the claims of its origin are not known here", async () => {
    await authorizeInbound(request({}));
    await authorizeInbound(request({ origin: SYSTEM }));
    await authorizeInbound(request({ origin: KEYVALUE }));
  });

  it("is judged by the claims of its origin where they are known", async () => {
    await authorizeInbound(request({ target: KEYVALUE }, CLAIMS));
    await expect(authorizeInbound(request({ target: store("other") }, CLAIMS))).rejects.toMatchObject(
      NOT_CLAIMED,
    );
    await expect(authorizeInbound(request({}, WITHOUT_CAPABILITIES))).rejects.toMatchObject(NOT_EMBEDDED);
    await expect(authorizeInbound(request({}, { ...CLAIMS, expires: 1 }))).rejects.toMatchObject(
      denied("Actor claims have expired"),
    );
    const authorizer = { ...ALLOW_ALL, canInvoke: () => false };
    await expect(authorizeInbound(request({ authorizer }, CLAIMS))).rejects.toMatchObject(REJECTED);
  });
});
