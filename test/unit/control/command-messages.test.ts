import { describe, expect, it } from "vitest";
import { readActorAuction, readProviderAuction } from "../../../src/control/auction-messages.ts";
import {
  readActorCommand,
  readStartProvider,
  readStopProvider,
  readUpdateActor,
} from "../../../src/control/command-messages.ts";

const bytes = (json: string): Uint8Array => new TextEncoder().encode(json);
const ECHO = "registry.example.com/echo:0.2.1";

/** Every message that hosts read, whole. Protocol section 8.1. */
const messages: readonly [name: string, read: (data: Uint8Array) => unknown, fields: object][] = [
  ["StartActorCommand or StopActorCommand", readActorCommand, { actor_ref: ECHO, host_id: "N" }],
  ["StartProviderCommand", readStartProvider, { host_id: "N", provider_ref: "r", link_name: "" }],
  [
    "StopProviderCommand",
    readStopProvider,
    { host_id: "N", provider_ref: "r", link_name: "default", contract_id: "c" },
  ],
  ["UpdateActorCommand", readUpdateActor, { host_id: "N", actor_id: "M", new_actor_ref: ECHO }],
  ["ActorAuctionRequest", readActorAuction, { actor_ref: ECHO, constraints: {} }],
  ["ProviderAuctionRequest", readProviderAuction, { provider_ref: "r", link_name: "", constraints: {} }],
];

describe.each(messages)("%s", (_name, read, fields) => {
  it("is read in any order of members, more of them being ignored", () => {
    const reversed = Object.fromEntries(Object.entries(fields).toReversed());
    const whole = read(bytes(JSON.stringify(fields)));
    expect(read(bytes(JSON.stringify({ more: [1], ...reversed })))).toEqual(whole);
  });

  it.each(Object.keys(fields))("without %s, or with one that does not fit, is refused", (name) => {
    const { [name]: _left, ...rest } = fields as Record<string, unknown>;
    const wrong = [undefined, null, 1, true, ["a"], "x".repeat(4_097), { a: 1 }];
    for (const value of wrong) {
      expect(() => read(bytes(JSON.stringify({ ...rest, [name]: value })))).toThrow(
        expect.objectContaining({ code: "input.invalid", message: expect.stringContaining(name) }),
      );
    }
  });

  it("of more than 64 KiB is not even parsed", () => {
    expect(() => read(new Uint8Array(65_537).fill(0x20))).toThrow(
      expect.objectContaining({ code: "input.too_large", message: "message of 65537 bytes" }),
    );
  });
});

it("commands and auctions tell what they are about", () => {
  const read = (index: number): unknown => {
    const [, parse, fields] = messages[index] ?? [];
    return parse?.(bytes(JSON.stringify(fields)));
  };
  expect(read(0)).toBe(ECHO);
  expect(read(1)).toEqual({ reference: "r", linkName: "" });
  expect(read(2)).toEqual({ reference: "r", linkName: "default" });
  expect(read(3)).toEqual({ actorId: "M", reference: ECHO });
  expect(read(4)).toEqual({ reference: ECHO, constraints: {} });
  expect(read(5)).toEqual({ reference: "r", linkName: "", constraints: {} });
});
