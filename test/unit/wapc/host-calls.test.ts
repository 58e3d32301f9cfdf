import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { type HostCallAnswer, NO_STRATEGY_MESSAGE, noStrategy } from "../../../src/wapc/index.ts";
import { NOTHING, startGuest } from "./guests.ts";
import { call, DATA, DROP, type Handmade, i32, SCRATCH, store } from "./handmade.ts";

const ok = (...bytes: number[]): HostCallAnswer => ({ ok: true, payload: Uint8Array.from(bytes) });

/** Makes a host call and answers four numbers: its result, the length of the response, of the error, and 4 bytes. */
const prober: Handmade = {
  data: "bindnamespaceoperationpayload",
  guestCall: [
    ...store(SCRATCH, call("__host_call", DATA, 4, DATA + 4, 9, DATA + 13, 9, DATA + 22, 7)),
    ...store(SCRATCH + 4, call("__host_response_len")),
    ...store(SCRATCH + 8, call("__host_error_len")),
    ...call("__host_response", SCRATCH + 12),
    ...call("__host_error", SCRATCH + 12),
    ...call("__guest_response", SCRATCH, 16),
    ...i32(1),
  ],
};

async function probe(answer: HostCallAnswer): Promise<number[]> {
  const { guest } = await startGuest(prober, { answer: () => answer });
  const bytes = await guest.call("Op", NOTHING);
  return [...new Uint32Array(bytes.buffer, 0, 3), ...bytes.slice(12)];
}

describe("a host call", () => {
  it("takes binding, namespace, operation and payload to the host", async () => {
    const { guest, requests } = await startGuest(prober);
    await guest.call("Op", NOTHING);
    expect(requests).toEqual([
      {
        binding: "bind",
        namespace: "namespace",
        operation: "operation",
        payload: new TextEncoder().encode("payload"),
      },
    ]);
  });

  it("gives exactly 1 and the response when it succeeds", async () => {
    expect(await probe(ok(7, 8, 9))).toEqual([1, 3, 0, 7, 8, 9, 0]);
    expect(await probe(ok())).toEqual([1, 0, 0, 0, 0, 0, 0]);
  });

  it("gives 0 and the text of the error, its length in bytes, when it fails", async () => {
    expect(await probe({ ok: false, message: "é!" })).toEqual([0, 0, 3, 0xc3, 0xa9, 0x21, 0]);
    expect(await probe({ ok: false, message: "" })).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it("brings texts of any alphabet to the guest", async () => {
    const { guest } = await startGuest("faulty", {
      answer: () => ({ ok: false, message: "größer als 日本 🚀" }),
    });
    const request = encode({ target: "t", operation: "o" });
    await expect(guest.call("Call", request)).rejects.toThrow("Host error: größer als 日本 🚀");
  });

  it("starts without what the one before left behind", async () => {
    const answers = [ok(1, 2), { ok: false, message: "no" } as const, ok()];
    const lengths = (at: number): readonly number[] => [
      ...call("__host_call", 1, 0, 1, 0, 1, 0, 1, 0),
      ...DROP,
      ...store(at, call("__host_response_len")),
      ...store(at + 4, call("__host_error_len")),
    ];
    const { guest } = await startGuest(
      {
        guestCall: [
          ...lengths(SCRATCH),
          ...lengths(SCRATCH + 8),
          ...lengths(SCRATCH + 16),
          ...call("__guest_response", SCRATCH, 24),
          ...i32(1),
        ],
      },
      { answer: () => answers.shift() ?? ok() },
    );
    expect([...new Int32Array((await guest.call("Op", NOTHING)).buffer)]).toEqual([2, 0, 0, 2, 0, 0]);
  });

  it("of the call before leaves nothing for the next call", async () => {
    const { guest } = await startGuest(
      {
        guestCall: [
          ...store(SCRATCH, call("__host_response_len")),
          ...call("__host_call", 1, 0, 1, 0, 1, 0, 1, 0),
          ...DROP,
          ...call("__guest_response", SCRATCH, 4),
          ...i32(1),
        ],
      },
      { answer: () => ok(1, 2, 3) },
    );
    await guest.call("Op", NOTHING);
    expect([...(await guest.call("Op", NOTHING))]).toEqual([0, 0, 0, 0]);
  });

  it("copies the payload: the guest may reuse its buffer", async () => {
    const { guest, requests } = await startGuest("faulty");
    await guest.call("HostCallOversize", encode({ bytes: 100 }));
    expect(requests[0]?.payload).toHaveLength(100);
    expect(requests[0]?.payload.buffer.byteLength).toBe(100);
  });

  it("replaces what is not UTF-8 in its names", async () => {
    const { guest, requests } = await startGuest({
      data: "é",
      guestCall: [...call("__host_call", 1, 0, DATA, 1, 1, 0, 1, 0), ...DROP, ...i32(1)],
    });
    await guest.call("Op", NOTHING).catch(() => undefined);
    expect(requests[0]?.namespace).toBe("\ufffd");
  });

  it("with too large a payload ends the guest before the host sees it", async () => {
    const { guest, requests } = await startGuest("faulty", { maxPayloadBytes: 1_000 });
    await expect(guest.call("HostCallOversize", encode({ bytes: 1_001 }))).rejects.toMatchObject({
      code: "input.too_large",
      message: "The guest's host call's payload has 1001 bytes; at most 1000 are taken",
    });
    expect(requests).toEqual([]);
    expect(guest.broken).toBe(true);
  });
});

describe("a guest that waits for the host", () => {
  it("refuses a second call and is not harmed by it", async () => {
    let second: Promise<unknown> | undefined;
    const started = await startGuest("pinger", {
      answer: () => {
        second = started.guest.call("HealthRequest", encode({ placeholder: true })).catch((error) => error);
        return { ok: true, payload: encode({ value: 5 }) };
      },
    });
    const answer = await started.guest.call("PingVia", encode({ target: "t", value: 1 }));
    expect(answer).toEqual(encode({ value: 5 }));
    expect(await second).toMatchObject({ code: "internal", message: "The guest is not ready" });
    expect(await started.guest.call("HealthRequest", encode({ placeholder: true }))).toHaveLength(19);
  });
});

describe("without a way to wait", () => {
  it("host calls fail with a text that says what to do, and all else works", async () => {
    const { guest } = await startGuest("faulty", { strategy: noStrategy() });
    const request = encode({ target: "t", operation: "o" });
    await expect(guest.call("Call", request)).rejects.toThrow(`Host error: ${NO_STRATEGY_MESSAGE}`);
    await expect(guest.call("Fail", encode({ text: "still here" }))).rejects.toThrow("still here");
    expect(guest.broken).toBe(false);
  });
});
