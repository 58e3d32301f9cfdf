import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/errors/index.ts";
import { NOTHING, startGuest } from "./guests.ts";
import { call, DATA, type Handmade, i32, SCRATCH, UNREACHABLE } from "./handmade.ts";

const says = (index: number): readonly number[] => call("__console_log", DATA + index, 1);
const respond = [...call("__guest_response", DATA, 1), ...i32(1)];

describe("the start of a guest", () => {
  it("runs _initialize, _start and wapc_init in this order, once, and no other function", async () => {
    const { guest, log } = await startGuest({
      data: "abcd",
      functions: { wapc_init: says(2), _start: says(1), other: says(3), _initialize: says(0) },
      guestCall: respond,
    });
    expect(log).toEqual(["a", "b", "c"]);
    await guest.call("Op", NOTHING);
    expect(log).toEqual(["a", "b", "c"]);
  });

  it("runs those it has", async () => {
    const { log } = await startGuest({ data: "abc", functions: { wapc_init: says(2) } });
    expect(log).toEqual(["c"]);
    const { guest } = await startGuest({ data: "x", guestCall: respond });
    expect(await guest.call("Op", NOTHING)).toHaveLength(1);
  });

  it.each(["_initialize", "_start", "wapc_init"])("fails if %s traps, and says where", async (name) => {
    await expect(startGuest({ functions: { [name]: UNREACHABLE } })).rejects.toMatchObject({
      code: "guest.trap",
      message: `The guest failed in ${name}: unreachable`,
    });
  });

  it("ends with the first function that fails", async () => {
    const log: string[] = [];
    const guest: Handmade = { data: "ab", functions: { _start: UNREACHABLE, wapc_init: says(1) } };
    await expect(startGuest(guest, { log: (text) => log.push(text) })).rejects.toBeInstanceOf(HostError);
    expect(log).toEqual([]);
  });

  it("may make host calls, which can fail", async () => {
    const code = [...call("__host_call", DATA, 1, DATA, 2, DATA, 3, DATA, 4), 0x1a];
    const { requests } = await startGuest({ data: "abcd", functions: { wapc_init: code } });
    expect(requests).toMatchObject([{ binding: "a", namespace: "ab", operation: "abc" }]);
    await expect(
      startGuest("faulty-init", { answer: () => ({ ok: false, message: "nobody there" }) }),
    ).rejects.toMatchObject({ code: "guest.trap", message: expect.stringContaining("wapc_init") });
  });

  it("has no request to fetch yet", async () => {
    const code = [
      ...call("__guest_request", SCRATCH, SCRATCH),
      ...call("__console_log", SCRATCH, 1),
      ...call("__host_response", SCRATCH),
    ];
    const { log } = await startGuest({ functions: { wapc_init: code } });
    expect(log).toEqual(["\0"]);
  });

  it.each([
    ["traps", UNREACHABLE],
    ["calls an import before the memory is known", says(0)],
  ])("of a module that %s in its own start function fails like a trap", async (_what, code) => {
    const failed = startGuest({ functions: { begin: code }, start: 0 });
    await expect(failed).rejects.toMatchObject({
      code: "guest.trap",
      message: expect.stringMatching(/^The guest could not be instantiated: ./),
    });
  });
});

describe("imports under the name of the next generation", () => {
  it("are the same functions", async () => {
    const { guest, log } = await startGuest({
      from: "wasmbus",
      data: "x",
      functions: { wapc_init: says(0) },
      guestCall: respond,
    });
    expect(log).toEqual(["x"]);
    expect(await guest.call("Op", NOTHING)).toHaveLength(1);
  });
});
