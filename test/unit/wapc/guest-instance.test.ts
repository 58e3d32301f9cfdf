import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { NOTHING, startGuest } from "./guests.ts";
import {
  call,
  DATA,
  grow,
  type Handmade,
  i32,
  OPERATION_LENGTH,
  PAYLOAD_LENGTH,
  SCRATCH,
  UNREACHABLE,
} from "./handmade.ts";

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("the outcome of a call", () => {
  const response = call("__guest_response", DATA, 2);
  const empty = call("__guest_response", DATA, 0);
  const error = call("__guest_error", DATA + 2, 3);
  const run = async (...code: readonly (readonly number[])[]): Promise<Uint8Array> =>
    (await startGuest({ guestCall: code.flat(), data: "okbad" })).guest.call("Op", NOTHING);
  const failure = (message: string) => ({ code: "guest.failure", message });

  it("is the response if the guest says that it handled the call", async () => {
    expect(text(await run(response, i32(1)))).toBe("ok");
    expect(text(await run(response, error, i32(1)))).toBe("ok");
  });

  it("is a response also for any other number but 0", async () => {
    for (const handled of [-1, 2, 0x7fffffff]) expect(text(await run(response, i32(handled)))).toBe("ok");
  });

  it("may be an empty response", async () => {
    expect(await run(empty, i32(1))).toEqual(NOTHING);
  });

  it("is the last response where there are several", async () => {
    expect(await run(response, empty, i32(1))).toEqual(NOTHING);
  });

  it("is the guest's error if it says that it failed, whatever its response", async () => {
    await expect(run(error, i32(0))).rejects.toMatchObject(failure("bad"));
    await expect(run(response, error, i32(0))).rejects.toMatchObject(failure("bad"));
    await expect(run(call("__guest_error", DATA, 0), i32(0))).rejects.toMatchObject(failure(""));
  });

  it("is the text of the protocol if it failed silently", async () => {
    await expect(run(response, i32(0))).rejects.toMatchObject(
      failure("No error message set for call failure"),
    );
  });

  it("is a failure if it succeeded without a response", async () => {
    await expect(run(error, i32(1))).rejects.toMatchObject(failure("bad"));
    await expect(run(i32(1))).rejects.toMatchObject(
      failure("No error message OR response set for call success"),
    );
  });

  it("is a trap with the engine's text if the guest trapped", async () => {
    await expect(run(response, UNREACHABLE)).rejects.toMatchObject({
      code: "guest.trap",
      message: expect.stringContaining("unreachable"),
    });
  });
});

describe("a guest", () => {
  /** Answers with the operation's text and the payload behind it. */
  const parrot: Handmade = {
    guestCall: [
      ...call("__guest_request", SCRATCH, SCRATCH + 16),
      ...i32(SCRATCH),
      ...i32(16),
      ...PAYLOAD_LENGTH,
      0x6a,
      ...call("__guest_response"),
      ...OPERATION_LENGTH,
    ],
  };

  it("gets operation and payload with their lengths in bytes", async () => {
    const { guest } = await startGuest(parrot);
    const answer = await guest.call("Öp", Uint8Array.of(1, 2, 3));
    expect([...answer.slice(0, 3)]).toEqual([...Buffer.from("Öp")]);
    expect([...answer.slice(16)]).toEqual([1, 2, 3]);
  });

  it("starts every call without what the last one left behind", async () => {
    const { guest } = await startGuest("faulty");
    await expect(guest.call("Fail", encode({ text: "first" }))).rejects.toThrow("first");
    await expect(guest.call("SilentFailure", NOTHING)).rejects.toThrow(
      "No error message set for call failure",
    );
    expect(decode(await guest.call("Grow", encode({ pages: 0 })))).toMatchObject({ grown: 0 });
    await expect(guest.call("Silent", NOTHING)).rejects.toThrow("No error message OR response set");
  });

  it("answers with a copy that later calls do not change", async () => {
    const { guest } = await startGuest(parrot);
    const first = await guest.call("One", Uint8Array.of(1));
    await guest.call("Two", Uint8Array.of(2));
    expect(first[16]).toBe(1);
  });

  it("serves a payload for which its memory has to grow", async () => {
    const { guest } = await startGuest("echo");
    const payload = Uint8Array.from({ length: 3_000_000 }, (_, i) => i % 251);
    expect(Buffer.compare(await guest.call("Echo", payload), payload)).toBe(0);
    expect(Buffer.compare(await guest.call("Echo", payload), payload)).toBe(0);
  });

  it("may grow its memory between all things it does", async () => {
    const { guest } = await startGuest({
      data: "okbad",
      guestCall: [
        ...call("__guest_request", SCRATCH, SCRATCH),
        ...grow(3),
        ...call("__guest_response", DATA, 2),
        ...grow(3),
        ...call("__console_log", DATA, 2),
        ...i32(1),
      ],
    });
    expect(text(await guest.call("Op", Uint8Array.of(1)))).toBe("ok");
  });

  it("that failed can be called again", async () => {
    const { guest } = await startGuest("faulty");
    await expect(guest.call("Fail", encode({ text: "no" }))).rejects.toThrow("no");
    expect(guest.broken).toBe(false);
    expect(decode(await guest.call("Grow", encode({ pages: 1 })))).toMatchObject({ grown: 1 });
  });

  it.each(["Trap", "Recurse", "Assert", "BadPointer"])("is broken after %s", async (operation) => {
    const { guest } = await startGuest("faulty");
    expect(guest.broken).toBe(false);
    await expect(guest.call(operation, NOTHING)).rejects.toMatchObject({ code: "guest.trap" });
    expect(guest.broken).toBe(true);
  });

  it("has the lines of its console taken, whatever bytes they are", async () => {
    const { guest, log } = await startGuest({
      data: "grüße",
      guestCall: [
        ...call("__console_log", DATA, 7),
        ...call("__console_log", DATA, 3),
        ...call("__console_log", DATA, 0),
        ...call("__guest_response", DATA, 0),
        ...i32(1),
      ],
    });
    await guest.call("Op", NOTHING);
    expect(log).toEqual(["grüße", "gr\ufffd", ""]);
  });

  it("has long console lines and error texts cut", async () => {
    const { guest, log } = await startGuest({
      guestCall: [
        ...call("__console_log", SCRATCH, 20_000),
        ...call("__guest_error", SCRATCH, 20_000),
        ...i32(0),
      ],
    });
    await expect(guest.call("Op", NOTHING)).rejects.toMatchObject({ message: "\0".repeat(10_240) });
    expect(log[0]).toHaveLength(10_240);
  });
});

describe("what a guest may answer", () => {
  const respond = (length: number): Handmade => ({
    guestCall: [...call("__guest_response", SCRATCH, length), ...i32(1)],
  });

  it("is bounded, and the instance is given up", async () => {
    const { guest } = await startGuest(respond(101), { maxPayloadBytes: 100 });
    await expect(guest.call("Op", NOTHING)).rejects.toMatchObject({
      code: "input.too_large",
      message: "The guest's response has 101 bytes; at most 100 are taken",
    });
    expect(guest.broken).toBe(true);
    expect(
      await (await startGuest(respond(100), { maxPayloadBytes: 100 })).guest.call("Op", NOTHING),
    ).toHaveLength(100);
  });

  it("is bounded also where the length would be negative", async () => {
    const { guest } = await startGuest(respond(-1), { maxPayloadBytes: 100 });
    await expect(guest.call("Op", NOTHING)).rejects.toMatchObject({
      code: "input.too_large",
      message: expect.stringContaining("4294967295 bytes"),
    });
  });
});
