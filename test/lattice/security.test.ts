import { decode, encode } from "@msgpack/msgpack";
import { beforeEach, describe, expect, test } from "vitest";
import { type Entity, encodeInvocation, type Invocation, signInvocation } from "../../src/index.ts";
import { subjects } from "../support/lattice-host.ts";
import { bytes } from "../unit/lattice/lattice-vectors.ts";
import { type Attack, CALLER, ECHO, SYSTEM, useAttack } from "./attack.ts";

const PREFIX = "WebAssembly module authorization failure: ";

const attack = useAttack();
const genuine: Attack["genuine"] = (parts, iat) => attack.current.genuine(parts, iat);
const send: Attack["send"] = (data, subject) => attack.current.send(data, subject);
const counter = async (name: string): Promise<number> =>
  (await attack.current.member.host.describe()).counters[name] ?? 0;

/** The actor answers as if nothing had happened. */
async function goesOn(): Promise<void> {
  const { payload, error, invocationId } = await send(encodeInvocation(await genuine()));
  expect([error, decode(payload), invocationId === ""]).toEqual([undefined, "ping", false]);
}

describe("a call from the lattice", () => {
  beforeEach(async () => {
    await attack.current.member.start("echo");
  });

  test("that is genuine is answered, with its id", async () => {
    const call = await genuine();
    expect(await send(encodeInvocation(call))).toMatchObject({
      payload: encode("ping"),
      invocationId: call.id,
    });
    expect(await counter("lattice.rpc_refused")).toBe(0);
  });

  test.each<[string, (call: Invocation) => Partial<Invocation>, string]>([
    [
      "another payload",
      () => ({ payload: encode("other") }),
      "Invocation hash does not match signed claims hash",
    ],
    [
      "another operation",
      () => ({ operation: "Other" }),
      "Invocation hash does not match signed claims hash",
    ],
    ["another origin", () => ({ origin: SYSTEM }), "Invocation hash does not match signed claims hash"],
    [
      "another id",
      () => ({ id: crypto.randomUUID() }),
      "Subject of invocation claims token does not match invocation ID",
    ],
    [
      "another host",
      () => ({ hostId: attack.current.stranger.publicKey }),
      "Invocation claims issuer does not match invocation host",
    ],
    [
      "a changed signature",
      ({ token }) => ({ token: `${token.slice(0, -20)}${"A".repeat(19)}Q` }),
      "Invocation claims signature invalid",
    ],
  ])("with %s than was signed is refused, and the actor runs on", async (_what, spoil, text) => {
    const call = await genuine();
    expect(await send(encodeInvocation({ ...call, ...spoil(call) }))).toMatchObject({ error: PREFIX + text });
    expect((await attack.current.member.host.describe()).actors).toMatchObject([{ calls: 0 }]);
    expect(await counter("lattice.rpc_refused")).toBe(1);
    await goesOn();
  });

  test.each(["", "a", "a.b", "a.b.c", "a.b.c.d"])("with the token %j is refused", async (token) => {
    const { error } = await send(encodeInvocation({ ...(await genuine()), token }));
    expect(error).toMatch(/./);
    await goesOn();
  });

  test("signed by one host in the name of another is refused", async () => {
    const call = await genuine();
    const { token } = await signInvocation(call, attack.current.stranger, { id: call.id });
    expect((await send(encodeInvocation({ ...call, token }))).error).toBe(
      `${PREFIX}Invocation claims issuer does not match invocation host`,
    );
  });

  test("that comes twice is executed once", async () => {
    const call = encodeInvocation(await genuine());
    expect((await send(call)).error).toBeUndefined();
    expect((await send(call)).error).toBe("The invocation was received before");
    expect((await attack.current.member.host.describe()).actors).toMatchObject([{ calls: 1 }]);
    await goesOn();
  });

  test.each([-3_600, 3_600])("of a time %i seconds away is refused", async (offset) => {
    const iat = Math.floor(Date.now() / 1_000) + offset;
    expect((await send(encodeInvocation(await genuine({}, iat)))).error).toBe(
      "The time of the invocation token is too far from this host's time",
    );
    await goesOn();
  });

  test("that would halt it is refused, whoever asks", async () => {
    for (const origin of [ECHO, SYSTEM, CALLER]) {
      const halt = await genuine({ origin, operation: "__halt", payload: new Uint8Array(0) });
      expect((await send(encodeInvocation(halt))).error).toBe("Nothing can be halted over the lattice");
    }
    const systemHalt = await genuine({ origin: SYSTEM, target: SYSTEM, operation: "__halt" });
    expect((await send(encodeInvocation(systemHalt))).error).toBe("Nothing can be halted over the lattice");
    await goesOn();
  });

  test("for somebody else than its subject says is refused", async () => {
    const other = await genuine({ target: CALLER });
    expect((await send(encodeInvocation(other))).error).toBe("Invocation target ID did not match actor ID");
    const provider: Entity = { kind: "provider", id: "VA", contractId: "c", linkName: "default" };
    expect((await send(encodeInvocation(await genuine({ target: provider })))).error).toBe(
      "Actor received invocation that should have been delivered to a provider",
    );
    await goesOn();
  });

  test("without a reply subject is counted and not executed", async () => {
    attack.current.raw.publish(subjects.actor(ECHO.id), encodeInvocation(await genuine()));
    await goesOn();
    expect(await counter("lattice.rpc_without_reply")).toBe(1);
    expect((await attack.current.member.host.describe()).actors).toMatchObject([{ calls: 1 }]);
  });

  test("that is garbage is answered with an error and the id if it can be read, counted, and logged once", async () => {
    const call = await genuine();
    const cut = encodeInvocation(call).subarray(0, -10);
    const all = [...["", "c1", "80", "a161", "dd7fffffff", "87"].map(bytes), cut];
    for (const data of all) expect((await send(data)).error).toMatch(/./);
    expect((await send(cut)).invocationId).toBe(call.id);
    expect(await counter("lattice.rpc_undecodable")).toBe(all.length + 1);
    const logged = attack.current.member.log
      .records()
      .filter(({ message }) => message.includes("lattice.rpc_undecodable"));
    expect(logged).toHaveLength(1);
    await goesOn();
  });
});
