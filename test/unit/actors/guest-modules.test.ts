import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { decode, encode } from "@msgpack/msgpack";
import { beforeAll, describe, expect, it } from "vitest";
import { type BuiltActor, buildActors } from "../../../node/build/actors.ts";
import { verifyActorModule } from "../../../src/claims/index.ts";
import { encodeSeed } from "../../../src/keys/index.ts";
import { Guest, GuestError, type HostAnswer, type HostCall } from "./guest-harness.ts";
import { scanModule } from "./mvp-module.ts";

const OUTPUT = new URL("../../../build/actors/", import.meta.url);
const TABLE = new URL("../../actors/actors.json", import.meta.url);
const HEALTH_REQUEST = hex("81ab706c616365686f6c646572c3");
const HEALTHY = "82a76865616c746879c3a76d657373616765a0";
const EXAMPLES = ["echo", "kvcounter", "pinger", "ponger", "extras"];
/** They talk to providers that answer for real: their samples are tried in `test/unit/providers`. */
const OF_PROVIDERS = ["urlshortener", "chat", "filedrop", "graphquery"];
/** What the dashboard offers. */
const OFFERED = [...EXAMPLES, "chat"];
const NAMES = [
  ...EXAMPLES,
  ...OF_PROVIDERS,
  "faulty",
  "faulty-init",
  "nocall",
  "bare",
  "website",
  "relay",
  "parrot",
];
const RUNNABLE = NAMES.filter((name) => name !== "nocall" && name !== "faulty-init");

const binaries = new Map<string, Uint8Array<ArrayBuffer>>();
const modules = new Map<string, WebAssembly.Module>();
let built: readonly BuiltActor[] = [];

beforeAll(async () => {
  built = await buildActors({ log: () => {} });
  for (const actor of built) {
    const bytes = new Uint8Array(await readFile(new URL(actor.file, OUTPUT)));
    binaries.set(actor.name, bytes);
    modules.set(actor.name, await WebAssembly.compile(bytes));
  }
}, 120_000);

describe("building", () => {
  it("builds nothing when nothing has changed", async () => {
    const lines: string[] = [];
    await buildActors({ log: (line) => lines.push(line) });
    expect(lines).toEqual([]);
  });

  it("lists every actor in index.json, the examples first", async () => {
    expect(built.map((actor) => actor.name)).toEqual(NAMES);
    expect(built.filter((actor) => actor.example).map((actor) => actor.name)).toEqual(OFFERED);
    expect(JSON.parse(await readFile(new URL("index.json", OUTPUT), "utf8"))).toEqual(built);
  });

  it("derives the public test seeds from the names", async () => {
    const table = JSON.parse(await readFile(TABLE, "utf8"));
    const seed = (name: string): Uint8Array =>
      new Uint8Array(createHash("sha256").update(`weblattice example ${name}`).digest());
    expect(table.issuer.seed).toBe(encodeSeed("account", seed("issuer")));
    for (const actor of table.actors) expect(actor.seed).toBe(encodeSeed("module", seed(actor.name)));
  });

  it.each(RUNNABLE.filter((name) => !OF_PROVIDERS.includes(name)))(
    "answers the samples of %s that do no harm",
    (name) => {
      const guest = start(name, obligingHost);
      const harmful = ["Spin", "Trap", "Assert", "Fail", "Silent", "SilentFailure", "BadPointer", "Recurse"];
      for (const sample of listed(name).samples) {
        if (harmful.includes(sample.operation)) continue;
        expect(() => guest.call(sample.operation, encode(sample.payload)), sample.operation).not.toThrow();
      }
    },
  );
});

describe("claims", () => {
  it.each(NAMES.filter((name) => name !== "nocall"))(
    "of %s verify and say what the index says",
    async (name) => {
      const { claims } = await verifyActorModule(binary(name));
      const { key, title, alias, ...actor } = listed(name);
      expect(claims).toMatchObject({
        subject: key,
        issuer: actor.issuer,
        name: title,
        capabilities: actor.caps,
        revision: actor.rev,
        version: actor.ver,
      });
      expect(claims.callAlias).toBe(alias);
    },
  );

  it("nocall is refused for what it lacks, not for its claims", async () => {
    await expect(verifyActorModule(binary("nocall"))).rejects.toMatchObject({ code: "module.no_guest_call" });
  });

  it.each(NAMES)("of %s follow the compiler's output, which needed no rewriting", async (name) => {
    const unsigned = await readFile(new URL(`unsigned/${name}.wasm`, OUTPUT));
    expect(Buffer.compare(binary(name).subarray(0, unsigned.length), unsigned)).toBe(0);
  });
});

describe("module format", () => {
  it.each(NAMES)("%s uses no instruction newer than the first release, all numbers canonical", (name) => {
    const scan = scanModule(binary(name));
    expect(scan.faults).toEqual([]);
    expect(scan.functions).toBeGreaterThan(0);
  });

  it.each(NAMES)("%s imports functions of waPC only", (name) => {
    for (const entry of WebAssembly.Module.imports(module(name))) {
      expect(entry).toMatchObject({ module: "wapc", kind: "function" });
    }
  });

  it.each(NAMES)("%s exports what a host needs and nothing else", (name) => {
    const expected = {
      nocall: ["memory", "wapc_init"],
      bare: ["__guest_call", "memory"],
    }[name] ?? ["__guest_call", "memory", "wapc_init"];
    expect(exportNames(name)).toEqual(expected);
  });

  it("bare imports the three functions every guest needs", () => {
    expect(importNames("bare")).toEqual(["__guest_error", "__guest_request", "__guest_response"]);
  });

  it.each(["echo", "ponger"])("%s cannot call the host", (name) => {
    expect(importNames(name)).not.toContain("__host_call");
  });
});

describe("every actor", () => {
  it.each(RUNNABLE)("%s is healthy", (name) => {
    expect(toHex(start(name).call("HealthRequest", HEALTH_REQUEST))).toBe(HEALTHY);
  });

  it.each(RUNNABLE)("%s names the operation it does not know", (name) => {
    expect(failure(start(name), "Nonsense")).toBe('No handler registered for function "Nonsense"');
  });

  it("refuses a health request without its field", () => {
    const guest = start("echo");
    expect(failure(guest, "HealthRequest", encode({}))).toBe(
      "Guest call failed: Failed to de-serialize: missing field `placeholder`",
    );
  });

  it.each([
    ["nothing", "", "IO error while reading marker: failed to fill whole buffer"],
    ["the reserved marker", "c1", "wrong msgpack marker Reserved"],
    ["half a text", "81a570617468", "IO error while reading data: failed to fill whole buffer"],
    [
      "a map that claims four billion entries",
      "dfffffffff",
      "IO error while reading marker: failed to fill whole buffer",
    ],
    ["a list", "93010203", "invalid type, expected a map"],
  ])("refuses %s as payload", (_what, payload, reason) => {
    expect(failure(start("kvcounter"), "HandleRequest", hex(payload))).toBe(
      `Guest call failed: Failed to de-serialize: ${reason}`,
    );
  });
});

describe("echo", () => {
  it("shows the request as the first-party echo does", () => {
    const answer = start("echo").call(
      "HandleRequest",
      encode({ method: "GET", path: "", queryString: "", header: {}, body: bytes("NARF") }),
    );
    expect(decode(answer)).toEqual({
      statusCode: 200,
      status: "OK",
      header: {},
      body: bytes('{"method":"GET","path":"","query_string":"","headers":{},"body":[78,65,82,70]}'),
    });
  });

  it("escapes texts in JSON and keeps other alphabets", () => {
    const path = '/"\\\u0000\u001f\b\f\n\r\t\u007f/日本/😀';
    const request = http({
      path,
      header: { "x-a": "1", 'x-"b"': "ü" },
      body: Uint8Array.of(0, 9, 10, 99, 100, 255),
    });
    const shown = body(start("echo").call("HandleRequest", encode(request)));
    expect(JSON.parse(shown)).toEqual({
      method: "GET",
      path,
      query_string: "",
      headers: { "x-a": "1", 'x-"b"': "ü" },
      body: [0, 9, 10, 99, 100, 255],
    });
    expect(shown).toContain('"path":"/\\"\\\\\\u0000\\u001f\\b\\f\\n\\r\\t\u007f/日本/😀"');
  });

  it("passes over members it does not know, whatever they hold", () => {
    const extra = {
      nil: null,
      flag: true,
      float: 1.5,
      deep: [[[{ a: [new Date(0), -70_000, 2 ** 40] }]]],
      long: "x".repeat(70_000),
    };
    const request = { extra, ...http({ path: "/known" }), more: extra };
    expect(JSON.parse(body(start("echo").call("HandleRequest", encode(request)))).path).toBe("/known");
  });

  it.each([
    ["an array of numbers", [1, 127, 128, 255]],
    ["bin", Uint8Array.of(1, 127, 128, 255)],
  ])("takes a body as %s", (_form, form) => {
    const shown = body(start("echo").call("HandleRequest", encode(http({ body: form }))));
    expect(JSON.parse(shown).body).toEqual([1, 127, 128, 255]);
  });

  it("takes a body as text", () => {
    expect(JSON.parse(body(start("echo").call("HandleRequest", encode(http({ body: "hi" }))))).body).toEqual([
      104, 105,
    ]);
  });

  it("gives back a payload of any length, unchanged", () => {
    const guest = start("echo");
    for (const length of [0, 1, 65_535, 65_536, 3_000_000]) {
      const payload = new Uint8Array(length).map((_, index) => (index * 31) & 255);
      expect(Buffer.compare(guest.call("Echo", payload), payload)).toBe(0);
    }
  });
});

describe("kvcounter", () => {
  it("adds one to the key made of the path", () => {
    const guest = start("kvcounter", () => encode({ value: 7 }));
    const answer = guest.call("HandleRequest", encode(http({ path: "/foo/bar" })));
    expect(shownCalls(guest)).toEqual([
      ["default", "wasmcloud:keyvalue", "Add", "82a36b6579a83a666f6f3a626172a576616c756501"],
    ]);
    expect(body(answer)).toBe('{"counter":7}');
  });

  it("counts without HTTP, by default in the counter of the path /", () => {
    const guest = start("kvcounter", () => encode({ value: -300 }));
    expect(decode(guest.call("Count"))).toEqual({ counter: -300 });
    guest.call("Count", encode({ key: "mine" }));
    expect(guest.hostCalls.map((call) => decode(call.payload))).toEqual([
      { key: ":", value: 1 },
      { key: "mine", value: 1 },
    ]);
  });

  it.each(["Invocation authorization denied", "", "zu spät: ☃"])(
    "passes on the failure %j of a host call",
    (text) => {
      const guest = start("kvcounter", () => new Error(text));
      expect(failure(guest, "Count")).toBe(`Guest call failed: Host error: ${text}`);
    },
  );

  it.each([
    ["an empty answer", new Uint8Array()],
    ["a text", encode({ value: "1" })],
    ["a float", hex("81a576616c7565cb4014000000000000")],
    ["a number beyond 32 bits", encode({ value: 2 ** 31 })],
  ])("traps on %s, and logs why", (_what, answer) => {
    const guest = start("kvcounter", () => answer);
    expect(() => guest.call("Count")).toThrow(WebAssembly.RuntimeError);
    expect(guest.log).toEqual([
      expect.stringMatching(/^abort: undecodable answer: .* at .*pack-reader\.ts:\d+:\d+$/),
    ]);
  });
});

describe("pinger and ponger", () => {
  it("pinger pings the alias and shows the answer", () => {
    const guest = start("pinger", () => encode({ value: 53 }));
    expect(body(guest.call("HandleRequest", encode(http({}))))).toBe('{"value":53}');
    expect(shownCalls(guest)).toEqual([
      ["default", "weblattice/examples/ponger", "Ping", "81a576616c75650b"],
    ]);
  });

  it("pinger pings whatever target it is told", () => {
    const guest = start("pinger", () => encode({ value: -1 }));
    const target = "MAS242Z2N4ZNGKGC2KGLVHLC4FBCDPF634TR563XBTNW3VR5RX25253X";
    expect(decode(guest.call("PingVia", encode({ target, value: -43 })))).toEqual({ value: -1 });
    expect(guest.hostCalls[0]).toMatchObject({ namespace: target, operation: "Ping" });
    expect(decode(guest.hostCalls[0]?.payload ?? new Uint8Array())).toEqual({ value: -43 });
  });

  it("pinger passes on a failed call", () => {
    const guest = start("pinger", () => new Error("gone"));
    expect(failure(guest, "HandleRequest", encode(http({})))).toBe("Guest call failed: Host error: gone");
  });

  it.each([
    ["05", 47],
    ["ff", 41],
    ["ccff", 297],
    ["cd0100", 298],
    ["ce00010000", 65_578],
    ["cf0000000000000001", 43],
    ["d080", -86],
    ["d18000", -32_726],
    ["d280000000", -2_147_483_606],
    ["d3ffffffffffffffff", 41],
    ["ce7fffffff", -2_147_483_607],
  ])("ponger adds 42 to %s, wrapping at 32 bits", (value, sum) => {
    expect(decode(start("ponger").call("Ping", hex(`81a576616c7565${value}`)))).toEqual({ value: sum });
  });

  it.each(["cb4014000000000000", "ce80000000", "d3ffffffff00000000", "cfffffffffffffffff", "c0", "a131"])(
    "ponger refuses %s as a number",
    (value) => {
      expect(failure(start("ponger"), "Ping", hex(`81a576616c7565${value}`))).toMatch(
        /^Guest call failed: Failed to de-serialize: invalid /,
      );
    },
  );

  it("ponger has no HTTP handler", () => {
    expect(failure(start("ponger"), "HandleRequest", encode(http({})))).toBe(
      'No handler registered for function "HandleRequest"',
    );
  });
});

describe("extras", () => {
  const guid = "0b4b9b64-5b8a-4f0e-9d57-2b1f3c9f7a10";

  it("asks in the form of interface 0.1.0 and shows the answers", () => {
    const guest = start("extras", ({ operation }) =>
      encode({
        guid: operation === "RequestGuid" ? guid : null,
        sequenceNumber: operation === "RequestSequence" ? 300 : 0,
        random_number: operation === "RequestRandom" ? 99 : 0,
      }),
    );
    expect(body(guest.call("HandleRequest", encode(http({}))))).toBe(
      `{"guid":"${guid}","random":99,"sequence":300}`,
    );
    expect(shownCalls(guest)).toEqual([
      [
        "default",
        "wasmcloud:extras",
        "RequestRandom",
        "85a467756964c2a873657175656e6365c2a672616e646f6dc3a36d696e00a36d617864",
      ],
      [
        "default",
        "wasmcloud:extras",
        "RequestGuid",
        "85a467756964c3a873657175656e6365c2a672616e646f6dc2a36d696e00a36d617800",
      ],
      [
        "default",
        "wasmcloud:extras",
        "RequestSequence",
        "85a467756964c2a873657175656e6365c3a672616e646f6dc2a36d696e00a36d617800",
      ],
    ]);
  });

  it("asks in the form of interface 0.1.2, answers being bare", () => {
    const answers: Record<string, unknown> = {
      RequestRandom: 42,
      RequestGuid: guid,
      RequestSequence: 2 ** 40,
    };
    const guest = start("extras", ({ operation }) => encode(answers[operation]));
    expect(decode(guest.call("Modern"))).toEqual({ guid, random: 42, sequence: 2 ** 40 });
    expect(shownCalls(guest)).toEqual([
      ["default", "wasmcloud:extras", "RequestRandom", "82a36d696e00a36d617864"],
      ["default", "wasmcloud:extras", "RequestGuid", ""],
      ["default", "wasmcloud:extras", "RequestSequence", ""],
    ]);
  });

  it("traps when a bare answer meets the old form", () => {
    const guest = start("extras", () => encode(5));
    expect(() => guest.call("HandleRequest", encode(http({})))).toThrow(WebAssembly.RuntimeError);
  });
});

describe("faulty", () => {
  it("spins until its thread is ended", async () => {
    // The least host: the operation is written, everything else ignored.
    const worker = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
      const wapc = new Proxy({}, { get: (_, name) => (pointer) => {
        if (name === "__guest_request") new TextEncoder().encodeInto("Spin", new Uint8Array(guest.memory.buffer, pointer));
      } });
      const guest = new WebAssembly.Instance(workerData, { wapc }).exports;
      guest.wapc_init();
      parentPort.postMessage("entered");
      guest.__guest_call(4, 0);
      parentPort.postMessage("returned");`,
      { eval: true, workerData: module("faulty") },
    );
    const messages: unknown[] = [];
    worker.on("message", (message) => messages.push(message));
    await once(worker, "message");
    await setTimeout(200);
    await worker.terminate();
    expect(messages).toEqual(["entered"]);
  });

  it("traps", () => {
    expect(() => start("faulty").call("Trap")).toThrow(WebAssembly.RuntimeError);
  });

  it("logs the assertion it traps on", () => {
    const guest = start("faulty");
    expect(() => guest.call("Assert")).toThrow(WebAssembly.RuntimeError);
    expect(guest.log).toEqual([expect.stringMatching(/^abort: asserted on purpose at /)]);
  });

  it("uses up the stack", () => {
    expect(() => start("faulty").call("Recurse")).toThrow(RangeError);
  });

  it("grows by as many pages as it gets", () => {
    const guest = start("faulty");
    const before = guest.pages;
    expect(decode(guest.call("Grow", encode({ pages: 10 })))).toEqual({ grown: 10, pages: before + 10 });
    expect(decode(guest.call("Grow", encode({ pages: 70_000 })))).toEqual({
      grown: 65_525 - before,
      pages: 65_535,
    });
    expect(guest.pages).toBe(65_535);
  });

  it("answers with as many bytes as asked for", () => {
    expect(start("faulty").call("Oversize", encode({ bytes: 20_000_000 })).length).toBe(20_000_000);
  });

  it("makes a host call with as many bytes as asked for", () => {
    const guest = start("faulty", () => new Uint8Array(3));
    const answer = guest.call(
      "HostCallOversize",
      encode({ bytes: 2_000_000, target: "someone", operation: "Do" }),
    );
    expect(decode(answer)).toEqual({ bytes: 3 });
    expect(guest.hostCalls[0]).toMatchObject({ namespace: "someone", operation: "Do" });
    expect(guest.hostCalls[0]?.payload.length).toBe(2_000_000);
  });

  it.each(["on purpose", "", "zu spät: ☃"])("fails with the text %j alone", (text) => {
    expect(failure(start("faulty"), "Fail", encode({ text }))).toBe(text);
  });

  it("is silent, in success and in failure", () => {
    const guest = start("faulty");
    expect(failure(guest, "Silent")).toBe("No error message OR response set for call success");
    expect(failure(guest, "SilentFailure")).toBe("No error message set for call failure");
  });

  it.each(["response", "error", "request", "hostCall", "log"])("points nowhere in %s", (target) => {
    expect(() => start("faulty").call("BadPointer", encode({ import: target }))).toThrow(RangeError);
  });

  it("makes any host call and gives back the answer unchanged", () => {
    const guest = start("faulty", () => hex("c1c1"));
    const request = { target: "t", operation: "o", payload: hex("00ff"), binding: "b" };
    expect(toHex(guest.call("Call", encode(request)))).toBe("c1c1");
    expect(shownCalls(guest)).toEqual([["b", "t", "o", "00ff"]]);
  });

  it("calls itself by its alias", () => {
    const guest = start("faulty", () => new Uint8Array());
    guest.call("CallSelf", encode({ operation: "HealthRequest" }));
    expect(shownCalls(guest)).toEqual([["default", listed("faulty").alias, "HealthRequest", ""]]);
  });

  it("survives a call that enters it while it waits for the host", () => {
    const guest: Guest = start("faulty", () => guest.call("HealthRequest", HEALTH_REQUEST));
    expect(toHex(guest.call("CallSelf", encode({ operation: "HealthRequest" })))).toBe(HEALTHY);
  });

  it("logs", () => {
    const guest = start("faulty");
    guest.call("Log", encode({ text: "grüß dich", count: 2 }));
    expect(guest.log).toEqual(["grüß dich", "grüß dich"]);
  });
});

describe("faulty-init", () => {
  it("makes a host call in wapc_init and remembers the answer", () => {
    const guest = start("faulty-init", () => encode({ value: 42 }));
    expect(shownCalls(guest)).toEqual([
      ["default", "weblattice/examples/ponger", "Ping", "81a576616c756500"],
    ]);
    expect(decode(guest.call("Learned"))).toEqual({ value: 42 });
    expect(toHex(guest.call("HealthRequest", HEALTH_REQUEST))).toBe(HEALTHY);
  });

  it("does not start when that call fails", () => {
    expect(() => start("faulty-init", () => new Error("nobody there"))).toThrow(WebAssembly.RuntimeError);
  });
});

describe("memory", () => {
  it.each([
    ["echo", "HandleRequest", encode(http({ path: "/a/b/c", body: bytes("some bytes") }))],
    ["echo", "Echo", new Uint8Array(4_096)],
    ["echo", "Nonsense", new Uint8Array()],
    ["kvcounter", "HandleRequest", encode(http({ path: "/a/b/c" }))],
    ["kvcounter", "Count", new Uint8Array()],
  ])("%s needs no more of it after 100,000 calls of %s", (name, operation, payload) => {
    let calls = 0;
    // Every other host call fails: the way of the error must free its memory too.
    const guest = start(name, () => (calls++ % 2 === 0 ? encode({ value: calls }) : new Error("on purpose")));
    repeat(guest, operation, payload, 10);
    const pages = guest.pages;
    repeat(guest, operation, payload, 100_000);
    expect(guest.pages).toBe(pages);
  });

  it("needs no more of it for the same large call again", () => {
    const guest = start("echo");
    const payload = encode(http({ body: new Uint8Array(1_000_000) }));
    guest.call("HandleRequest", payload);
    const pages = guest.pages;
    repeat(guest, "HandleRequest", payload, 20);
    expect(guest.pages).toBe(pages);
  });
});

function listed(name: string): BuiltActor {
  const actor = built.find((candidate) => candidate.name === name);
  if (actor === undefined) throw new Error(`no actor ${name} was built`);
  return actor;
}

function binary(name: string): Uint8Array<ArrayBuffer> {
  const bytes = binaries.get(name);
  if (bytes === undefined) throw new Error(`no actor ${name} was built`);
  return bytes;
}

function module(name: string): WebAssembly.Module {
  const compiled = modules.get(name);
  if (compiled === undefined) throw new Error(`no actor ${name} was built`);
  return compiled;
}

function start(name: string, answer?: (call: HostCall) => HostAnswer): Guest {
  return new Guest(module(name), answer);
}

/** Answers whatever the sample calls of the actors ask for. */
function obligingHost(call: HostCall): HostAnswer {
  if (call.namespace !== "wasmcloud:extras") return encode({ value: 1 });
  if (call.payload.length > 30) return encode({ guid: "g", sequenceNumber: 1, random_number: 1 });
  return encode(call.operation === "RequestGuid" ? "g" : 1);
}

function repeat(guest: Guest, operation: string, payload: Uint8Array, times: number): void {
  for (let index = 0; index < times; index++) {
    try {
      guest.call(operation, payload);
    } catch (error) {
      if (!(error instanceof GuestError)) throw error;
    }
    guest.hostCalls.length = 0;
  }
}

function failure(guest: Guest, operation: string, payload?: Uint8Array): string {
  try {
    guest.call(operation, payload);
  } catch (error) {
    if (error instanceof GuestError) return error.message;
    throw error;
  }
  throw new Error(`${operation} did not fail`);
}

function http(members: object): object {
  return { method: "GET", path: "/", queryString: "", header: {}, body: new Uint8Array(), ...members };
}

/** The body of a 200 response as text. */
function body(answer: Uint8Array): string {
  const response = decode(answer) as { statusCode: number; body: Uint8Array };
  expect(response.statusCode).toBe(200);
  return new TextDecoder().decode(response.body);
}

function shownCalls(guest: Guest): unknown[] {
  return guest.hostCalls.map((call) => [call.binding, call.namespace, call.operation, toHex(call.payload)]);
}

function importNames(name: string): string[] {
  return WebAssembly.Module.imports(module(name))
    .map((entry) => entry.name)
    .sort();
}

function exportNames(name: string): string[] {
  return WebAssembly.Module.exports(module(name))
    .map((entry) => entry.name)
    .sort();
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

function toHex(data: Uint8Array): string {
  return Buffer.from(data).toString("hex");
}
