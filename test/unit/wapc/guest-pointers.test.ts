import { describe, expect, it } from "vitest";
import { NOTHING, startGuest } from "./guests.ts";
import { type Code, call, DATA, DROP, i32, SCRATCH } from "./handmade.ts";

const NOWHERE = -16;
const ONE_PAGE = 65_536;
const respond = call("__guest_response", DATA, 0);
const OUT_OF_RANGE: readonly (readonly [string, Code])[] = [
  ["__guest_request, operation", call("__guest_request", NOWHERE, SCRATCH)],
  ["__guest_request, payload", call("__guest_request", SCRATCH, NOWHERE)],
  ["__guest_response", call("__guest_response", NOWHERE, 8)],
  ["__guest_response, end", call("__guest_response", ONE_PAGE - 4, 8)],
  ["__guest_error", call("__guest_error", NOWHERE, 8)],
  ["__console_log", call("__console_log", NOWHERE, 8)],
  ["__host_call, binding", [...call("__host_call", NOWHERE, 8, 1, 0, 1, 0, 1, 0), ...DROP]],
  ["__host_call, namespace", [...call("__host_call", 1, 0, NOWHERE, 8, 1, 0, 1, 0), ...DROP]],
  ["__host_call, operation", [...call("__host_call", 1, 0, 1, 0, NOWHERE, 8, 1, 0), ...DROP]],
  ["__host_call, payload", [...call("__host_call", 1, 0, 1, 0, 1, 0, NOWHERE, 8), ...DROP]],
  ["__host_call, name too long", [...call("__host_call", 0, 20_000, 1, 0, 1, 0, 1, 0), ...DROP]],
  [
    "__host_response",
    [...call("__host_call", 1, 0, 1, 0, 1, 0, 1, 0), ...DROP, ...call("__host_response", NOWHERE)],
  ],
];

describe("a pointer out of range", () => {
  it.each(OUT_OF_RANGE)("ends the guest like a trap: %s", async (_what, code) => {
    const { guest } = await startGuest(
      { guestCall: [...code, ...respond, ...i32(1)] },
      { answer: () => ({ ok: true, payload: Uint8Array.of(1, 2, 3) }) },
    );
    await expect(guest.call("Op", Uint8Array.of(1))).rejects.toMatchObject({ code: "guest.trap" });
    expect(guest.broken).toBe(true);
  });

  it("ends the guest also where an error text would go", async () => {
    const { guest } = await startGuest(
      {
        guestCall: [
          ...call("__host_call", 1, 0, 1, 0, 1, 0, 1, 0),
          ...DROP,
          ...call("__host_error", ONE_PAGE - 2),
          ...respond,
          ...i32(1),
        ],
      },
      { answer: () => ({ ok: false, message: "four" }) },
    );
    await expect(guest.call("Op", NOTHING)).rejects.toMatchObject({ code: "guest.trap" });
  });
});

describe("a pointer of length 0", () => {
  it("may dangle wherever a guest gives one", async () => {
    const { guest, requests, log } = await startGuest({
      guestCall: [
        ...call("__guest_request", NOWHERE, NOWHERE),
        ...call("__host_call", NOWHERE, 0, NOWHERE, 0, NOWHERE, 0, NOWHERE, 0),
        ...DROP,
        ...call("__host_response", NOWHERE),
        ...call("__host_error", NOWHERE),
        ...call("__console_log", NOWHERE, 0),
        ...call("__guest_error", NOWHERE, 0),
        ...call("__guest_response", NOWHERE, 0),
        ...i32(1),
      ],
    });
    expect(await guest.call("", NOTHING)).toEqual(NOTHING);
    expect(requests).toEqual([{ binding: "", namespace: "", operation: "", payload: NOTHING }]);
    expect(log).toEqual([""]);
  });
});
