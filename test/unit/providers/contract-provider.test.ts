import { decode, encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import {
  type CallHandlers,
  type HttpClientCalls,
  httpClientContract,
  type MessagingDeliveries,
  messagingContract,
} from "../../../src/contracts/index.ts";
import { HostError } from "../../../src/errors/index.ts";
import {
  type CallOrigin,
  ContractProvider,
  invalidValue,
  type LinkValues,
  numberValue,
  textValue,
} from "../../../src/providers/index.ts";
import { hex, NOTHING, pack, vector } from "../contracts/payloads.ts";

interface Port {
  readonly port: number;
}

/** A whole provider: what an actor is answered shows how it is linked. */
class PortProvider extends ContractProvider<HttpClientCalls, MessagingDeliveries, Port> {
  readonly story: string[] = [];
  /** Waited for when a link is opened. */
  gate: Promise<void> = Promise.resolve();

  constructor() {
    super({ ...messagingContract, id: "tests:ports", calls: httpClientContract.calls });
  }

  protected override readonly handlers: CallHandlers<HttpClientCalls, CallOrigin<Port>> = {
    Request: ({ url }, { actor, link }) => ({
      statusCode: link.port,
      status: actor,
      header: { url },
      body: NOTHING,
    }),
  };

  protected override async openLink(values: LinkValues, actor: string): Promise<Port> {
    await this.gate;
    const port = numberValue(values, "PORT", { otherwise: 80, min: 1, max: 65_535 });
    if (textValue(values, "BROKEN") !== undefined) throw invalidValue("BROKEN", "is broken");
    this.story.push(`open ${actor} ${port} ${Object.keys(values).join()}`);
    return { port };
  }

  protected override closeLink({ port }: Port, actor: string): void {
    this.story.push(`close ${actor} ${port}`);
    if (port === 666) throw new Error("closing fails");
  }

  protected override close(): void {
    this.story.push("closed");
  }

  send(actor: string): Promise<void> {
    return this.deliver(actor, "HandleMessage", { subject: "s", replyTo: "", body: NOTHING });
  }
}

const REQUEST = { method: "GET", url: "u", headers: {}, body: NOTHING };
const bind = (provider: PortProvider, module: string, values: LinkValues): Promise<Uint8Array> =>
  provider.handleCall("system", "BindActor", pack({ module, values }));
const remove = (provider: PortProvider, module: string): Promise<Uint8Array> =>
  provider.handleCall("system", "RemoveActor", pack({ module, values: {} }));
const ask = async (provider: PortProvider, actor: string): Promise<unknown> =>
  decode(await provider.handleCall(actor, "Request", encode(REQUEST)));

describe("a provider of a contract", () => {
  it("answers health checks, links and removals with the bytes of first-party providers", async () => {
    const provider = new PortProvider();
    const health = await provider.handleCall("system", "HealthRequest", vector("HealthRequest").bytes);
    expect(hex(health)).toBe(vector("HealthResponse").hex);
    expect(await bind(provider, "MA", {})).toEqual(NOTHING);
    expect(await remove(provider, "MA")).toEqual(NOTHING);
    expect(await remove(provider, "MA")).toEqual(NOTHING);
  });

  it("keeps what belongs to each actor apart", async () => {
    const provider = new PortProvider();
    await bind(provider, "MA", { PORT: "1" });
    await bind(provider, "MB", { PORT: "2" });
    expect(await ask(provider, "MA")).toMatchObject({ statusCode: 1, status: "MA" });
    expect(await ask(provider, "MB")).toMatchObject({ statusCode: 2, status: "MB" });
  });

  it("opens a link once, however often it is bound, and whatever the host adds", async () => {
    const provider = new PortProvider();
    await Promise.all([bind(provider, "MA", { PORT: "1" }), bind(provider, "MA", { PORT: "1" })]);
    await bind(provider, "MA", { PORT: "1", __wasmcloud_expires: "5" });
    expect(provider.story).toEqual(["open MA 1 PORT"]);
  });

  it("replaces a link whose values changed, closing when the new one has opened", async () => {
    const provider = new PortProvider();
    await bind(provider, "MA", { PORT: "666" });
    await bind(provider, "MA", { PORT: "2" });
    expect(provider.story).toEqual(["open MA 666 PORT", "open MA 2 PORT", "close MA 666"]);
    expect(await ask(provider, "MA")).toMatchObject({ statusCode: 2 });
  });

  it("closes and opens in turn however fast the orders come", async () => {
    const provider = new PortProvider();
    const orders = [
      bind(provider, "MA", { PORT: "1" }),
      remove(provider, "MA"),
      bind(provider, "MA", { PORT: "2" }),
      bind(provider, "MA", { PORT: "3" }),
      remove(provider, "MA"),
      bind(provider, "MA", { PORT: "4" }),
    ];
    await Promise.all(orders);
    expect(provider.story.map((line) => line.replace(/MA (\d).*/, "$1"))).toEqual([
      "open 1",
      "close 1",
      "open 2",
      "open 3",
      "close 2",
      "close 3",
      "open 4",
    ]);
  });

  it("has calls wait for a link that is being opened", async () => {
    const provider = new PortProvider();
    let open = (): void => undefined;
    provider.gate = new Promise((resolve) => {
      open = resolve;
    });
    const bound = bind(provider, "MA", { PORT: "7" });
    const answer = ask(provider, "MA");
    open();
    await bound;
    expect(await answer).toMatchObject({ statusCode: 7 });
  });

  it("refuses calls without a link, and after its removal", async () => {
    const provider = new PortProvider();
    const refused = {
      code: "link.not_found",
      message: expect.stringContaining("Did the host configure it?"),
    };
    await expect(ask(provider, "MA")).rejects.toMatchObject(refused);
    await bind(provider, "MA", {});
    await remove(provider, "MA");
    await expect(ask(provider, "MA")).rejects.toMatchObject(refused);
  });

  it.each([
    { PORT: "x" },
    { PORT: "0" },
    { PORT: "65536" },
    { PORT: "-1" },
    { PORT: "1e3" },
    { PORT: "1.5" },
  ])("tells both the host and the actor of a malformed value, and lets it be mended: %j", async (values) => {
    const provider = new PortProvider();
    const refused = {
      code: "link.invalid",
      message: "The link value PORT must be a whole number from 1 to 65535",
    };
    await expect(bind(provider, "MA", values)).rejects.toMatchObject(refused);
    await expect(ask(provider, "MA")).rejects.toMatchObject(refused);
    await expect(bind(provider, "MA", values)).rejects.toMatchObject(refused);
    await bind(provider, "MA", { PORT: " 81 " });
    expect(await ask(provider, "MA")).toMatchObject({ statusCode: 81 });
  });

  it("goes on with the link it had where another is refused", async () => {
    const provider = new PortProvider();
    await bind(provider, "MA", { PORT: "1" });
    await expect(bind(provider, "MA", { PORT: "x" })).rejects.toMatchObject({ code: "link.invalid" });
    expect(await ask(provider, "MA")).toMatchObject({ statusCode: 1 });
    expect(provider.story).toEqual(["open MA 1 PORT"]);
  });

  it("never quotes a link value, which may be a secret", async () => {
    const failure = await bind(new PortProvider(), "MA", { PORT: "hunter2" }).catch(String);
    expect(failure).not.toContain("hunter2");
  });

  it.each(["", "request", "HandleRequest", "toString", "__proto__", "BindActor2"])(
    "answers the unknown operation %j with the text of first-party providers, linked or not",
    async (operation) => {
      await expect(new PortProvider().handleCall("MA", operation, NOTHING)).rejects.toMatchObject({
        code: "provider.unknown_operation",
        message: "bad dispatch",
      });
    },
  );

  it("refuses undecodable payloads of calls and links", async () => {
    const provider = new PortProvider();
    await bind(provider, "MA", {});
    for (const [origin, operation] of [
      ["MA", "Request"],
      ["system", "BindActor"],
      ["system", "RemoveActor"],
    ] as const) {
      await expect(provider.handleCall(origin, operation, pack(1))).rejects.toMatchObject({
        code: "provider.bad_request",
      });
    }
  });

  it("calls actors through the dispatcher it was given", async () => {
    const provider = new PortProvider();
    const calls: unknown[] = [];
    provider.configureDispatch({
      dispatch: async (actor, operation, payload) => {
        calls.push([actor, operation, decode(payload)]);
        if (actor === "MB") throw new HostError("dispatch.invocation_failed", "no");
        return Uint8Array.of(0xc0);
      },
    });
    await provider.send("MA");
    await expect(provider.send("MB")).rejects.toThrow("no");
    const message = { subject: "s", replyTo: "", body: NOTHING };
    expect(calls).toEqual([
      ["MA", "HandleMessage", message],
      ["MB", "HandleMessage", message],
    ]);
  });

  it("closes its links, and then itself, when it stops, whether closing fails or not", async () => {
    const provider = new PortProvider();
    await bind(provider, "MA", { PORT: "666" });
    await bind(provider, "MB", { PORT: "2" });
    await bind(provider, "MC", { BROKEN: "x" }).catch(() => undefined);
    await provider.stop();
    expect(provider.story.slice(-3)).toEqual(["close MA 666", "close MB 2", "closed"]);
    await provider.stop();
  });
});
