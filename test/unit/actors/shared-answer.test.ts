import { describe, expect, it } from "vitest";
import { SHARED_BYTES, SharedAnswerReader, SharedAnswerWriter } from "../../../src/actors/shared-answer.ts";
import type { HostCallAnswer } from "../../../src/wapc/index.ts";

const BLOCK = SHARED_BYTES - 16;
const TIMEOUT = 1_000;

/** Both ends over one block, in one thread: what is asked for is written before the reader would block. */
function ends(): {
  readonly chunks: () => number;
  readonly send: (answer: HostCallAnswer) => HostCallAnswer;
  readonly reader: SharedAnswerReader;
} {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const [writer, reader] = [new SharedAnswerWriter(shared), new SharedAnswerReader(shared)];
  let asked = 0;
  return {
    chunks: () => asked + 1,
    reader,
    send: (answer) => {
      asked = 0;
      reader.prepare();
      writer.write(answer);
      return reader.read(() => {
        asked++;
        writer.next();
      }, TIMEOUT);
    },
  };
}

const bytes = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

describe("an answer through shared memory", () => {
  it.each([
    [0, 1],
    [1, 1],
    [BLOCK - 1, 1],
    [BLOCK, 1],
    [BLOCK + 1, 2],
    [2 * BLOCK, 2],
    [300 * 1_024, 5],
  ])("of %i bytes arrives whole, in %i chunks", (length, chunks) => {
    const { send, chunks: taken } = ends();
    const payload = bytes(length);
    const answer = send({ ok: true, payload });
    expect(answer.ok).toBe(true);
    expect(answer.ok && Buffer.compare(answer.payload, payload)).toBe(0);
    expect(taken()).toBe(chunks);
  });

  it("may be a part of something larger", () => {
    expect(ends().send({ ok: true, payload: bytes(100).subarray(10, 13) })).toEqual({
      ok: true,
      payload: bytes(100).slice(10, 13),
    });
  });

  it.each(["", "plain", "größer als 日本 🚀", "é".repeat(BLOCK)])("may be an error text: %#", (message) => {
    expect(ends().send({ ok: false, message })).toEqual({ ok: false, message });
  });

  it("follows others without a trace of them", () => {
    const { send } = ends();
    send({ ok: true, payload: bytes(100_000) });
    expect(send({ ok: false, message: "no" })).toEqual({ ok: false, message: "no" });
    expect(send({ ok: true, payload: bytes(0) })).toEqual({ ok: true, payload: bytes(0) });
    expect(send({ ok: true, payload: bytes(3) })).toEqual({ ok: true, payload: bytes(3) });
  });

  it("that fits is read into the same memory each time, so that a host call allocates nothing", () => {
    const { send } = ends();
    const payloadOf = (bytes: Uint8Array): Uint8Array => {
      const answer = send({ ok: true, payload: bytes });
      return answer.ok ? answer.payload : new Uint8Array(0);
    };
    const first = payloadOf(Uint8Array.of(1, 2, 3));
    expect([...first]).toEqual([1, 2, 3]);
    expect(payloadOf(Uint8Array.of(9, 9, 9)).buffer).toBe(first.buffer);
  });

  it("that does not come in time fails", () => {
    const { reader } = ends();
    reader.prepare();
    expect(() => reader.read(() => undefined, 5)).toThrow(
      expect.objectContaining({
        code: "actor.deadline",
        message: "The host did not answer a host call in time",
      }),
    );
  });

  it("whose second chunk does not come in time fails", () => {
    const shared = new SharedArrayBuffer(SHARED_BYTES);
    const reader = new SharedAnswerReader(shared);
    reader.prepare();
    new SharedAnswerWriter(shared).write({ ok: true, payload: bytes(BLOCK + 1) });
    expect(() => reader.read(() => undefined, 5)).toThrow(
      expect.objectContaining({ code: "actor.deadline" }),
    );
  });
});
