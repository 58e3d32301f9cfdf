/** Greets, and counts how often. Greetings outlive the host: they are counted in its store. */
export default (host) => {
  /** The values of each linked actor's link. */
  const links = new Map();
  const operations = {
    HealthRequest: () => ({ healthy: true, message: "" }),
    BindActor: ({ module, values }) => void links.set(module, values),
    RemoveActor: ({ module }) => void links.delete(module),
    Greet: async ({ name }, actor) => {
      const { count = 0 } = decode((await host.storage.get("count")) ?? new Uint8Array(0));
      await host.storage.set("count", encode({ count: count + 1 }));
      return { greeting: `${links.get(actor)?.GREETING ?? "Hello"}, ${name}!`, count: count + 1 };
    },
  };
  return {
    async handleCall(actor, operation, payload) {
      if (!Object.hasOwn(operations, operation)) throw new Error("bad dispatch");
      const answer = await operations[operation](decode(payload), actor);
      return answer === undefined ? undefined : encode(answer);
    },
    async stop() {},
  };
};

// MessagePack, as far as this provider needs it: a provider holds all it needs in one file. A bundler can put a whole
// package here instead.

/** MessagePack of maps, lists, texts, bytes, truth values, nothing, and whole numbers from 0 to 4,294,967,295. */
export function encode(value) {
  const bytes = [];
  const head = (length, fixed, most, marker) => {
    if (length < most) bytes.push(fixed | length);
    else bytes.push(marker, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
  };
  const write = (each) => {
    if (each === undefined || each === null) bytes.push(0xc0);
    else if (typeof each === "boolean") bytes.push(each ? 0xc3 : 0xc2);
    else if (typeof each === "number") head(each, 0, 128, 0xce);
    else if (typeof each === "string") {
      const text = new TextEncoder().encode(each);
      head(text.length, 0xa0, 32, 0xdb);
      for (const byte of text) bytes.push(byte);
    } else if (each instanceof Uint8Array) {
      head(each.length, 0, 0, 0xc6);
      for (const byte of each) bytes.push(byte);
    } else if (Array.isArray(each)) {
      head(each.length, 0x90, 16, 0xdd);
      each.forEach(write);
    } else {
      const entries = Object.entries(each);
      head(entries.length, 0x80, 16, 0xdf);
      entries.flat().forEach(write);
    }
  };
  write(value);
  return Uint8Array.from(bytes);
}

/** The value of such MessagePack, and of that with shorter lengths and signed numbers. */
export function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = (size, signed = false) => {
    at += size;
    if (size === 8) return Number(signed ? view.getBigInt64(at - 8) : view.getBigUint64(at - 8));
    return view[`get${signed ? "Int" : "Uint"}${size * 8}`](at - size);
  };
  const part = (length) => {
    at += length;
    if (at > bytes.length) throw new Error("the message is cut off");
    return bytes.slice(at - length, at);
  };
  const text = (length) => new TextDecoder().decode(part(length));
  const list = (length) => Array.from({ length: Math.min(length, bytes.length) }, read);
  const map = (length) => {
    const entries = list(length * 2);
    return Object.fromEntries(
      entries.flatMap((key, index) => (index % 2 === 0 ? [[key, entries[index + 1]]] : [])),
    );
  };
  const read = () => {
    const marker = number(1);
    if (marker < 0x80) return marker;
    if (marker >= 0xe0) return marker - 256;
    if (marker < 0x90) return map(marker & 15);
    if (marker < 0xa0) return list(marker & 15);
    if (marker < 0xc0) return text(marker & 31);
    if (marker === 0xc0) return undefined;
    if (marker === 0xc2 || marker === 0xc3) return marker === 0xc3;
    if (marker >= 0xc4 && marker <= 0xc6) return part(number(1 << (marker - 0xc4)));
    if (marker >= 0xcc && marker <= 0xcf) return number(1 << (marker - 0xcc));
    if (marker >= 0xd0 && marker <= 0xd3) return number(1 << (marker - 0xd0), true);
    if (marker >= 0xd9 && marker <= 0xdb) return text(number(1 << (marker - 0xd9)));
    if (marker === 0xdc || marker === 0xdd) return list(number(2 << (marker - 0xdc)));
    if (marker === 0xde || marker === 0xdf) return map(number(2 << (marker - 0xde)));
    throw new Error("the message has a kind of value that is not read here");
  };
  return bytes.length === 0 ? {} : read();
}
