import * as v from "valibot";
import { describe, expect, it } from "vitest";
import type { HostEvent } from "../../../src/events/index.ts";
import { MASK, maskedDescription, maskedEvent } from "../../../src/feed/index.ts";
import { batchSchema } from "../../../src/feed/message-schema.ts";
import { offeredTokenProtocol, tokenProtocol } from "../../../src/feed/protocol.ts";
import { startTestHost } from "../../support/node-host.ts";

const link = {
  actorId: "MA",
  providerId: "VA",
  linkName: "default",
  contractId: "wasmcloud:keyvalue",
  values: { url: "redis://:t0p@host", other: "t0p" },
};
const error = { code: "internal", message: "m", details: { a: 1, b: "c", d: true }, cause: "c" } as const;
const actor = { time: 1, actor: "MA", name: "n" };
const provider = { time: 1, provider: "VA", linkName: "default", name: "n" };
const revisions = { ...actor, oldRevision: 1, newRevision: 2 };
const events: readonly HostEvent[] = [
  { type: "host_started", time: 1 },
  { type: "host_stopped", time: 1 },
  { type: "lattice_changed", time: 1, state: "reconnecting", reason: "r" },
  { type: "actor_started", ...actor, reference: "r" },
  { type: "actor_stopped", ...actor },
  { type: "actor_failed", ...actor, error },
  { type: "actor_update_began", ...revisions },
  { type: "actor_update_completed", ...revisions, reference: "r" },
  { type: "actor_update_failed", ...actor, error },
  { type: "provider_failed", ...provider, error },
  { type: "provider_started", ...provider, contractId: "c" },
  { type: "provider_stopped", ...provider, contractId: "c" },
  { type: "link_set", time: 1, link },
  { type: "link_removed", time: 1, link },
  { type: "link_bound", time: 1, link, error },
  {
    type: "call",
    time: 1,
    call: {
      route: "inbound",
      origin: { kind: "provider", id: "VA", contractId: "c", linkName: "default" },
      target: { kind: "actor", id: "MA" },
      operation: "o",
      durationMs: 0.5,
      requestBytes: 1,
      responseBytes: 0,
      error,
    },
  },
  {
    type: "heartbeat",
    time: 1,
    states: { MA: { state: "running" }, VA: { state: "unhealthy", reason: "r" } },
  },
];

const sent = (message: unknown): unknown => JSON.parse(JSON.stringify([message]));

describe("what the feed tells", () => {
  it.each(events.map((event) => [event.type, event] as const))(
    "of %s comes over as it was",
    (_type, event) => {
      const message = sent({ kind: "event", event });
      expect(v.parse(batchSchema, message)).toEqual(message);
    },
  );

  it("of a host comes over as it was, but for the values of its links", async () => {
    const { host, start } = await startTestHost();
    const { key } = await start("kvcounter");
    await host.setLink({
      ...link,
      actorId: key,
      providerId: "VDDUFAOE7IAPZX6AP5OZHLZKF6STM2PTZHF3CAV2JSZ4JRKNLCUHMYGB",
    });
    const description = maskedDescription(await host.describe());
    const message = sent({ kind: "host", description });
    expect(v.parse(batchSchema, message)).toEqual(message);
    expect(JSON.stringify(message)).not.toContain("t0p");
    expect(description.links.map(({ values }) => values)).toEqual([{ url: MASK, other: MASK }]);
  });

  it("has no values of links in any event", () => {
    expect(
      events
        .map(maskedEvent)
        .map((event) => JSON.stringify(event))
        .join(),
    ).not.toContain("t0p");
  });

  it.each([
    ["an unknown kind", { kind: "order" }],
    ["an event of no kind", { kind: "event", event: { type: "other", time: 1 } }],
    ["a text that is too long", { kind: "event", event: { ...events[4], name: "x".repeat(65_537) } }],
    ["a time that is none", { kind: "event", event: { type: "host_started", time: "now" } }],
    ["a count that is none", { kind: "skipped", count: null }],
  ])("is refused with %s", (_what, message) => {
    expect(v.safeParse(batchSchema, [message]).success).toBe(false);
  });
});

describe("the token of the feed", () => {
  it("is sent in a form that a header may have, whatever is in it", () => {
    for (const token of ["plain", "é 🙂, =", "\u00ff\u00fe?>~"]) {
      const protocol = tokenProtocol(token);
      expect(protocol).toMatch(/^weblattice\.token\.[\w-]+$/);
      expect(offeredTokenProtocol(`weblattice.feed.v1, ${protocol}`)).toBe(protocol);
    }
    expect(tokenProtocol("a")).not.toBe(tokenProtocol("b"));
  });

  it.each([null, "", "weblattice.feed.v1", "weblattice.token.YQ", "weblattice.feed.v2,weblattice.token.YQ"])(
    "is not found in %j",
    (offered) => {
      expect(offeredTokenProtocol(offered)).toBeUndefined();
    },
  );
});
