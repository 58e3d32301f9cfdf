import { describe, expect, it } from "vitest";
import { KeyPair, signActorModule } from "../../../src/index.ts";
import { startTestHost } from "../../support/node-host.ts";
import { hostileText } from "./hostile-guest.ts";
import { textModuleBytes } from "./text-module.ts";

const NOTHING = new Uint8Array(0);

/** The signed module of a guest that imports everything, with this body of `__guest_call`. */
async function hostileActor(body: string): Promise<Uint8Array> {
  const [issuer, subject] = await Promise.all([KeyPair.generate("account"), KeyPair.generate("module")]);
  const claims = { subject: subject.publicKey, capabilities: [] };
  return signActorModule(textModuleBytes(hostileText(body)), claims, issuer, undefined, { canonical: false });
}

/** Does something for ever in every call but the one called `Rest`, whose request has four bytes. */
const forEver = (statement: string): string => `
  (if (i32.ne (local.get 0) (i32.const 4)) (then (loop $again ${statement} (br $again))))
  (call $respond (i32.const 0) (i32.const 0)) (i32.const 1)`;

describe("an actor that attacks its host", () => {
  it.each([
    ["floods its log by __console_log", "(call $log (i32.const 0) (i32.const 65536))"],
    [
      "floods its log by fd_write",
      `(i32.store (i32.const 4) (i32.const 9)) (i32.store8 (i32.const 8) (i32.const 10))
       (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))`,
    ],
    ["takes random numbers for ever", "(drop (call $random (i32.const 0) (i32.const 65536)))"],
    ["calls its host for ever", `(drop (call $hostCall ${"(i32.const 0) ".repeat(8)}))`],
  ])("by a loop that %s harms only itself", async (_, statement) => {
    const { host, start } = await startTestHost({ limits: { callDeadlineMs: 1_000 } });
    const { key } = await host.startActor(await hostileActor(forEver(statement)));
    const echo = await start("echo");
    const attack = host.callActor(key, "Attack", NOTHING).catch((error: unknown) => error);
    for (let i = 0; i < 10; i++) {
      expect(await host.callActor(echo.key, "Echo", new Uint8Array([i]))).toEqual(new Uint8Array([i]));
    }
    expect(await attack).toMatchObject({ details: { reason: "actor.deadline" } });
    const log = host.actorLog(key);
    expect(log.length).toBeLessThanOrEqual(1_000);
    expect(log.every(({ message }) => message.length <= 10_241)).toBe(true);
    expect(await host.callActor(key, "Rest", NOTHING)).toEqual(NOTHING);
  });

  it.each([
    ["addresses out of reach", "(call $respond (i32.const -1) (i32.const 65536))"],
    ["a response of 4 GiB", "(call $respond (i32.const 0) (i32.const -1))"],
    ["a host call with names of 4 GiB", `(drop (call $hostCall ${"(i32.const -1) ".repeat(8)}))`],
  ])("with %s is replaced each time, and answers in between", async (_, statement) => {
    const { host } = await startTestHost();
    const { key } = await host.startActor(await hostileActor(forEver(statement)));
    for (let i = 0; i < 3; i++) {
      await expect(host.callActor(key, "Attack", NOTHING)).rejects.toMatchObject({
        code: "dispatch.invocation_failed",
      });
      expect(await host.callActor(key, "Rest", NOTHING)).toEqual(NOTHING);
    }
  });
});
