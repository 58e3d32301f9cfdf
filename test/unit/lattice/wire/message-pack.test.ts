import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, test } from "vitest";
import { MessagePackReader } from "../../../../src/lattice/wire/message-pack-reader.ts";
import { MessagePackWriter } from "../../../../src/lattice/wire/message-pack-writer.ts";
import { bytes, hex } from "../lattice-vectors.ts";

function written(write: (writer: MessagePackWriter) => void): Uint8Array {
  const writer = new MessagePackWriter(1);
  write(writer);
  return writer.finish();
}

const LIMITS = { maxMessageBytes: 1_000_000, maxTextBytes: 1_000_000 };

describe("integers", () => {
  const edges = [0, 7, 8, 15, 16, 31, 32].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1]);
  const values = [...edges, 2 ** 40, Number.MAX_SAFE_INTEGER].flatMap((value) => [value, -value]);

  test.each([...values, -32, -33])("%d is written as others do, and read", (value) => {
    const encoded = written((writer) => writer.int(value));
    expect(hex(encoded)).toBe(hex(encode(value === 0 ? 0 : value)));
    expect(new MessagePackReader(encoded).int(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)).toBe(
      value === 0 ? 0 : value,
    );
  });

  test.each([
    "05",
    "cc05",
    "cd0005",
    "ce00000005",
    "cf0000000000000005",
    "d005",
    "d10005",
    "d200000005",
    "d30000000000000005",
  ])("5 is read from %s", (encoded) => {
    expect(new MessagePackReader(bytes(encoded)).int(0, 10)).toBe(5);
  });

  test.each(["fb", "d0fb", "d1fffb", "d2fffffffb", "d3fffffffffffffffb"])("-5 is read from %s", (encoded) => {
    expect(new MessagePackReader(bytes(encoded)).int(-10, 0)).toBe(-5);
  });

  test("numbers that are not integers are not written", () => {
    expect(() => written((writer) => writer.int(1.5))).toThrow("not an integer");
  });

  test("an integral float is not read as an integer", () => {
    expect(() => new MessagePackReader(bytes("ca3f800000")).int(0, 10)).toThrow("invalid type: float");
  });
});

describe("texts", () => {
  const lengths = [0, 1, 31, 32, 48, 49, 64, 65, 255, 256, 65_535, 65_536];
  const texts = lengths.flatMap((length) => [
    "a".repeat(length),
    `ü${"a".repeat(Math.max(0, length - 1))}`,
    "\u{1f980}".repeat(length / 4),
  ]);

  test.each(texts.map((text) => [text.length, text.slice(0, 3), text]))(
    "a text of %d units, %s…, is written as others do, and read",
    (_length, _start, text) => {
      const encoded = written((writer) => writer.text(text));
      expect(hex(encoded)).toBe(hex(encode(text)));
      expect(new MessagePackReader(encoded, LIMITS).text()).toBe(text);
    },
  );

  test("a byte order mark is kept", () => {
    const text = `\ufeff${"a".repeat(60)}`;
    expect(new MessagePackReader(written((writer) => writer.text(text))).text()).toBe(text);
  });

  test("text is read from bytes of every width", () => {
    for (const encoded of [
      "c4026869",
      "c500026869",
      "c6000000026869",
      "d9026869",
      "da00026869",
      "db000000026869",
    ]) {
      expect(new MessagePackReader(bytes(encoded)).text()).toBe("hi");
    }
  });

  test("text that is not UTF-8 is refused", () => {
    expect(() => new MessagePackReader(bytes("a2c328")).text()).toThrow("not valid UTF-8");
  });
});

describe("collections", () => {
  test.each([0, 15, 16, 65_535, 65_536])("headers for %d are written as others do, and read", (count) => {
    const array = written((writer) => {
      writer.arrayHeader(count);
      for (let i = 0; i < count; i++) writer.nil();
    });
    expect(decode(array)).toHaveLength(count);
    expect(new MessagePackReader(array).arrayHeader()).toBe(count);
    const map = written((writer) => {
      writer.mapHeader(count);
      for (let i = 0; i < count; i++) {
        writer.int(i);
        writer.bool(true);
      }
    });
    expect(new MessagePackReader(map).mapHeader()).toBe(count);
    const reader = new MessagePackReader(map);
    reader.skip();
    expect(() => reader.kind()).toThrow("unexpected end");
  });

  test("a payload of every byte is written as an array of integers, and read from any form", () => {
    const all = Uint8Array.from({ length: 70_000 }, (_, i) => i);
    const encoded = written((writer) => writer.integerArray(all));
    expect(hex(encoded)).toBe(hex(encode([...all])));
    expect(Buffer.compare(new MessagePackReader(encoded).payload(), all)).toBe(0);
    expect(Buffer.compare(new MessagePackReader(encode(all)).payload(), all)).toBe(0);
    expect(new MessagePackReader(bytes("c0")).payload()).toEqual(new Uint8Array(0));
  });

  test("payload elements may have any width", () => {
    const wide = bytes("96 05 d005 cd00ff ce00000080 cf0000000000000007 d100c8");
    expect([...new MessagePackReader(wide).payload()]).toEqual([5, 5, 255, 128, 7, 200]);
  });

  test.each(["91 cd0100", "91 ff", "91 c0", "91 ca3f800000", "91 a131", "91 cc", "91"])(
    "the payload %s is refused",
    (encoded) => {
      expect(() => new MessagePackReader(bytes(encoded)).payload()).toThrow("Failed to de-serialize");
    },
  );

  test("a payload has its own buffer", () => {
    const message = bytes("c403010203");
    const payload = new MessagePackReader(message).payload();
    expect(payload.buffer.byteLength).toBe(3);
    message.fill(0);
    expect([...payload]).toEqual([1, 2, 3]);
  });

  test("every other kind is passed over", () => {
    const kinds = [
      "c0",
      "c2",
      "ca00000000",
      "cb0000000000000000",
      "c40100",
      "d40100",
      "d5010000",
      "d60100000000",
    ];
    kinds.push(
      "d7010000000000000000",
      `d801${"00".repeat(16)}`,
      "c7020100ff",
      "c800010155",
      "c9000000010155",
    );
    kinds.push(
      "d30000000000000000",
      "92c0c0",
      "81c0c0",
      "dc0001c0",
      "dd00000001c0",
      "de0001c0c0",
      "df00000001c0c0",
    );
    for (const kind of kinds) {
      const reader = new MessagePackReader(bytes(`${kind}2a`));
      reader.skip();
      expect([kind, reader.int(0, 255)]).toEqual([kind, 42]);
    }
  });
});
