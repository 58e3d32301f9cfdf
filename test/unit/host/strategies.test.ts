import { decode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { NO_STRATEGY_MESSAGE } from "../../../src/wapc/index.ts";
import { startTestHost } from "../../support/node-host.ts";

const ping = { target: "weblattice/examples/ponger", value: 1 };

describe("how guests wait for host calls", () => {
  it("is by shared memory where that is allowed and works", async () => {
    const { host, start, call } = await startTestHost({ allow: ["shared-memory"] });
    const pinger = await start("pinger");
    await start("ponger");
    expect((await host.describe()).hostCalls).toBe("shared-memory");
    expect(pinger.hostCalls).toBe("shared-memory");
    expect(decode(await call(pinger.key, "PingVia", ping))).toEqual({ value: 43 });
  });

  it("is shown where there is none: host calls fail with what to do, and echo works", async () => {
    const { host, start, call } = await startTestHost({ allow: [] });
    const [pinger, echo] = [await start("pinger"), await start("echo")];
    expect((await host.describe()).hostCalls).toBe("none");
    expect(pinger.hostCalls).toBe("none");
    await expect(call(pinger.key, "PingVia", ping)).rejects.toMatchObject({
      message: expect.stringContaining(`Host error: ${NO_STRATEGY_MESSAGE}`),
      details: { reason: "guest.failure" },
    });
    expect(decode(await call(echo.key, "Echo", "still"))).toBe("still");
  });
});

describe("stopping an actor of a host", () => {
  it("lets the call it serves end", async () => {
    const { host, start, call } = await startTestHost();
    const faulty = await start("faulty");
    const log = call(faulty.key, "Log", { text: "busy", count: 20_000 });
    await host.stopActor(faulty.key);
    expect(await log).toHaveLength(0);
    expect((await host.describe()).actors).toEqual([]);
  });
});
