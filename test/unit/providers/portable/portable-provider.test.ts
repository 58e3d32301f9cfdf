import { describe, expect, it } from "vitest";
import { HostError } from "../../../../src/errors/index.ts";
import { errorOf } from "../../claims/errors.ts";
import { answering, bytes, runtime, start, text, until } from "./portable.ts";

describe("a portable provider", () => {
  it("answers calls with who calls, what and with what", async () => {
    const { provider } = await start(
      answering(
        `return new TextEncoder().encode(actor + " " + operation + " " + new TextDecoder().decode(payload))`,
      ),
    );
    expect(text(await provider.handleCall("MACTOR", "Get", bytes("key")))).toBe("MACTOR Get key");
  });

  it("answers many calls at a time, each with its own", async () => {
    const { provider } = await start(
      answering("await new Promise((go) => setTimeout(go, payload[0] % 7)); return payload"),
    );
    const calls = Array.from({ length: 200 }, (_, index) =>
      provider.handleCall("M", "op", Uint8Array.of(index)),
    );
    expect((await Promise.all(calls)).map(([first]) => first)).toEqual(calls.map((_, index) => index));
  });

  it("is made by a factory that may take its time, and may leave out stop", async () => {
    const { provider } = await start(
      "export default async () => { await null; return { handleCall: () => Uint8Array.of(7) } }",
    );
    expect(await provider.handleCall("M", "op", bytes(""))).toEqual(Uint8Array.of(7));
  });

  it("answers with no bytes where it answers nothing", async () => {
    const { provider } = await start(answering(""));
    expect(await provider.handleCall("system", "BindActor", bytes("x"))).toEqual(new Uint8Array(0));
  });

  it("neither loses nor shares bytes that are part of more", async () => {
    const { provider } = await start(`
      const kept = new Uint8Array(100_000).fill(1);
      export default () => ({
        handleCall: (actor, operation, payload) =>
          operation === "shared" ? new Uint8Array(new SharedArrayBuffer(4)).fill(2) :
          operation === "part" ? kept.subarray(10, 12) : payload,
      });`);
    const sent = bytes("0123456789").subarray(2, 4);
    expect(text(await provider.handleCall("M", "echo", sent))).toBe("23");
    expect(text(sent)).toBe("23");
    for (const _ of [1, 2]) {
      const part = await provider.handleCall("M", "part", sent);
      expect([...part, part.buffer.byteLength]).toEqual([1, 1, 2]);
    }
    const shared = await provider.handleCall("M", "shared", sent);
    expect([...shared]).toEqual([2, 2, 2, 2]);
    expect(shared.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it.each([
    ["throws", `throw new Error("no such key: a")`, "no such key: a"],
    ["throws a text", `throw "plain"`, "plain"],
    [
      "throws what has no text",
      "throw { get message() { throw 1 }, toJSON() { throw 2 } }",
      /without a text/,
    ],
    ["throws a long text", `throw new Error("x".repeat(1e6))`, "x".repeat(4_096)],
    ["answers a text", `return "text"`, /not bytes/],
    ["answers an array", "return [1, 2]", /not bytes/],
  ])("that %s fails that call with the text, and goes on", async (_, body, message) => {
    const { provider, failures } = await start(answering(`if (operation === "ok") return payload; ${body}`));
    const error = await errorOf(() => provider.handleCall("M", "op", bytes("")));
    expect(error.code).toBe("provider.failure");
    if (typeof message === "string") expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
    expect(text(await provider.handleCall("M", "ok", bytes("fine")))).toBe("fine");
    expect(failures).toEqual([]);
  });

  it("refuses payloads over the limit either way, and goes on", async () => {
    const { provider } = await start(answering("return new Uint8Array(payload[0] * 10)"), {
      maxPayloadBytes: 100,
    });
    const call = (payload: Uint8Array) => provider.handleCall("M", "op", payload);
    expect((await call(Uint8Array.of(10))).length).toBe(100);
    expect((await errorOf(() => call(Uint8Array.of(11)))).code).toBe("input.too_large");
    expect((await errorOf(() => call(new Uint8Array(101)))).code).toBe("input.too_large");
    expect((await call(Uint8Array.of(1))).length).toBe(10);
  });

  it("refuses calls beyond so many that wait", async () => {
    const { provider } = await start(answering("await new Promise(() => undefined)"), { maxPending: 2 });
    const waiting = [1, 2].map(() => errorOf(() => provider.handleCall("M", "op", bytes(""))));
    const error = await errorOf(() => provider.handleCall("M", "op", bytes("")));
    expect(error.code).toBe("provider.queue_full");
    await provider.stop();
    for (const { code } of await Promise.all(waiting)) expect(code).toBe("provider.not_running");
  });

  it("hands what it logs to the host, also what it leaves behind", async () => {
    const { provider, lines, failures } = await start(
      answering(`
        console.log("got", operation, { size: payload.length });
        console.error(new Error("careful"), undefined, 1n);
        console.info("y".repeat(20_000));
        Promise.reject(new Error("nobody waits for this"));
        return payload`),
    );
    await provider.handleCall("M", "Get", bytes("abc"));
    await until(() => lines.length === 4);
    expect(lines).toEqual([
      'got Get {"size":3}',
      "careful undefined 1",
      "y".repeat(10_240),
      "nobody waits for this",
    ]);
    expect(failures).toEqual([]);
    expect(provider.ended).toBeUndefined();
  });
});

describe("a portable provider that calls actors", () => {
  const CALLER = answering(`return host.dispatch("MTARGET", operation, payload)`);

  it("gets the actor's answer", async () => {
    const calls: unknown[] = [];
    const { provider } = await start(CALLER, {
      dispatch: async (actor, operation, payload) => {
        calls.push([actor, operation, text(payload)]);
        return bytes("answer");
      },
    });
    expect(text(await provider.handleCall("M", "DeliverMessage", bytes("hello")))).toBe("answer");
    expect(calls).toEqual([["MTARGET", "DeliverMessage", "hello"]]);
  });

  it("may do so while it starts", async () => {
    const { provider } = await start(
      `export default async (host) => {
        const answer = await host.dispatch("M", "Hello", new Uint8Array(1));
        return { handleCall: () => answer };
      }`,
      { dispatch: async () => bytes("early") },
    );
    expect(text(await provider.handleCall("M", "op", bytes("")))).toBe("early");
  });

  it("uses the dispatcher it was configured with, and waits for it", async () => {
    const { provider } = await start(CALLER);
    const call = provider.handleCall("M", "op", bytes(""));
    provider.configureDispatch({ dispatch: async () => bytes("configured") });
    expect(text(await call)).toBe("configured");
  });

  it.each<[string, () => Promise<Uint8Array>, string | RegExp]>([
    [
      "the text of the actor's failure",
      async () => {
        throw new HostError("dispatch.invocation_failed", "Invocation failure: no such actor");
      },
      "Invocation failure: no such actor",
    ],
    ["an error when the actor is late", () => new Promise(() => undefined), /within 50 ms/],
    ["an error for an answer over the limit", async () => new Uint8Array(101), /over 100 bytes/],
  ])("gets %s", async (_, dispatch, message) => {
    const { provider } = await start(
      answering(`
        try { return await host.dispatch("M", operation, payload) }
        catch (error) { return new TextEncoder().encode(error.message) }`),
      { dispatch, dispatchMs: 50, maxPayloadBytes: 100 },
    );
    expect(text(await provider.handleCall("M", "op", bytes("")))).toMatch(message);
  });

  it("cannot send what is no call, or too much", async () => {
    const { provider } = await start(
      answering(`
        const attempts = [[1, "op", payload], ["M", undefined, payload], ["M", "op", "text"], ["M", "op", new Uint8Array(101)]];
        const failed = [];
        for (const attempt of attempts) await host.dispatch(...attempt).catch((error) => failed.push(error.name));
        return new TextEncoder().encode(failed.join())`),
      { dispatch: async () => bytes(""), maxPayloadBytes: 100 },
    );
    const names = text(await provider.handleCall("M", "op", bytes("")));
    expect(names).toBe("TypeError,TypeError,TypeError,RangeError");
  });

  it("is refused calls beyond so many that wait", async () => {
    let running = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { provider, lines } = await start(
      answering(`
        const all = Array.from({ length: 5 }, () => host.dispatch("M", operation, payload));
        for (const one of all) one.catch((error) => console.log(error.message));
        const ends = await Promise.allSettled(all);
        return Uint8Array.of(ends.filter(({ status }) => status === "rejected").length)`),
      {
        maxPending: 3,
        dispatch: async () => {
          running += 1;
          await released;
          return bytes("");
        },
      },
    );
    const call = provider.handleCall("M", "op", bytes(""));
    await until(() => lines.length === 2);
    release();
    expect(await call).toEqual(Uint8Array.of(2));
    expect(running).toBe(3);
    expect(lines).toEqual(Array(2).fill("More than 3 calls of the provider wait"));
  });
});

describe("the start of a portable provider", () => {
  it.each([
    ["throws when it is imported", `throw new Error("no licence"); export default 1`, "no licence"],
    ["is no module", "export default (", /Unexpected|missing/],
    ["is no text", "export default '\xff'", undefined],
    ["exports nothing", "export const provider = 1", /no function as default export/],
    ["exports no function", "export default { handleCall() {} }", /no function as default export/],
    ["has a factory that throws", `export default () => { throw new TypeError("bad host") }`, "bad host"],
    ["has a factory that rejects", `export default async () => { throw new Error("later") }`, "later"],
    ["makes nothing", "export default () => undefined", /nothing that handles calls/],
    ["makes what handles no calls", "export default () => ({ stop() {} })", /nothing that handles calls/],
  ])("fails if its module %s", async (_, code, message) => {
    const failures: HostError[] = [];
    const module = message === undefined ? Uint8Array.of(...bytes("//"), 0xff) : bytes(code);
    const error = await errorOf(() =>
      runtime.start(module, { name: "test", onFailure: (failure) => failures.push(failure) }),
    );
    expect(error.code).toBe("provider.start_failed");
    if (message !== undefined) expect(error.message).toMatch(message);
    expect(failures).toEqual([]);
  });

  it("fails at once for WebAssembly", async () => {
    const error = await errorOf(() =>
      runtime.start(Uint8Array.of(0, 0x61, 0x73, 0x6d), { name: "test", onFailure: () => undefined }),
    );
    expect(error).toMatchObject({
      code: "provider.start_failed",
      message: expect.stringContaining("WebAssembly"),
    });
  });

  it.each([
    ["loops for ever", "for (;;);"],
    ["waits for ever", "await new Promise(() => undefined); export default 1"],
    ["makes a provider for ever", "export default () => new Promise(() => undefined)"],
  ])("ends at the deadline if its module %s", async (_, code) => {
    const error = await errorOf(() => start(code, { startMs: 200 }));
    expect(error).toMatchObject({
      code: "provider.deadline",
      message: "Provider test did not start within 200 ms",
    });
  });
});

describe("a portable provider that goes wrong", () => {
  it("is left running if one call is not answered in time", async () => {
    const { provider, failures } = await start(
      answering(`if (operation === "never") await new Promise(() => undefined); return payload`),
      { callMs: 100, pingMs: 5_000 },
    );
    const error = await errorOf(() => provider.handleCall("M", "never", bytes("")));
    expect(error).toMatchObject({
      code: "provider.deadline",
      message: "Provider test did not answer never within 100 ms",
    });
    expect(text(await provider.handleCall("M", "op", bytes("still here")))).toBe("still here");
    expect(failures).toEqual([]);
  });

  it("is ended if it is stuck in a loop, and the host is told once", async () => {
    const { provider, failures } = await start(answering("for (;;);"), { callMs: 100, pingMs: 100 });
    const calls = [1, 2].map(() => errorOf(() => provider.handleCall("M", "op", bytes(""))));
    for (const { code } of await Promise.all(calls)) expect(code).toBe("provider.deadline");
    await until(() => provider.ended !== undefined);
    expect(failures).toEqual([provider.ended]);
    expect(provider.ended).toMatchObject({
      code: "provider.deadline",
      message: "Provider test was stuck and has been ended",
    });
    await expect(provider.handleCall("M", "op", bytes(""))).rejects.toBe(provider.ended);
    await provider.stop();
    expect(failures).toHaveLength(1);
  });

  it("that dies fails all that waits for it, with the reason", async () => {
    const { provider, failures } = await start(
      answering(`
        if (operation === "die") setTimeout(() => { throw new Error("out of luck") }, 1);
        await new Promise(() => undefined)`),
    );
    const calls = ["wait", "die", "wait"].map((operation) =>
      errorOf(() => provider.handleCall("M", operation, bytes(""))),
    );
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({
        code: "provider.worker_failed",
        message: "The worker of provider test failed: out of luck",
      });
    }
    expect(failures).toEqual([provider.ended]);
  });

  it("that takes too much memory dies alone", async () => {
    const { provider, failures } = await start(
      answering("const all = []; for (;;) all.push(new Array(10_000).fill(all.length))"),
    );
    const error = await errorOf(() => provider.handleCall("M", "op", bytes("")));
    expect(error.code).toBe("provider.worker_failed");
    expect(failures).toEqual([provider.ended]);
  });
});

describe("stopping a portable provider", () => {
  it("lets it finish, then ends it; twice is fine", async () => {
    const { provider, lines, failures } = await start(
      `export default (host) => ({
        handleCall: () => undefined,
        async stop() { await host.dispatch("M", "Bye", new Uint8Array(0)); console.log("stopped") },
      })`,
      { dispatch: async () => bytes("") },
    );
    await Promise.all([provider.stop(), provider.stop()]);
    await provider.stop();
    expect(lines).toEqual(["stopped"]);
    expect(failures).toEqual([]);
    expect(provider.ended).toMatchObject({ code: "provider.not_running" });
    const error = await errorOf(() => provider.handleCall("M", "op", bytes("")));
    expect(error.message).toBe("Provider test was stopped");
  });

  it.each([
    ["throws", `throw new Error("no")`],
    ["never ends", "return new Promise(() => undefined)"],
    ["loops", "for (;;);"],
  ])("ends it also if its own stop %s", async (_, body) => {
    const { provider, failures } = await start(
      `export default () => ({ handleCall: () => undefined, stop() { ${body} } })`,
      { stopMs: 100 },
    );
    await provider.stop();
    expect(provider.ended).toMatchObject({ code: "provider.not_running" });
    expect(failures).toEqual([]);
  });

  it("refuses new calls at once, and fails those that still wait", async () => {
    const { provider } = await start(
      `export default () => ({
        handleCall: () => new Promise(() => undefined),
        stop: () => new Promise(() => undefined),
      })`,
      { stopMs: 50 },
    );
    const waiting = errorOf(() => provider.handleCall("M", "op", bytes("")));
    const stopped = provider.stop();
    expect((await errorOf(() => provider.handleCall("M", "op", bytes("")))).code).toBe(
      "provider.not_running",
    );
    await stopped;
    expect((await waiting).code).toBe("provider.not_running");
  });
});
